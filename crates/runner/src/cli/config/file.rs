//! The config file: flags by their names, and profiles of them. All that is wrong with it is told at once.

use std::ffi::OsString;
use std::io;
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::wording;
use super::{Found, Origin, Wrong, flags, looks_beyond, usual};
use crate::exit::Exit;
use crate::nearest::nearest;
use crate::report::Report;
use crate::spot::Spot;

/// A config file that was read.
pub(super) struct ConfigFile {
    name: String,
    entries: Vec<Entry>,
    /// The names of all profiles.
    profiles: Vec<String>,
    /// What is wrong with it by itself, whatever the commands say to its values.
    wrong: Vec<Report>,
}

/// A flag that it names.
struct Entry {
    profile: Option<String>,
    flag: String,
    texts: Vec<OsString>,
    spot: Spot,
}

impl ConfigFile {
    /// The file that is to be read, if there is one; it may name the flags `known`.
    ///
    /// # Errors
    ///
    /// It is not there although it was named, or it is no TOML.
    pub(super) fn find(typed: &ArgMatches, known: &[String]) -> Result<Option<Self>, Wrong> {
        let named = typed.get_one::<PathBuf>("config").cloned();
        let named = named.or_else(|| {
            let set = std::env::var_os("RUNNER_CONFIG").filter(|value| !value.is_empty());
            set.map(PathBuf::from)
        });
        let is_named = named.is_some();
        let Some(path) = named.or_else(usual) else {
            return Ok(None);
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path, &text, known)
                .map(Some)
                .map_err(|reports| (Exit::Invalid, reports)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_named => Ok(None),
            Err(error) => {
                let what = format!("{} cannot be read: {error}", path.display());
                Err((Exit::Missing, vec![Report::new(what)]))
            }
        }
    }

    fn parse(path: &Path, text: &str, known: &[String]) -> Result<Self, Vec<Report>> {
        let name = path.display().to_string();
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader {
            name: &name,
            text,
            known,
            entries: Vec::new(),
            wrong: Vec::new(),
        };
        errors.iter().for_each(|error| reader.no_toml(error));
        // A key that comes twice leaves all else as it is; after any other error nobody knows what was meant.
        if errors.iter().any(|error| error.message() != TWICE) {
            return Err(reader.wrong);
        }
        let mut profiles = Vec::new();
        for (key, value) in table.get_ref() {
            match (&**key.get_ref(), value.get_ref().as_table()) {
                ("profile", Some(tables)) => {
                    for (profile, value) in tables {
                        profiles.push(profile.get_ref().to_string());
                        reader.profile(profile.get_ref(), value);
                    }
                }
                (flag, _) => reader.flag(None, flag, &key.span(), value),
            }
        }
        let Reader { entries, wrong, .. } = reader;
        Ok(Self {
            name,
            entries,
            profiles,
            wrong,
        })
    }

    /// All that is wrong with it, from its first line to its last: in every profile, and whatever weighs more. Of the
    /// commands that have a flag, `ask` is the one to please.
    pub(super) fn wrong(&self, command: &Command, ask: &Command) -> Vec<Report> {
        let others = || {
            command
                .get_subcommands()
                .filter(|other| looks_beyond(other))
        };
        let mut wrong = self.wrong.clone();
        for entry in &self.entries {
            let mut takers = iter::once(ask).chain(others());
            let taker = takers.find_map(|ask| {
                let mut flags = flags(ask);
                let arg = flags.find(|arg| arg.get_long() == Some(&entry.flag))?;
                Some((ask, arg))
            });
            // Where nobody takes it, it is the other program's.
            let said = taker.map(|(ask, arg)| wording::words(command, ask, arg, &entry.texts));
            if let Some(Err(refusal)) = said {
                let spot = entry.spot.clone().label(&refusal.label);
                wrong.push(refusal.report().at(spot));
            }
        }
        wrong.sort_by_key(|report| report.spot().map(|spot| (spot.line(), spot.column())));
        wrong
    }

    /// Whether it has a profile of this name.
    pub(super) fn has_profile(&self, name: &str) -> bool {
        self.profiles.iter().any(|profile| profile == name)
    }

    /// What the profile says that was asked for.
    pub(super) fn profile(&self, wanted: Option<&str>) -> Vec<Found> {
        let Some(wanted) = wanted else {
            return Vec::new();
        };
        let origin = |entry: &Entry| Origin::Profile(wanted.to_owned(), entry.spot.clone());
        self.of(Some(wanted), origin)
    }

    /// What it says whatever the profile.
    pub(super) fn rest(&self) -> Vec<Found> {
        self.of(None, |entry| Origin::File(entry.spot.clone()))
    }

    fn of(&self, profile: Option<&str>, origin: impl Fn(&Entry) -> Origin) -> Vec<Found> {
        let entries = self.entries.iter();
        let of_profile = entries.filter(|entry| entry.profile.as_deref() == profile);
        let found = of_profile.map(|entry| Found {
            flag: entry.flag.clone(),
            texts: entry.texts.clone(),
            origin: origin(entry),
        });
        found.collect()
    }
}

/// Tells that the file, if there is one, has no such profile.
pub(super) fn no_profile(file: Option<&ConfigFile>, wanted: &str) -> Report {
    let Some(file) = file else {
        let what = format!("there is no config file that could have a profile `{wanted}`");
        return Report::new(what).help("name one with --config");
    };
    let report = Report::new(format!("{} has no profile `{wanted}`", file.name));
    let known = file.profiles.iter().map(String::as_str);
    match nearest(wanted, known) {
        Some(near) => report.help(format!("did you mean `{near}`?")),
        None => report.help(format!("it would begin with `[profile.{wanted}]`")),
    }
}

/// The profile that is to be used.
pub(super) fn profile_asked_for(typed: &ArgMatches) -> Option<String> {
    let set = || std::env::var("RUNNER_PROFILE").ok();
    let wanted = typed.get_one::<String>("profile").cloned().or_else(set);
    wanted.filter(|name| !name.is_empty())
}

/// Reads the tables of a file.
struct Reader<'f> {
    name: &'f str,
    text: &'f str,
    known: &'f [String],
    entries: Vec<Entry>,
    wrong: Vec<Report>,
}

/// What the parser says of a key that comes twice.
const TWICE: &str = "duplicate key";

impl Reader<'_> {
    /// One slip of a pen is noticed several times, and it is the first that tells.
    fn no_toml(&mut self, error: &toml::de::Error) {
        let spot = self.spot(&error.span().unwrap_or(0..0));
        let line = |report: &Report| report.spot().map(Spot::line);
        if self.wrong.last().and_then(line) != Some(spot.line()) {
            let report = Report::new(format!("{} is no TOML", self.name));
            self.wrong.push(report.at(spot.label(error.message())));
        }
    }

    fn profile(&mut self, name: &str, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            let spot = self.spot(&value.span());
            let report = Report::new(format!("profile `{name}` is no table")).at(spot);
            self.wrong.push(report);
            return;
        };
        for (key, value) in table {
            self.flag(Some(name), key.get_ref(), &key.span(), value);
        }
    }

    fn flag(
        &mut self,
        profile: Option<&str>,
        flag: &str,
        key: &Range<usize>,
        value: &Spanned<DeValue<'_>>,
    ) {
        if !self.known.iter().any(|known| known == flag) {
            let report = Report::new(format!("there is no flag `--{flag}`"));
            let spot = self.spot(key);
            let known = self.known.iter().map(String::as_str);
            self.wrong.push(match nearest(flag, known) {
                Some(near) => report.at(spot.label(format!("did you mean `{near}`?"))),
                None => report.at(spot),
            });
            return;
        }
        let texts = match value.get_ref() {
            DeValue::Array(values) => values.iter().map(|value| text(value.get_ref())).collect(),
            value => text(value).map(|text| vec![text]),
        };
        match texts {
            Some(texts) => self.entries.push(Entry {
                profile: profile.map(str::to_owned),
                flag: flag.to_owned(),
                texts,
                spot: self.spot(key),
            }),
            None => {
                let what =
                    format!("`{flag}` is a text, a number, true or false, or a list of those");
                let spot = self.spot(&value.span());
                self.wrong.push(Report::new(what).at(spot));
            }
        }
    }

    fn spot(&self, meant: &Range<usize>) -> Spot {
        Spot::new(self.name, self.text, meant.clone())
    }
}

/// A value as one would type it.
fn text(value: &DeValue<'_>) -> Option<OsString> {
    match value {
        DeValue::String(text) => Some(text.as_ref().into()),
        DeValue::Integer(number) => Some(number.as_str().into()),
        DeValue::Float(number) => Some(number.as_str().into()),
        DeValue::Boolean(flag) => Some(flag.to_string().into()),
        _ => None,
    }
}
