//! What holds where the command line says nothing: the environment, a profile, the config file, in this order.
//!
//! Whatever is found there becomes a word of the command line, just behind the command's name, so it is understood and
//! checked as if it had been typed. What contradicts something that weighs more is left out.
//!
//! - [`file`] is the config file,
//! - [`explanation`] tells what came of it.

mod file;
pub(super) mod explanation;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command};

use self::file::ConfigFile;
use crate::exit::Exit;
use crate::report::Report;
use crate::spot::Spot;

const CONFIG: &str = "Config";

// What describes this would take the place of what describes the command that it is added to.
#[derive(Debug, Args)]
struct ConfigAsk {
    /// Read what is not said here from this file, and not from ~/.config/anypool.toml
    #[arg(long, value_name = "FILE", help_heading = CONFIG)]
    config: Option<PathBuf>,
    /// What the file has under [profile.NAME] goes before the rest of it
    #[arg(long, value_name = "NAME", help_heading = CONFIG)]
    profile: Option<String>,
    /// Print what each flag is and where that comes from, and run nothing. The variable RUNNER_WORKERS is for
    /// --workers, and so on for each flag
    #[arg(long, help_heading = CONFIG)]
    explain_config: bool,
}

/// The commands that look beyond the command line.
const COMMANDS: [&str; 3] = ["spawn", "map", "exec"];

/// Flags that say where to look, and are not looked for.
const OWN: [&str; 5] = ["config", "profile", "explain-config", "help", "version"];

/// Whether a command looks beyond the command line.
pub(super) fn looks_beyond(ask: &Command) -> bool {
    COMMANDS.contains(&ask.get_name())
}

/// Adds the flags that say where to look.
pub(super) fn with_config(command: Command) -> Command {
    command.mut_subcommands(|ask| match looks_beyond(&ask) {
        true => ConfigAsk::augment_args(ask),
        false => ask,
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
    let origins = Vec::new();
    let name = words.get(1).and_then(|name| name.to_str());
    let ask = name
        .filter(|name| COMMANDS.contains(name))
        .and_then(|name| command.find_subcommand(name));
    let (Some(ask), Ok(typed)) = (ask, command.clone().try_get_matches_from(&words)) else {
        // Whoever reads it next tells what is wrong with it.
        return Ok(Settled { words, origins });
    };
    let Some((name, typed)) = typed.subcommand() else {
        return Ok(Settled { words, origins });
    };
    let mut settling = Settling {
        command,
        ask,
        taken: flags(ask).filter(|arg| is_typed(arg, typed)).collect(),
        words: Vec::new(),
        origins,
        wrong: Vec::new(),
    };
    settling.take_all(environment(ask));
    if !settling.wrong.is_empty() {
        return Err((Exit::Usage, settling.wrong));
    }
    let file = ConfigFile::find(typed, known)?;
    if let Some(file) = &file {
        settling.take_all(file.profile(typed)?);
        settling.take_all(file.rest());
    } else if let Some(profile) = file::profile_asked_for(typed) {
        let what = format!("there is no config file that could have a profile `{profile}`");
        return Err((
            Exit::Usage,
            vec![Report::new(what).help("name one with --config")],
        ));
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
    })
}

/// A command line as it is completed, from what weighs most to what weighs least.
struct Settling<'c> {
    command: &'c Command,
    ask: &'c Command,
    /// The flags that have been said something of.
    taken: Vec<&'c Arg>,
    words: Vec<OsString>,
    origins: Vec<(String, Origin)>,
    wrong: Vec<Report>,
}

impl Settling<'_> {
    /// Takes what was found in one place.
    fn take_all(&mut self, all: Vec<Found>) {
        let before = self.taken.len();
        for found in all {
            let mut flags = flags(self.ask);
            let Some(arg) = flags.find(|arg| arg.get_long() == Some(&found.flag)) else {
                // It is another command's, or the other program's.
                continue;
            };
            let contradicts = |other: &&Arg| {
                let conflicts = |one, other: &Arg| {
                    let conflicting = self.ask.get_arg_conflicts_with(one);
                    conflicting.iter().any(|arg| arg.get_id() == other.get_id())
                };
                arg.get_id() == other.get_id() || conflicts(arg, other) || conflicts(other, arg)
            };
            // What contradicts something from the same place is wrong, and told as if both had been typed.
            if !self.taken[..before].iter().any(contradicts) {
                self.take(arg, found);
            }
        }
    }

    fn take(&mut self, arg: &Arg, found: Found) {
        let mut words = Vec::new();
        for text in &found.texts {
            match word(arg, &found.flag, text) {
                Ok(word) => words.extend(word),
                Err(what) => return self.refuse(what, &found.origin),
            }
        }
        // Each by itself, so that it is told where what is wrong comes from.
        let alone = [OsStr::new("runner"), OsStr::new(self.ask.get_name())];
        let alone = alone.into_iter().map(OsStr::to_owned).chain(words.clone());
        if let Err(error) = self.command.clone().try_get_matches_from(alone)
            && !matches!(
                error.kind(),
                ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelp
            )
        {
            let told = error.to_string();
            let what = told.lines().next().unwrap_or_default();
            let what = what.strip_prefix("error: ").unwrap_or(what).to_owned();
            return self.refuse(what, &found.origin);
        }
        if let Some(arg) = flags(self.ask).find(|known| known.get_id() == arg.get_id()) {
            self.taken.push(arg);
        }
        self.words.append(&mut words);
        self.origins.push((found.flag, found.origin));
    }

    fn refuse(&mut self, what: String, origin: &Origin) {
        let report = Report::new(what);
        self.wrong.push(match origin {
            Origin::Environment(name) => report.note(format!("{name} in the environment says so")),
            Origin::Profile(_, spot) | Origin::File(spot) => report.at(spot.clone()),
        });
    }
}

/// What to type for a flag that is to be as `text` says; `None` where that is to leave it out.
fn word(arg: &Arg, flag: &str, text: &OsStr) -> Result<Option<OsString>, String> {
    let takes_none = !matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let may_take_none = takes_none
        || arg
            .get_num_args()
            .is_some_and(|range| range.min_values() == 0);
    match text.to_str() {
        Some("true") if may_take_none => Ok(Some(format!("--{flag}").into())),
        Some("false") if may_take_none => Ok(None),
        Some("1") if takes_none => Ok(Some(format!("--{flag}").into())),
        Some("0" | "") if takes_none => Ok(None),
        _ if takes_none => Err(format!(
            "`--{flag}` is true or false, and not `{}`",
            text.display()
        )),
        _ => {
            let mut word = OsString::from(format!("--{flag}="));
            word.push(text);
            Ok(Some(word))
        }
    }
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
