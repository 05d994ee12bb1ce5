//! Whether anybody has asked for a pool's figures. To know how long a job has run, its worker reads the
//! clock when it begins, which costs as much as the rest of a small job; so it does that only from the first
//! question on.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// When a pool's figures were asked for the first time, if they were.
#[derive(Clone, Default)]
pub(crate) struct Asked(Arc<OnceLock<Instant>>);

impl Asked {
    /// Notes that they are asked for now; gives the first time.
    pub(crate) fn ask(&self) -> Instant {
        *self.0.get_or_init(Instant::now)
    }

    /// The time, if anybody wants to know it.
    pub(crate) fn now(&self) -> Option<Instant> {
        self.0.get().map(|_| Instant::now())
    }
}
