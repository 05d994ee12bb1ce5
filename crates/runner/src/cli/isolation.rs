//! What stands under the heading Isolation, which is all that the two programs differ in.

use std::num::{NonZeroU32, NonZeroU64};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Args, Command, FromArgMatches as _};

use crate::backend::{Backend, Confinement, Isolation, Separation, Transport};
use crate::report::Report;
use crate::size;

const ISOLATION: &str = "Isolation";

// What describes one of these would take the place of what describes the command that it is added to.

// What workers that are threads can be told.
#[derive(Debug, Args)]
struct ThreadsAsk {
    /// Let tasks run that end the whole process, and this runner with it
    #[arg(long, help_heading = ISOLATION)]
    allow_unsafe: bool,
}

// What each worker that is a process can be told.
#[derive(Debug, Args)]
struct ProcessAsk {
    /// How inputs and results travel between processes
    #[arg(long, value_name = "HOW", value_enum, default_value = "auto", conflicts_with = "inline", help_heading = ISOLATION)]
    transport: Transport,
    /// How much memory a worker may use beyond what it begins with, like 512M; it is killed above that
    #[arg(long, value_name = "SIZE", value_parser = size::parse, conflicts_with = "inline", help_heading = ISOLATION)]
    memory_limit: Option<u64>,
}

// What a pool of processes can be told.
#[derive(Debug, Args)]
struct ProcessesAsk {
    /// How far tasks are kept apart
    #[arg(long, value_name = "HOW", value_enum, default_value = "pool", conflicts_with = "inline", help_heading = ISOLATION)]
    isolation: Separation,
    #[command(flatten)]
    each: ProcessAsk,
    /// Replace a worker when it has run so many tasks, for those that leak
    #[arg(long, value_name = "N", conflicts_with = "inline", help_heading = ISOLATION)]
    max_tasks_per_worker: Option<NonZeroU64>,
    /// Give up when so many workers in a row have ended before they could run anything [default: 3]
    #[arg(long, value_name = "N", conflicts_with = "inline", help_heading = ISOLATION)]
    max_start_failures: Option<NonZeroU32>,
}

/// What there is to be told.
enum Told {
    Threads,
    Process,
    Processes,
}

/// What can be told to the workers of a command.
fn told(command: &str, isolation: Isolation) -> Option<Told> {
    match (isolation, command) {
        (Isolation::Threads, "spawn" | "map" | "run" | "check") => Some(Told::Threads),
        (Isolation::Processes, "spawn") => Some(Told::Process),
        (Isolation::Processes, "map" | "run") => Some(Told::Processes),
        _ => None,
    }
}

/// Adds what can be told to workers of this kind.
pub(super) fn with_isolation(command: Command, isolation: Isolation) -> Command {
    command.mut_subcommands(|ask| match told(ask.get_name(), isolation) {
        Some(Told::Threads) => ThreadsAsk::augment_args(ask),
        Some(Told::Process) => ProcessAsk::augment_args(ask),
        Some(Told::Processes) => ProcessesAsk::augment_args(ask),
        None => ask,
    })
}

/// What was said of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct IsolationAsk {
    pub(super) allow_unsafe: bool,
    pub(super) confinement: Confinement,
}

impl IsolationAsk {
    /// Reads it from what was given to a command.
    ///
    /// # Errors
    ///
    /// What was said does not go together.
    pub(super) fn read(isolation: Isolation, matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut read = Self::default();
        let Some((name, matches)) = matches.subcommand() else {
            return Ok(read);
        };
        match told(name, isolation) {
            Some(Told::Threads) => {
                read.allow_unsafe = ThreadsAsk::from_arg_matches(matches)?.allow_unsafe;
            }
            Some(Told::Process) => {
                read.confinement = ProcessAsk::from_arg_matches(matches)?.confinement();
            }
            Some(Told::Processes) => {
                read.confinement = ProcessesAsk::from_arg_matches(matches)?.confinement()?;
            }
            None => {}
        }
        Ok(read)
    }
}

impl IsolationAsk {
    /// The word for what keeps tasks apart.
    pub(super) fn word(&self, backend: &dyn Backend, is_inline: bool) -> &'static str {
        match backend.isolation() {
            _ if is_inline => "inline",
            Isolation::Threads => "threads",
            Isolation::Processes => match self.confinement.separation {
                Separation::Pool => "pool",
                Separation::Fork => "fork",
                Separation::Exec => "exec",
            },
        }
    }
}

impl ProcessAsk {
    fn confinement(&self) -> Confinement {
        Confinement {
            transport: self.transport,
            memory_limit: self.memory_limit,
            ..Confinement::default()
        }
    }
}

impl ProcessesAsk {
    fn confinement(&self) -> Result<Confinement, clap::Error> {
        if self.isolation != Separation::Pool && self.max_tasks_per_worker.is_some() {
            let told = "with --isolation fork or exec a process runs one task; leave --max-tasks-per-worker out\n";
            return Err(clap::Error::raw(ErrorKind::ArgumentConflict, told));
        }
        Ok(Confinement {
            separation: self.isolation,
            max_tasks_per_worker: self.max_tasks_per_worker,
            max_start_failures: self.max_start_failures,
            ..self.each.confinement()
        })
    }
}

/// Flags that mean something for processes alone, and why threads have none of it.
const OF_PROCESSES: [(&str, &str); 5] = [
    ("--isolation", "threads share one process"),
    ("--transport", "between threads nothing has to travel"),
    (
        "--memory-limit",
        "threads share one memory, and cannot be killed",
    ),
    (
        "--max-tasks-per-worker",
        "what a thread leaks stays in the process",
    ),
    (
        "--max-start-failures",
        "threads have nothing to fail at before they serve",
    ),
];

/// What to say to who asks threads for what only processes can do.
pub(super) fn only_processes(isolation: Isolation, error: &clap::Error) -> Option<Report> {
    if isolation != Isolation::Threads || error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let (flag, why) = OF_PROCESSES.iter().find(|(flag, _)| flag == given)?;
    let report = Report::new(format!(
        "`thread-runner` cannot do what {flag} asks for: {why}"
    ));
    Some(report.help("use `process-runner`, which takes the same command line"))
}
