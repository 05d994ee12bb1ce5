//! Reading the words of a command line: what is asked for, and what the environment and the config file add to it.

use std::ffi::OsString;
use std::io;

use anstream::{AutoStream, ColorChoice};
use clap::error::ErrorKind;
use clap::{ArgMatches, Command, FromArgMatches as _};

use super::colours;
use super::config::explanation::explanation;
use super::config::settle;
use super::definition::{Ask, CommandLine, command, known_flags};
use super::given::Given;
use super::isolation::{IsolationAsk, only_processes};
use super::session;
use crate::backend::Backend;
use crate::build;
use crate::exit::Exit;
use crate::report::Report;

/// A command line that was understood.
pub(super) struct Read {
    pub(super) ask: Option<Ask>,
    pub(super) isolation: IsolationAsk,
    pub(super) given: Given,
    /// All that could have been asked for.
    pub(super) command: Command,
}

/// Reads `words`: the program's name, then its arguments.
///
/// # Errors
///
/// All that there was to do is done: something was wrong, and told, or help was asked for, and given.
pub(super) fn read(backend: &dyn Backend, words: Vec<OsString>) -> Result<Read, Exit> {
    let command = command(backend.name(), backend.isolation());
    let json = wants_events(&words);
    let settled = settle(&command, words, &known_flags(backend.name()))
        .map_err(|(exit, reports)| session::refuse_all(exit, &reports, json))?;
    let parsed = command.clone().try_get_matches_from(&settled.words);
    parsed.iter().for_each(colours::hold_to);
    if let Ok(matches) = &parsed
        && let Some(explanation) = explanation(&command, matches, &settled)
    {
        return Err(session::print(&explanation));
    }
    let understand = |matches: ArgMatches| {
        let isolation = IsolationAsk::read(backend.isolation(), &matches)?;
        let given = Given::read(&matches, settled.of_file());
        let mut line = CommandLine::from_arg_matches(&matches)?;
        if let Some(suites) = line.command.as_mut().and_then(Ask::suites_mut) {
            suites.has_profile_elsewhere = settled.has_profile;
        }
        Ok((line.command, isolation, given))
    };
    match parsed.and_then(understand) {
        Ok((ask, isolation, given)) => Ok(Read {
            ask,
            isolation,
            given,
            command,
        }),
        Err(error) => Err(misunderstood(backend, &error, &settled.words, json)),
    }
}

/// Tells what was wrong with `words`, or gives what was asked for in place of a run.
fn misunderstood(
    backend: &dyn Backend,
    error: &clap::Error,
    words: &[OsString],
    json: bool,
) -> Exit {
    if let Some(report) = only_processes(backend.isolation(), error) {
        return session::refuse(Exit::Usage, &report, json);
    }
    if error.kind() == ErrorKind::DisplayVersion && is_in_full(words) {
        let built = build::told(&backend.features());
        return session::print(&format!("{} {built}", backend.name()));
    }
    let exit = say(error);
    if json && exit == Exit::Usage {
        session::tell_programs(exit, &first_line(error));
    }
    exit
}

/// Whether the version was asked for by its long name.
fn is_in_full(words: &[OsString]) -> bool {
    words.iter().any(|word| word == "--version")
}

/// Whether programs are told of what happens, as far as words say that are not understood yet.
fn wants_events(words: &[OsString]) -> bool {
    let set = std::env::var_os("RUNNER_MESSAGE_FORMAT").is_some_and(|format| format == "json");
    let own = words.split(|word| word == "--").next().unwrap_or_default();
    let is_asked = own.iter().any(|word| word == "--message-format=json");
    let mut pairs = own.windows(2);
    set || is_asked || pairs.any(|pair| pair == ["--message-format", "json"])
}

/// What clap did not understand, in one line.
fn first_line(error: &clap::Error) -> Report {
    let told = error.to_string();
    let what = told.lines().next().unwrap_or_default();
    Report::new(what.strip_prefix("error: ").unwrap_or(what))
}

/// Shows what clap has to say: help, the version, or what it did not understand.
pub(super) fn say(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        // Where standard error itself is gone, nobody is left to be told.
        let _ = error.print();
        return Exit::Usage;
    }
    let text = match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => error.render().to_string(),
        _ => error.render().ansi().to_string(),
    };
    session::print(text.trim_end())
}
