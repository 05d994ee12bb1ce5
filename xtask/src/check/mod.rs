//! `cargo xtask check`: what needs a tool that not everybody has. CI does without.
//!
//! Each tool has a file of its own, which says what to install where it is missing.

mod callgrind;
mod fuzz;
mod junit;
mod page;

use std::io;

use clap::Subcommand;

/// The tools.
#[derive(Debug, Subcommand)]
pub(crate) enum Tool {
    /// Feeds what the parent reads of its workers with anything, by libFuzzer
    Fuzz(fuzz::Arguments),
    /// Counts the instructions of a job from submit until its value is there, by valgrind
    Callgrind(callgrind::Arguments),
    /// Looks at the pages of reports for errors, overflow and pale text, by Chromium
    Page(page::Arguments),
    /// Looks at what runs tell build servers, by xmllint
    Junit,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    /// Nothing was found.
    Sound,
    /// Something was found; the tool has said what.
    Broken,
    /// A tool is missing, or was asked for what it does not have; what to do has been said.
    Impossible,
}

/// Runs one tool.
///
/// # Errors
///
/// Fails when a program that is there cannot be started.
pub(crate) fn run(tool: &Tool) -> io::Result<Checked> {
    match tool {
        Tool::Fuzz(arguments) => fuzz::run(arguments),
        Tool::Callgrind(arguments) => callgrind::run(arguments),
        Tool::Page(arguments) => page::run(arguments),
        Tool::Junit => junit::run(),
    }
}
