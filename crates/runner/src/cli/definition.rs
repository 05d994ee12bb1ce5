//! What both programs accept. Their help differs under the heading Isolation alone.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Command, CommandFactory as _, Parser, Subcommand, ValueEnum};

use super::check::CheckAsk;
use super::completions::CompletionsAsk;
use super::config::{flags, looks_beyond, with_config};
use super::exec::ExecAsk;
use super::isolation::with_isolation;
use super::lock::LockAsk;
use super::pages::{HelpAsk, SchemaAsk};
use super::replay::ReplayAsk;
use super::run::RunAsk;
use super::suites::ChoiceAsk;
use crate::backend::Isolation;
use crate::sink::TaskOutput;
use crate::workers::WorkerCount;

/// Runs tasks side by side.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Option<Ask>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Ask {
    /// Start one worker for each task, all at once, and join them in order
    Spawn(SpawnAsk),
    /// Run a task on every INPUT in a pool; print the results as one list, in the order of the inputs
    Map(MapAsk),
    /// Run the tasks of suites
    Run(Box<RunAsk>),
    /// Run a program once for each argument: those after `:::`, or the lines of a file or of standard input
    Exec(Box<ExecAsk>),
    /// Tell again what a log tells of a run, with other options for the output
    Replay(Box<ReplayAsk>),
    /// Show the tasks that can be run, or those of suites
    List(ListAsk),
    /// Say what is wrong with suites, or what a run of them would do; run nothing
    Check(Box<CheckAsk>),
    /// Describe a format to other programs, as a JSON Schema
    Schema(SchemaAsk),
    /// Show a page of reference: suite, events or exit-codes
    Help(HelpAsk),
    /// Print a script that completes command lines in a shell
    Completions(CompletionsAsk),
}

#[derive(Debug, Args)]
pub(super) struct SpawnAsk {
    /// The task to run (see `list`)
    pub(super) task: String,
    /// How many workers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(super) count: u64,
    #[command(flatten)]
    pub(super) common: CommonAsk,
}

#[derive(Debug, Args)]
pub(super) struct MapAsk {
    /// The task to run (see `list`)
    pub(super) task: String,
    /// Values of the task's first parameter: words, ranges like 1..=5, and `-` for the lines of standard input
    #[arg(value_name = "INPUT", required = true, allow_negative_numbers = true)]
    pub(super) inputs: Vec<String>,
    /// How many workers: auto (one for each processor that may be used), N, N%, or +N and -N from auto
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        default_value_t = WorkerCount::Auto,
        allow_hyphen_values = true,
        conflicts_with = "inline",
        help_heading = POOL
    )]
    pub(super) workers: WorkerCount,
    #[command(flatten)]
    pub(super) common: CommonAsk,
}

const POOL: &str = "Pool";
const POLICY: &str = "Policy";
const OUTPUT: &str = "Output";

#[derive(Debug, Args)]
pub(super) struct CommonAsk {
    /// Set a parameter of the task; may be given several times
    #[arg(short = 's', value_name = "NAME=VALUE")]
    pub(super) settings: Vec<String>,
    /// No workers: run one after another
    #[arg(long, help_heading = POOL)]
    pub(super) inline: bool,
    /// How long each task may run, like 30s or 500ms
    #[arg(long, value_name = "TIME", value_parser = limit, conflicts_with = "inline", help_heading = POLICY)]
    pub(super) timeout: Option<Duration>,
    /// What a task that must stop gets to do so, before it is made to
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = humantime::parse_duration, help_heading = POLICY)]
    pub(super) grace: Duration,
    /// What becomes of the lines that tasks print
    #[arg(long, value_name = "HOW", value_enum, default_value = "line", help_heading = OUTPUT)]
    pub(super) output: TaskOutput,
    #[command(flatten)]
    pub(super) lock: LockAsk,
}

#[derive(Debug, Args)]
pub(super) struct ListAsk {
    /// Suites whose tasks are shown, and not those of the catalogue
    #[arg(value_name = "SUITE.toml")]
    pub(super) suites: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) select: ChoiceAsk,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// A table
    Text,
    /// One JSON array
    Json,
}

fn limit(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => {
            Err("no task can end in no time; leave it out for no limit".to_owned())
        }
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
}

/// The command line of the program `name`.
pub(super) fn command(name: &'static str, isolation: Isolation) -> Command {
    let command = CommandLine::command().name(name).bin_name(name);
    with_isolation(with_config(command), isolation)
}

/// The flags that a config file may name: it serves both programs.
pub(super) fn known_flags(name: &'static str) -> Vec<String> {
    let programs = [Isolation::Threads, Isolation::Processes].map(|kind| command(name, kind));
    let commands = programs.iter().flat_map(Command::get_subcommands);
    let longs = commands.filter(|ask| looks_beyond(ask)).flat_map(flags);
    longs
        .filter_map(|arg| arg.get_long().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        for isolation in [Isolation::Threads, Isolation::Processes] {
            command("runner", isolation).debug_assert();
        }
    }

    #[test]
    fn help_differs_under_isolation_alone() {
        for name in ["spawn", "map", "run", "list", "check", "schema", "help"] {
            let [threads, processes] =
                [Isolation::Threads, Isolation::Processes].map(|isolation| {
                    let mut command = command("runner", isolation);
                    let command = command.find_subcommand_mut(name).unwrap();
                    let help = command.render_long_help().to_string();
                    match help.split_once("Isolation:\n") {
                        Some((rest, _)) => rest.trim_end().to_owned(),
                        None => help.trim_end().to_owned(),
                    }
                });
            assert_eq!(threads, processes, "{name}");
        }
    }
}
