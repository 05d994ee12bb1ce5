//! The command `man`: pages for `man`, one for the program and one for each of its commands.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};

use super::session;
use crate::exit::Exit;
use crate::report::Report;

#[derive(Debug, Args)]
pub(super) struct ManAsk {
    /// The folder that the pages are written to, which is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes the pages, and prints their names.
pub(super) fn write(command: Command, ask: &ManAsk) -> Exit {
    match pages(command, &ask.folder) {
        Ok(names) => session::print(&names.join("\n")),
        Err(error) => {
            let what = format!("{} cannot be written: {error}", ask.folder.display());
            session::refuse(Exit::Output, &Report::new(what), false)
        }
    }
}

fn pages(mut program: Command, folder: &Path) -> io::Result<Vec<String>> {
    fs::create_dir_all(folder)?;
    // The flags of `--help` and `--version` are there when it is built.
    program.build();
    let name = program.get_name().to_owned();
    let mut names = vec![page(program.clone(), name.clone(), folder)?];
    for command in program.get_subcommands() {
        names.push(page(
            command.clone(),
            format!("{name}-{}", command.get_name()),
            folder,
        )?);
    }
    Ok(names)
}

fn page(command: Command, name: String, folder: &Path) -> io::Result<String> {
    let page = format!("{name}.1");
    let mut text = Vec::new();
    let command = command
        .display_name(name)
        .version(env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).render(&mut text)?;
    fs::write(folder.join(&page), text)?;
    Ok(page)
}
