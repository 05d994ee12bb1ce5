//! The commands that describe formats: `schema` to programs, `help` to people.

use clap::{Args, ValueEnum};

use super::session;
use crate::event;
use crate::exit::Exit;
use crate::suite::{page, schema};

#[derive(Debug, Args)]
pub(super) struct SchemaAsk {
    /// What to describe
    #[arg(value_enum)]
    what: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Suites: files of tasks to run
    Suite,
    /// The events of a run, one a line
    Events,
    /// The report of a comparison
    Report,
    /// The steps of a comparison, one a line
    Progress,
}

/// The schema of reports, which another program writes; its tests see to it that this is theirs.
const REPORT: &str = include_str!("pages/report.json");

/// The schema of the lines in which that program tells how far it is.
const PROGRESS: &str = include_str!("pages/progress.json");

#[derive(Debug, Args)]
pub(super) struct HelpAsk {
    /// A page (suite, events, exit-codes), or a command
    pub(super) about: Option<String>,
}

/// Prints a JSON Schema.
pub(super) fn print_schema(ask: &SchemaAsk) -> Exit {
    let schema = match ask.what {
        Format::Suite => schema::schema(),
        Format::Events => event::schema(),
        Format::Report => REPORT.to_owned(),
        Format::Progress => PROGRESS.to_owned(),
    };
    session::print(schema.trim_end())
}

/// The pages that there are.
pub(super) const PAGES: [&str; 3] = ["suite", "events", "exit-codes"];

/// The page of this name.
pub(super) fn find(name: &str, program: &str) -> Option<String> {
    match name {
        "suite" => Some(page::page(program)),
        "events" => Some(event::page(program)),
        "exit-codes" => Some(exit_codes()),
        _ => None,
    }
}

fn exit_codes() -> String {
    let mut page =
        "Exit codes have fixed meanings, and are never a count of failures.\n\n".to_owned();
    for (exit, meaning) in Exit::MEANINGS {
        page.push_str(&format!("  {:>3}  {meaning}\n", exit.code()));
    }
    page.push_str("\nA panic of the runner itself, which would be a bug, ends it with 101.\n");
    page
}
