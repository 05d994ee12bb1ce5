//! From the words of a command line to an exit code.

use std::ffi::OsString;

use super::definition::{Ask, Format, command};
use super::listing::listing;
use super::pages::{self, PAGES};
use super::reading::{Read, read, say};
use super::{check, completions, exec, manual, map, replay, run, session, spawn};
use crate::backend::Backend;
use crate::exit::Exit;
use crate::nearest::nearest;
use crate::report::{self, Report};

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
    match ask {
        None => {
            report::say(&short_help(backend.name()));
            Exit::Usage
        }
        Some(Ask::List(ask)) if ask.suites.is_empty() => {
            session::print(&listing(ask.format, &ask.select.choice()))
        }
        Some(Ask::List(ask)) => {
            let as_json = matches!(ask.format, Format::Json);
            check::list(backend, &ask.suites, &ask.select, as_json)
        }
        Some(Ask::Check(ask)) => check::check(backend, &ask, isolation.allow_unsafe),
        Some(Ask::Schema(ask)) => pages::print_schema(&ask),
        Some(Ask::Completions(ask)) => completions::print(command, &ask),
        Some(Ask::Man(ask)) => manual::write(command, &ask),
        Some(Ask::Help(ask)) => help(backend, ask.about.as_deref()),
        Some(Ask::Spawn(ask)) => spawn::run(backend, &ask, isolation),
        Some(Ask::Map(ask)) => map::run(backend, &ask, isolation),
        Some(Ask::Run(ask)) => {
            let how = run::How {
                backend,
                isolation,
                given: &given,
            };
            run::run(&ask, how)
        }
        Some(Ask::Exec(ask)) => exec::run(backend, &ask),
        Some(Ask::Replay(ask)) => replay::run(backend, &ask),
    }
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
