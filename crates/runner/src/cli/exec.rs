//! The command `exec`: a program once for each argument.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::output::OutputAsk;
use super::policy::{POLICY, PolicyAsk};
use super::select::SelectAsk;
use super::session;
use crate::audience::announcer::Announcer;
use crate::audience::settings::Settings;
use crate::backend::{Backend, Confinement};
use crate::engine::ear::Ear;
use crate::engine::policy::Repeat;
use crate::engine::program::{Stdin, is_there};
use crate::engine::run::{Run, Supply};
use crate::engine::source::Source;
use crate::engine::staff::Hiring;
use crate::engine::unit::Work;
use crate::event::{Event, RunStarted};
use crate::exec::arguments::Lists;
use crate::exec::commands::{Arguments, Commands};
use crate::exec::lines::Lines;
use crate::exec::template::{Template, quote};
use crate::exit::Exit;
use crate::halt::{Cause, Halt};
use crate::history::Remaining;
use crate::report::{self, Report};
use crate::sink::{Sink, TaskOutput};
use crate::sys::closed_streams;
use crate::{engine, size};

/// The words of the command may hold `{}` (the argument), `{.}` (without its extension), `{/}` (without its folder),
/// `{//}` (its folder), `{/.}`, `{1}`, `{2}` (of several lists), `{#}` (its number) and `{%}` (the worker slot, from 0).
/// A command without any gets the argument as its last word. No shell reads any of it, unless --shell asks for one.
#[derive(Debug, Args)]
pub(super) struct ExecAsk {
    /// The program and its arguments; then, if wanted, `:::` and a list. Several lists give every combination, and a
    /// list after `:::+` goes with the one before it
    #[arg(value_name = "CMD", required = true, trailing_var_arg = true)]
    command: Vec<OsString>,
    /// Read the arguments from this file, one a line, in place of standard input, which the programs get then
    #[arg(short = 'a', long, value_name = "FILE")]
    arg_file: Option<PathBuf>,
    /// Arguments are separated by zero bytes and not by newlines, as `find -print0` does it
    #[arg(short = '0', long = "null")]
    null: bool,
    /// The command is a script for `sh`; what is put into it is quoted
    #[arg(long)]
    shell: bool,
    /// Print what would be run, and run nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    policy: PolicyAsk,
    /// How much address space each program may have, like 512M
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = POLICY)]
    memory_limit: Option<u64>,
    #[command(flatten)]
    output: OutputAsk,
    #[command(flatten)]
    select: SelectAsk,
}

/// Does it.
pub(super) fn run(backend: &dyn Backend, ask: &ExecAsk) -> Exit {
    let json = ask.output.is_json();
    let commands = match commands(ask) {
        Ok(commands) => commands,
        Err((exit, report)) => return session::refuse(exit, &report, json),
    };
    let (name, from_stdin) = (commands.name.clone(), commands.from_stdin);
    let mut source: Box<dyn Source> = match ask.select.history() {
        Ok(None) => Box::new(commands),
        Ok(Some(history)) => Box::new(Remaining {
            all: commands,
            history,
        }),
        Err((exit, report)) => return session::refuse(exit, &report, json),
    };
    let grace = ask.policy.rules.grace;
    session::hold(backend.name(), TaskOutput::Line, grace, |sink, halt| {
        if ask.dry_run {
            return tell(&mut *source, sink, halt);
        }
        if let Err(report) = ask.policy.rules.give_way() {
            return session::refuse(Exit::Internal, &report, json);
        }
        let mut settings = match ask.output.settings(Settings::of_exec()) {
            Ok(settings) => settings,
            Err(report) => return session::refuse(Exit::Usage, &report, json),
        };
        settings.keys &= !from_stdin;
        settings.goes_on = ask.select.goes_on(&settings);
        let announcer = match Announcer::open(&settings, sink, halt) {
            Ok(announcer) => Arc::new(announcer),
            Err(report) => return session::refuse(Exit::Output, &report, json),
        };
        announcer.tell(Event::RunStarted(Box::new(RunStarted {
            name: Some(name),
            isolation: "exec".to_owned(),
            tasks: source
                .total()
                .filter(|_| ask.policy.rules.repeat == Repeat::default()),
            ..ask.policy.opening(backend.name(), "exec")
        })));
        let run = Run {
            supply: Supply::Stream(source),
            policy: ask.policy.policy(),
            wiring: ask.output.wiring(),
            hiring: Hiring {
                backend,
                grace,
                confinement: Confinement::default(),
                one_each: false,
            },
            is_gauged: settings.wants_figures(),
        };
        let ear: Arc<dyn Ear> = Arc::<Announcer>::clone(&announcer);
        let exit = engine::run::run(run, &ear, halt);
        announcer.close(exit)
    })
}

type Refused = (Exit, Report);

fn commands(ask: &ExecAsk) -> Result<Commands, Refused> {
    let mut command = ask.command.clone();
    let lists = Lists::take(&mut command);
    if command.first().is_none_or(|name| name.is_empty()) {
        let report = Report::new("there is no program to run").help("name one before the `:::`");
        return Err((Exit::Usage, report));
    }
    if lists.is_some() && ask.arg_file.is_some() {
        let report = Report::new("arguments come from `:::` or from a file (-a), not from both");
        return Err((Exit::Usage, report));
    }
    if lists.is_none() && ask.policy.rules.repeat != Repeat::default() {
        let report = Report::new("--repeat needs arguments that can be had again")
            .help("give them after `:::`");
        return Err((Exit::Usage, report));
    }
    let width = lists.as_ref().map_or(1, Lists::width);
    let template = Template::new(&command, width, ask.shell);
    if let Some(program) = template.program()
        && !is_there(program, Path::new(""))
    {
        let shown = program.to_string_lossy();
        let report = Report::new(format!("there is no program `{shown}`"))
            .note(if program.as_bytes().contains(&b'/') {
                "no file of this name can be executed"
            } else {
                "no folder in PATH has one of this name"
            })
            .help("a builtin or an alias of the shell needs --shell");
        return Err((Exit::Missing, report));
    }
    let name = match ask.shell {
        true => "sh".into(),
        false => Path::new(&command[0])
            .file_name()
            .unwrap_or(&command[0])
            .to_string_lossy(),
    };
    let from_stdin = lists.is_none() && ask.arg_file.as_deref().is_none_or(|path| path == "-");
    Ok(Commands {
        template,
        arguments: arguments(ask, lists)?,
        terms: Arc::new(ask.policy.rules.terms()),
        stdin: stdin(from_stdin),
        from_stdin,
        memory_limit: ask.memory_limit,
        name: name.into_owned(),
        read: 0,
    })
}

/// What the programs read. A terminal stays the runner's own: it would stop those who read it in the background.
fn stdin(is_taken: bool) -> Stdin {
    if is_taken || closed_streams::stdin() || io::stdin().is_terminal() {
        Stdin::Null
    } else {
        Stdin::Inherit
    }
}

fn arguments(ask: &ExecAsk, lists: Option<Lists>) -> Result<Arguments, Refused> {
    if let Some(lists) = lists {
        return Ok(Arguments::Lists(lists));
    }
    let (reader, from): (Box<dyn BufRead + Send>, _) = match &ask.arg_file {
        Some(path) if path != Path::new("-") => {
            let shown = path.display().to_string();
            let file = File::open(path).map_err(|error| {
                (
                    Exit::Missing,
                    Report::new(format!("{shown} cannot be read: {error}"))
                        .note("nothing was started"),
                )
            })?;
            (Box::new(BufReader::new(file)), shown)
        }
        _ if closed_streams::stdin() => {
            let report = Report::new("standard input cannot be read: it is closed");
            return Err((Exit::Usage, report));
        }
        _ => (
            Box::new(BufReader::new(io::stdin())),
            "standard input".to_owned(),
        ),
    };
    Ok(Arguments::Lines(Lines::new(reader, ask.null), from))
}

/// Prints what would be run, as one would type it.
fn tell(source: &mut dyn Source, sink: &Sink, halt: &Halt) -> Exit {
    while let Some(next) = source.next() {
        let unit = match next {
            Ok(unit) => unit,
            Err(report) => {
                report::show(&[report]);
                return Exit::Usage;
            }
        };
        let mut line = Vec::new();
        match &unit.work {
            Work::Program(program) => {
                for word in program.words(0).iter() {
                    if !line.is_empty() {
                        line.push(b' ');
                    }
                    quote(word.as_bytes(), &mut line);
                }
            }
            Work::Impossible(why) => {
                sink.complain(&format!("{}: {why}", unit.id));
                continue;
            }
            Work::Call(_) | Work::Skip(_) => continue,
        }
        line.push(b'\n');
        if sink.put(&line).is_err() {
            return halt.cause().map_or(Exit::Output, Cause::exit);
        }
        if let Some(cause) = halt.cause() {
            return cause.exit();
        }
    }
    Exit::Success
}
