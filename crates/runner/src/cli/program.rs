//! From the words of a command line to an exit code.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::sync::Arc;

use super::definition::{Ask, CommonAsk, Format, MapAsk, SpawnAsk, command};
use super::isolation::IsolationAsk;
use super::listing::listing;
use super::pages::{self, PAGES};
use super::reading::{Read, read, say};
use super::{check, completions, exec, replay, run, session};
use crate::backend::{Backend, Isolation};
use crate::catalogue::kind::Kind;
use crate::driver::map::{self, MapPlan};
use crate::driver::spawn::{self, SpawnPlan};
use crate::exit::Exit;
use crate::halt::Halt;
use crate::inline::Inline;
use crate::inputs::list::Inputs;
use crate::inputs::reader::InputsError;
use crate::nearest::nearest;
use crate::report::{self, Report};
use crate::settings;
use crate::sys::closed_streams;

/// Does what `words` (the program's name, then its arguments) say.
pub(crate) fn run(backend: &dyn Backend, words: impl IntoIterator<Item = OsString>) -> Exit {
    let Read {
        ask,
        isolation,
        given,
        command,
    } = match read(backend, words.into_iter().collect()) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let done = match ask {
        None => {
            report::say(&short_help(backend.name()));
            return Exit::Usage;
        }
        Some(Ask::List(ask)) if ask.suites.is_empty() => {
            return session::print(&listing(ask.format, &ask.select.choice()));
        }
        Some(Ask::List(ask)) => {
            let as_json = matches!(ask.format, Format::Json);
            return check::list(backend, &ask.suites, &ask.select, as_json);
        }
        Some(Ask::Check(ask)) => return check::check(backend, &ask, isolation.allow_unsafe),
        Some(Ask::Schema(ask)) => return pages::print_schema(&ask),
        Some(Ask::Completions(ask)) => return completions::print(command, &ask),
        Some(Ask::Help(ask)) => return help(backend, ask.about.as_deref()),
        Some(Ask::Spawn(ask)) => spawn(backend, ask, isolation),
        Some(Ask::Map(ask)) => map(backend, ask, isolation),
        Some(Ask::Run(ask)) => {
            let how = run::How {
                backend,
                isolation,
                given: &given,
            };
            return run::run(&ask, how);
        }
        Some(Ask::Exec(ask)) => return exec::run(backend, &ask),
        Some(Ask::Replay(ask)) => return replay::run(backend, &ask),
    };
    done.unwrap_or_else(|Refusal { exit, reports }| {
        report::show(&reports);
        exit
    })
}

/// A command that is not carried out. Nothing was started.
struct Refusal {
    exit: Exit,
    reports: Vec<Report>,
}

impl From<Vec<Report>> for Refusal {
    fn from(reports: Vec<Report>) -> Self {
        let exit = Exit::Usage;
        Self { exit, reports }
    }
}

impl From<Report> for Refusal {
    fn from(report: Report) -> Self {
        vec![report].into()
    }
}

fn spawn(backend: &dyn Backend, ask: SpawnAsk, isolation: IsolationAsk) -> Result<Exit, Refusal> {
    let kind = settings::find_task(&ask.task)?;
    let common = ask.common;
    let values = settings::read(kind, &common.settings, None)?;
    refuse_crashes(kind, backend, &common, isolation)?;
    let inline = Inline::named(backend.name());
    let backend = if common.inline { &inline } else { backend };
    let plan = SpawnPlan {
        kind,
        arguments: values.into_iter().flatten().collect(),
        count: ask.count,
        timeout: common.timeout,
        grace: common.grace,
        confinement: isolation.confinement,
        gil: common.lock.gil,
    };
    let run = |sink: &_, halt: &Arc<Halt>| spawn::run(&plan, backend, sink, halt);
    Ok(session::hold(
        backend.name(),
        common.output,
        plan.grace,
        run,
    ))
}

fn map(backend: &dyn Backend, ask: MapAsk, isolation: IsolationAsk) -> Result<Exit, Refusal> {
    let kind = settings::find_task(&ask.task)?;
    let common = ask.common;
    let arguments = settings::read(kind, &common.settings, kind.input());
    let inputs = Inputs::read(kind, &ask.inputs, stdin);
    let (arguments, inputs) = both(arguments, inputs)?;
    refuse_crashes(kind, backend, &common, isolation)?;
    let inline = Inline::named(backend.name());
    let backend = if common.inline { &inline } else { backend };
    let plan = MapPlan {
        kind,
        arguments,
        inputs,
        workers: ask.workers.here(),
        timeout: common.timeout,
        grace: common.grace,
        confinement: isolation.confinement,
        gil: common.lock.gil,
    };
    let run = |sink: &_, halt: &Arc<Halt>| map::run(&plan, backend, sink, halt);
    Ok(session::hold(
        backend.name(),
        common.output,
        plan.grace,
        run,
    ))
}

fn stdin() -> io::Result<Box<dyn io::BufRead>> {
    if closed_streams::stdin() {
        return Err(io::Error::other("it is closed"));
    }
    Ok(Box::new(BufReader::new(io::stdin())))
}

/// Both parts, or all that is wrong with either.
fn both<A>(
    arguments: Result<A, Vec<Report>>,
    inputs: Result<Inputs, InputsError>,
) -> Result<(A, Inputs), Refusal> {
    let inputs = inputs.map_err(|error| match error {
        InputsError::Bad(reports) => reports,
        InputsError::Unreadable(error) => {
            vec![Report::new(format!(
                "standard input cannot be read: {error}"
            ))]
        }
    });
    match (arguments, inputs) {
        (Ok(arguments), Ok(inputs)) => Ok((arguments, inputs)),
        (Err(mut wrong), Err(more)) => {
            wrong.extend(more);
            Err(wrong.into())
        }
        (Err(wrong), Ok(_)) | (Ok(_), Err(wrong)) => Err(wrong.into()),
    }
}

/// Keeps tasks that end their process from ending the runner.
fn refuse_crashes(
    kind: &Kind,
    backend: &dyn Backend,
    common: &CommonAsk,
    isolation: IsolationAsk,
) -> Result<(), Refusal> {
    let threads = backend.isolation() == Isolation::Threads;
    let contained = isolation.allow_unsafe || !(threads || common.inline);
    let Some(how) = kind.ends_process.filter(|_| !contained) else {
        return Ok(());
    };
    let (program, task) = (backend.name(), kind.name);
    let report = if threads {
        Report::new(format!(
            "`{program}` cannot run task `{task}`: {how} in a thread ends the whole process"
        ))
        .note("all other tasks of this run would be lost with it")
        .help(
            "run it with `process-runner` (each crash is contained and reported), or pass --allow-unsafe to watch it \
             happen",
        )
    } else {
        Report::new(format!(
            "`{program}` cannot run task `{task}` inline: {how} would end the runner itself"
        ))
        .help("leave --inline out: in a worker process each crash is contained and reported")
    };
    Err(report.into())
}

/// Shows a page of reference, or the help of a command, or of all.
fn help(backend: &dyn Backend, about: Option<&str>) -> Exit {
    let name = backend.name();
    let page = about.and_then(|about| pages::find(about, name));
    if let Some(page) = page {
        return session::print(page.trim_end());
    }
    let command = command(name, backend.isolation());
    let commands: Vec<_> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    let known = PAGES.iter().copied().chain(commands.iter().copied());
    if let Some(about) = about
        && !commands.contains(&about)
    {
        let report = Report::new(format!("there is no page about `{about}`"))
            .note(format!("pages: {}", PAGES.join(", ")))
            .note(format!("commands: {}", commands.join(", ")));
        report::show(&[match nearest(about, known) {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report,
        }]);
        return Exit::Usage;
    }
    let words = [name].into_iter().chain(about).chain(["--help"]);
    match command.try_get_matches_from(words) {
        Err(error) => say(&error),
        Ok(_) => Exit::Success,
    }
}

fn short_help(program: &str) -> String {
    format!(
        "{program} runs tasks side by side. Three things to try:

  {program} spawn worker --count 5
  {program} map square 1 2 3 4 5 --workers 4
  {program} list

`{program} --help` shows all commands.
"
    )
}
