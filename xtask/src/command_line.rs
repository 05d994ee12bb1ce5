//! The commands of `cargo xtask`, and the exit code of each.

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::check::{Checked, Tool};
use crate::{bench, check, ci, compare, man, tidy, workspace};

/// Anypool's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Chore {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Threads or processes? Measures the same work both ways
    Compare(Box<compare::Arguments>),
    /// How fast are our pools? Measures them beside their peers and against what is to be reached
    Bench(bench::Arguments),
    /// Formats, lints, docs, house rules and licences: all that CI checks before it runs tests
    Ci,
    /// The house rules alone
    Tidy,
    /// Writes the runners' pages for `man` to target/man
    Man,
    /// What needs a tool beside cargo, which CI does without
    #[command(subcommand)]
    Check(Tool),
}

/// Runs what the command line asks for.
pub(crate) fn run() -> ExitCode {
    let chore = Chore::try_parse().unwrap_or_else(|slip| {
        compare::tell_of_slip(&slip);
        slip.exit()
    });
    match chore.command {
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Ci => verdict(ci::run()),
        Command::Tidy => verdict(tidy::run(&workspace::root())),
        Command::Man => verdict(man::run().map(|()| true).map_err(io::Error::other)),
        Command::Check(tool) => match check::run(&tool) {
            Ok(Checked::Impossible) => ExitCode::from(UNAVAILABLE),
            checked => verdict(checked.map(|checked| checked == Checked::Sound)),
        },
    }
}

/// What a check needs is not there.
const UNAVAILABLE: u8 = 69;

/// A failure of ours and not of the checkout's, as in the runners' exit codes.
const INTERNAL: u8 = 70;

fn verdict(passed: io::Result<bool>) -> ExitCode {
    match passed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(INTERNAL)
        }
    }
}
