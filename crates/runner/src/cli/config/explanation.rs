//! What `--explain-config` prints: each flag, its value, and where that comes from.

use std::ffi::OsStr;

use clap::{ArgMatches, Command};

use super::{COMMANDS, Settled, flags, is_typed};

/// What each flag is and where that comes from, if that was asked for.
pub(in crate::cli) fn explanation(
    command: &Command,
    matches: &ArgMatches,
    settled: &Settled,
) -> Option<String> {
    let (name, matches) = matches.subcommand()?;
    if !COMMANDS.contains(&name) || !matches.get_flag("explain_config") {
        return None;
    }
    let mut rows = vec![["FLAG", "VALUE", "FROM"].map(str::to_owned)];
    for arg in flags(command.find_subcommand(name)?) {
        let long = arg.get_long().unwrap_or_default();
        let id = arg.get_id().as_str();
        let values = matches.get_raw(id).into_iter().flatten();
        let values: Vec<_> = values.map(OsStr::to_string_lossy).collect();
        let value = match values.is_empty() {
            true => "-".to_owned(),
            false => values.join(" "),
        };
        let mut origins = settled.origins.iter();
        let origin = match origins.find(|(flag, _)| flag == long) {
            Some((_, origin)) => origin.to_string(),
            None if is_typed(arg, matches) => "the command line".to_owned(),
            None => "default".to_owned(),
        };
        rows.push([format!("--{long}"), value, origin]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let (flag, value) = (width(0).unwrap_or(0), width(1).unwrap_or(0));
    let line = |[a, b, c]: &[String; 3]| format!("{a:flag$}  {b:value$}  {c}");
    Some(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}
