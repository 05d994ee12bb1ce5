//! What both programs accept. Their help differs under the heading Isolation alone.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _, Parser, Subcommand, ValueEnum};

use super::check::CheckAsk;
use super::colours::with_colours;
use super::completions::CompletionsAsk;
use super::config::{flags, looks_beyond, with_config};
use super::exec::ExecAsk;
use super::isolation::with_isolation;
use super::manual::ManAsk;
use super::map::MapAsk;
use super::pages::{HelpAsk, SchemaAsk};
use super::replay::ReplayAsk;
use super::run::RunAsk;
use super::spawn::SpawnAsk;
use super::suites::{ChoiceAsk, SuitesAsk};
use crate::backend::Isolation;

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
    Spawn(Box<SpawnAsk>),
    /// Run a task on every INPUT in a pool; print the results as one list, in the order of the inputs
    Map(Box<MapAsk>),
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
    /// Write pages for `man` into a folder: one for the program, and one for each command
    Man(ManAsk),
}

impl Ask {
    /// The suites that it reads with a profile, if it does.
    pub(super) fn suites_mut(&mut self) -> Option<&mut SuitesAsk> {
        match self {
            Self::Run(ask) => Some(&mut ask.suites),
            Self::Check(ask) => Some(&mut ask.suites),
            _ => None,
        }
    }
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

/// The command line of the program `name`.
pub(super) fn command(name: &'static str, isolation: Isolation) -> Command {
    let command = CommandLine::command().name(name).bin_name(name);
    let command = with_isolation(with_config(with_colours(command)), isolation);
    command.mut_subcommands(|ask| match CALLS.contains(&ask.get_name()) {
        // These print what tasks give, and say nothing else that nobody asks for.
        true => ask
            .mut_arg("output", |output| output.default_value("line"))
            .mut_arg("progress", |progress| progress.default_value("none")),
        false => ask,
    })
}

/// The commands that call one task of the catalogue.
const CALLS: [&str; 2] = ["spawn", "map"];

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
