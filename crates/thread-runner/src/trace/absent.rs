//! Everything of this folder for a build without the feature: nothing happens.

use anypool_core::{Callbacks, Job, JobId};

/// No spans.
#[derive(Debug)]
pub(crate) struct Spans(());

/// Nowhere to be.
pub(crate) enum Inside {}

/// Nobody to speak to.
pub(crate) enum Adopted {}

impl Spans {
    pub(crate) fn current() -> Self {
        Self(())
    }

    #[expect(
        clippy::unused_self,
        reason = "with the feature there is something to adopt"
    )]
    pub(crate) fn adopt(&self) -> Option<Adopted> {
        None
    }

    #[expect(
        clippy::unused_self,
        reason = "with the feature there is where to keep a span"
    )]
    pub(crate) fn open(&self, _: &dyn Job) {}

    #[expect(
        clippy::unused_self,
        reason = "with the feature there are spans to enter"
    )]
    pub(crate) fn enter(&self, _: JobId) -> Option<Inside> {
        None
    }
}

pub(crate) fn deferring<R>(act: impl FnOnce() -> R) -> (R, Option<Callbacks>) {
    (act(), None)
}
