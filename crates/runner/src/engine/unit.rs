//! A unit of work: what a run does one of after another.

use std::sync::Arc;

use super::program::Program;
use super::terms::Terms;
use crate::catalogue::call::Call;
use crate::event::TaskKey;

/// A unit of work with its name, and with the terms that it is run on.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// What it is called in this run.
    pub(crate) id: Arc<str>,
    /// What it is, by its content.
    pub(crate) key: TaskKey,
    /// What is to be done.
    pub(crate) work: Work,
    /// On which terms. Many units share them.
    pub(crate) terms: Arc<Terms>,
    /// The gates that it waits at, by their places in its plan.
    pub(crate) after: Arc<[usize]>,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// A worker of the backend's pool runs a task of the catalogue.
    Call(Call),
    /// The runner starts a program. It is large, and a plan may hold a million calls.
    Program(Box<Program>),
    /// Nothing: an earlier run did it, say. The unit is settled as skipped, for this reason, and those that come after
    /// it are run as if it had ended well.
    Skip(Arc<str>),
    /// Nothing can be: the unit is settled as failed, for this reason.
    Impossible(Arc<str>),
}

impl Unit {
    /// How many of so many worker slots it takes: at least one, and never more than there are.
    pub(super) fn weight(&self, workers: usize) -> usize {
        match self.work {
            Work::Skip(_) | Work::Impossible(_) => 0,
            Work::Call(_) | Work::Program(_) => self.terms.weight.clamp(1, workers.max(1)),
        }
    }
}
