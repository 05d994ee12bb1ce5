//! What holds where the command line says nothing: the environment, a profile, the config file, in this order.
//!
//! Whatever is found there becomes a word of the command line, just behind the command's name, so it is understood and
//! checked as if it had been typed. What contradicts something that weighs more is left out.
//!
//! - [`wording`] is how a flag is said on a command line,
//! - [`file`] is the config file,
//! - [`settling`] is a command line while it is completed,
//! - [`explanation`] tells what came of it.

mod wording;
mod file;
mod settling;
pub(super) mod explanation;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};

use self::file::ConfigFile;
use self::settling::Settling;
use crate::exit::Exit;
use crate::report::Report;
use crate::spot::Spot;

const CONFIG: &str = "Config";

// What describes one of these would take the place of what describes the command that it is added to.

#[derive(Debug, Args)]
struct FileAsk {
    /// Read what is not said here from this file, and not from ~/.config/anypool.toml
    #[arg(long, value_name = "FILE", help_heading = CONFIG)]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ProfileAsk {
    /// What the file has under [profile.NAME] goes before the rest of it
    #[arg(long, value_name = "NAME", help_heading = CONFIG)]
    profile: Option<String>,
}

#[derive(Debug, Args)]
struct ExplainAsk {
    /// Print what each flag is and where that comes from, and run nothing. The variable RUNNER_WORKERS is for
    /// --workers, and so on for each flag
    #[arg(long, help_heading = CONFIG)]
    explain_config: bool,
}

/// The commands that look beyond the command line.
const COMMANDS: [&str; 6] = ["spawn", "map", "run", "exec", "list", "check"];

/// Those of them that read suites, which have profiles of their own: `--profile` is for both.
const OF_SUITES: [&str; 2] = ["run", "check"];

/// Flags that say where to look, and are not looked for.
const OWN: [&str; 5] = ["config", "profile", "explain-config", "help", "version"];

/// Whether a command looks beyond the command line.
pub(super) fn looks_beyond(ask: &Command) -> bool {
    COMMANDS.contains(&ask.get_name())
}

/// Adds the flags that say where to look.
pub(super) fn with_config(command: Command) -> Command {
    command.mut_subcommands(|ask| {
        if !looks_beyond(&ask) {
            return ask;
        }
        let ask = FileAsk::augment_args(ask);
        let ask = match OF_SUITES.contains(&ask.get_name()) {
            true => ask,
            false => ProfileAsk::augment_args(ask),
        };
        ExplainAsk::augment_args(ask)
    })
}

/// Where a flag's value comes from.
#[derive(Clone, Debug)]
enum Origin {
    Environment(String),
    Profile(String, Spot),
    File(Spot),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::Profile(name, spot) => write!(f, "profile {name}, {spot}"),
            Self::File(spot) => spot.fmt(f),
        }
    }
}

/// A command line with all that was found elsewhere.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) words: Vec<OsString>,
    origins: Vec<(String, Origin)>,
    /// Whether the config file has the profile that is asked for.
    pub(super) has_profile: bool,
}

impl Settled {
    /// A command line as it was typed.
    fn as_typed(words: Vec<OsString>) -> Self {
        Self {
            words,
            origins: Vec::new(),
            has_profile: false,
        }
    }

    /// The flags that the config file says something of, for want of anybody who weighs more.
    pub(super) fn of_file(&self) -> impl Iterator<Item = &str> {
        let of_file = self.origins.iter().filter(|(_, origin)| match origin {
            Origin::Environment(_) => false,
            Origin::Profile(..) | Origin::File(_) => true,
        });
        of_file.map(|(flag, _)| flag.as_str())
    }
}

/// A command line that cannot be completed. Nothing was started.
pub(super) type Wrong = (Exit, Vec<Report>);

/// Something found for a flag.
struct Found {
    flag: String,
    texts: Vec<OsString>,
    origin: Origin,
}

/// Completes `words` (the program's name, then its arguments) for `command`; `known` are the flags that a config file
/// may name.
///
/// # Errors
///
/// What was found is wrong.
pub(super) fn settle(
    command: &Command,
    words: Vec<OsString>,
    known: &[String],
) -> Result<Settled, Wrong> {
    let name = words.get(1).and_then(|name| name.to_str());
    let ask = name
        .filter(|name| COMMANDS.contains(name))
        .and_then(|name| command.find_subcommand(name));
    let (Some(ask), Ok(typed)) = (ask, command.clone().try_get_matches_from(&words)) else {
        // Whoever reads it next tells what is wrong with it.
        return Ok(Settled::as_typed(words));
    };
    let Some((name, typed)) = typed.subcommand() else {
        return Ok(Settled::as_typed(words));
    };
    let mut settling = Settling {
        command,
        ask,
        taken: flags(ask).filter(|arg| is_typed(arg, typed)).collect(),
        words: Vec::new(),
        origins: Vec::new(),
        wrong: Vec::new(),
    };
    settling.take_all(environment(ask));
    if !settling.wrong.is_empty() {
        return Err((Exit::Usage, settling.wrong));
    }
    let file = ConfigFile::find(typed, known)?;
    let wrong = file.iter().flat_map(|file| file.wrong(command, ask));
    let wrong: Vec<_> = wrong.collect();
    if !wrong.is_empty() {
        return Err((Exit::Invalid, wrong));
    }
    let profile = file::profile_asked_for(typed);
    let has_profile = settling.profile(profile.as_deref(), file.as_ref(), typed)?;
    if let Some(file) = &file {
        settling.take_all(file.profile(profile.as_deref()));
        settling.take_all(file.rest());
    }
    if !settling.wrong.is_empty() {
        return Err((Exit::Invalid, settling.wrong));
    }
    let mut all = vec![words[0].clone(), name.into()];
    all.append(&mut settling.words);
    all.extend_from_slice(&words[2..]);
    Ok(Settled {
        words: all,
        origins: settling.origins,
        has_profile,
    })
}

/// What the environment says.
fn environment(ask: &Command) -> Vec<Found> {
    let found = |arg: &Arg| {
        let flag = arg.get_long()?.to_owned();
        let name = format!("RUNNER_{}", flag.replace('-', "_").to_uppercase());
        let texts = vec![std::env::var_os(&name)?];
        let origin = Origin::Environment(name);
        Some(Found {
            flag,
            texts,
            origin,
        })
    };
    flags(ask).filter_map(found).collect()
}

/// The flags of a command that can be said elsewhere.
pub(super) fn flags(ask: &Command) -> impl Iterator<Item = &Arg> {
    let can_be_said = |arg: &&Arg| arg.get_long().is_some_and(|long| !OWN.contains(&long));
    ask.get_arguments().filter(can_be_said)
}

fn is_typed(arg: &Arg, matches: &ArgMatches) -> bool {
    matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
}

/// The config file that is read where none is named.
fn usual() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = match set("XDG_CONFIG_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(&set("HOME")?).join(".config"),
    };
    Some(folder.join("anypool.toml"))
}
