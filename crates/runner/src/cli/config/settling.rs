//! A command line while it is completed.

use std::ffi::OsString;

use clap::{Arg, ArgMatches, Command};

use super::file::{ConfigFile, no_profile};
use super::wording::{self, Refusal};
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
        let mut words = match wording::words(self.command, self.ask, arg, &found.texts) {
            Ok(words) => words,
            Err(refusal) => return self.refuse(&refusal, &found.origin),
        };
        if let Some(arg) = flags(self.ask).find(|known| known.get_id() == arg.get_id()) {
            self.taken.push(arg);
        }
        self.words.append(&mut words);
        self.origins.push((found.flag, found.origin));
    }

    fn refuse(&mut self, refusal: &Refusal, origin: &Origin) {
        let (report, label) = (refusal.report(), &refusal.label);
        self.wrong.push(match origin {
            Origin::Environment(name) => {
                let report = report.note(format!("{name} in the environment says so"));
                match label.is_empty() {
                    true => report,
                    false => report.help(label),
                }
            }
            Origin::Profile(_, spot) | Origin::File(spot) => report.at(spot.clone().label(label)),
        });
    }
}
