//! `cargo xtask compare diff`: what has changed between two reports of one machine.

use std::io;
use std::path::Path;

use anypool_compare::Diff;

use super::failure::Failure;
use super::{Arguments, Format, reading};
use crate::console::print;

/// Prints the differences of two files, the older first.
pub(super) fn show(files: [&Path; 2], arguments: &Arguments) -> Result<(), Failure> {
    let [old, new] = [reading::read(files[0])?, reading::read(files[1])?];
    let diff = Diff::between(&old, &new, arguments.force)?;
    let text = match arguments.format {
        Format::Table => diff.terminal(),
        Format::Md => diff.markdown(),
        Format::Json => {
            let text = serde_json::to_string_pretty(&diff).map_err(io::Error::from)?;
            format!("{text}\n")
        }
        Format::Csv => return Err(Failure::Format),
    };
    Ok(print(&text)?)
}
