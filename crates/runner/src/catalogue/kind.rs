//! What the catalogue says about a task, and how a task reads its parameters.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anypool_core::Context;

use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Argument, Parameter};

/// A task of the catalogue.
///
/// ```
/// use anypool_runner::{Class, Kind};
///
/// let primes = Kind::find("primes").unwrap();
/// assert_eq!(primes.class, Class::Cpu);
/// assert_eq!(primes.parameters[0].name, "limit");
/// ```
#[derive(Debug)]
pub struct Kind {
    /// The name on the command line.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// What it spends its time on.
    pub class: Class,
    /// What it can be given. An INPUT of `map` is the first.
    pub parameters: &'static [Parameter],
    /// For a task that ends its whole process: how, in words.
    pub ends_process: Option<&'static str>,
    /// For a task whose own lines are its result: what `spawn` says when all are done, in place of their values.
    pub(crate) closing: Option<fn(&Arguments<'_>) -> &'static str>,
    pub(crate) run: RunFn,
}

pub(crate) type RunFn = fn(&Arguments<'_>, &Context) -> Result<Answer, TaskFailure>;

impl Kind {
    /// The parameter that an INPUT of `map` sets; `None` for a task without parameters, which takes any input.
    #[must_use]
    pub fn input(&self) -> Option<&'static Parameter> {
        self.parameters.first()
    }

    /// A task that cannot take its process with it.
    pub(super) const fn new(
        name: &'static str,
        class: Class,
        parameters: &'static [Parameter],
        run: RunFn,
        summary: &'static str,
    ) -> Self {
        Self {
            name,
            summary,
            class,
            parameters,
            ends_process: None,
            closing: None,
            run,
        }
    }
}

/// What a task spends its time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Class {
    /// Computing.
    Cpu,
    /// Waiting.
    Io,
    /// Some of each: computing and waiting.
    Mixed,
    /// Moving memory: more workers help until its bandwidth is used up.
    Mem,
    /// Writing to what others write to as well.
    Shared,
    /// Carrying values between workers and their runner.
    Ipc,
    /// Failing, in one way or another.
    Fault,
    /// Nothing: only the way to the worker and back is left.
    Overhead,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cpu => "cpu",
            Self::Io => "io",
            Self::Mixed => "mixed",
            Self::Mem => "mem",
            Self::Shared => "shared",
            Self::Ipc => "ipc",
            Self::Fault => "fault",
            Self::Overhead => "overhead",
        })
    }
}

/// What one run of a task was given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arguments<'a> {
    pub(super) kind: &'static Kind,
    pub(super) values: &'a [Argument],
    /// The number of the worker (`spawn`) or the position of the input (`map`), from 0.
    pub(crate) index: u64,
    /// Which try this is, from 1, where whoever asks counts tries.
    pub(super) attempt: u32,
}

impl<'a> Arguments<'a> {
    pub(crate) fn new(kind: &'static Kind, values: &'a [Argument], index: u64) -> Self {
        Self {
            kind,
            values,
            index,
            attempt: 1,
        }
    }

    pub(crate) fn integer(&self, name: &str) -> Result<u64, TaskFailure> {
        match self.find(name) {
            Some(Argument::Integer(number)) => Ok(*number),
            _ => Err(self.unknown(name)),
        }
    }

    pub(crate) fn time(&self, name: &str) -> Result<Duration, TaskFailure> {
        match self.find(name) {
            Some(Argument::Time(time)) => Ok(*time),
            _ => Err(self.unknown(name)),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, TaskFailure> {
        match self.find(name) {
            Some(Argument::Flag(flag)) => Ok(*flag),
            _ => Err(self.unknown(name)),
        }
    }

    pub(crate) fn word(&self, name: &str) -> Result<&'a str, TaskFailure> {
        match self.find(name) {
            Some(Argument::Word(word)) => Ok(word),
            _ => Err(self.unknown(name)),
        }
    }

    /// A path; `None` where none is given.
    pub(super) fn path(&self, name: &str) -> Result<Option<&'a Path>, TaskFailure> {
        match self.find(name) {
            Some(Argument::Path(path)) if path.is_empty() => Ok(None),
            Some(Argument::Path(path)) => Ok(Some(Path::new(path))),
            _ => Err(self.unknown(name)),
        }
    }

    /// A size, as one that memory may have.
    pub(super) fn size(&self, name: &str) -> Result<usize, TaskFailure> {
        let size = self.integer(name)?;
        usize::try_from(size).map_err(|_| {
            TaskFailure::System(format!("{size} bytes are more than can be addressed"))
        })
    }

    fn find(&self, name: &str) -> Option<&'a Argument> {
        let mut parameters = self.kind.parameters.iter();
        let place = parameters.position(|parameter| parameter.name == name)?;
        self.values.get(place)
    }

    fn unknown(&self, name: &str) -> TaskFailure {
        TaskFailure::Unknown(format!("no `{name}` for `{}`", self.kind.name))
    }
}
