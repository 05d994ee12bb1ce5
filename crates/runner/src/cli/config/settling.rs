//! A command line while it is completed.

use std::ffi::{OsStr, OsString};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::file::{ConfigFile, no_profile};
use super::{Found, OF_SUITES, Origin, Wrong, flags};
use crate::exit::Exit;
use crate::report::Report;

/// A command line as it is completed, from what weighs most to what weighs least.
pub(super) struct Settling<'c> {
    pub(super) command: &'c Command,
    pub(super) ask: &'c Command,
    /// The flags that have been said something of.
    pub(super) taken: Vec<&'c Arg>,
    pub(super) words: Vec<OsString>,
    pub(super) origins: Vec<(String, Origin)>,
    pub(super) wrong: Vec<Report>,
}

impl Settling<'_> {
    /// Takes what was found in one place.
    pub(super) fn take_all(&mut self, all: Vec<Found>) {
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

    /// Whether the config file has the profile that is asked for.
    ///
    /// # Errors
    ///
    /// Nothing has it that could.
    pub(super) fn profile(
        &mut self,
        wanted: Option<&str>,
        file: Option<&ConfigFile>,
        typed: &ArgMatches,
    ) -> Result<bool, Wrong> {
        let Some(wanted) = wanted else {
            return Ok(false);
        };
        let has_profile = file.is_some_and(|file| file.has_profile(wanted));
        if !OF_SUITES.contains(&self.ask.get_name()) {
            return match has_profile {
                true => Ok(true),
                false => Err((Exit::Usage, vec![no_profile(file, wanted)])),
            };
        }
        if !typed.contains_id("profile") {
            self.words.push(format!("--profile={wanted}").into());
        }
        Ok(has_profile)
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
