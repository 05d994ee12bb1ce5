//! The command `completions`: a script with which a shell completes command lines.

use clap::{Args, Command};
use clap_complete::Shell;

use super::session;
use crate::exit::Exit;

#[derive(Debug, Args)]
pub(super) struct CompletionsAsk {
    /// The shell that is to complete them
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script for the program of this command line.
pub(super) fn print(mut command: Command, ask: &CompletionsAsk) -> Exit {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(ask.shell, &mut command, name, &mut script);
    session::print(String::from_utf8_lossy(&script).trim_end())
}
