//! The worker initializer: making the state that tasks find in their context.
//!
//! It knows how often and with which pauses a failing initializer is tried; what becomes of the
//! pool then is not decided here.

use std::any::Any;
use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use anypool_core::{WorkerId, catch};

/// How often in a row an initializer is tried.
pub(crate) const ATTEMPTS: u32 = 3;

/// The pause after the first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

type Make = dyn Fn(WorkerId) -> Result<Box<dyn Any>, String> + Send + Sync;

/// What a worker calls before its first job.
pub(crate) struct Initializer(Box<Make>);

impl Initializer {
    pub(crate) fn new<S, E, F>(make: F) -> Self
    where
        S: 'static,
        E: Display,
        F: Fn(WorkerId) -> Result<S, E> + Send + Sync + 'static,
    {
        Self(Box::new(move |worker| match make(worker) {
            Ok(state) => Ok(Box::new(state)),
            Err(error) => Err(error.to_string()),
        }))
    }

    /// Makes the state for `worker`, once.
    pub(crate) fn attempt(&self, worker: WorkerId) -> Result<Box<dyn Any>, String> {
        match catch(AssertUnwindSafe(|| (self.0)(worker))) {
            Ok(made) => made,
            Err(unwound) => Err(unwound.to_string()),
        }
    }
}

/// How long to wait after the given failure (from 1); `None` when that was the last try.
pub(crate) fn pause_after(failure: u32) -> Option<Duration> {
    (failure < ATTEMPTS).then(|| FIRST_PAUSE * 2_u32.pow(failure - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end() {
        let pauses: Vec<_> = (1..=ATTEMPTS).map(pause_after).collect();
        assert_eq!(pauses, [Some(FIRST_PAUSE), Some(FIRST_PAUSE * 2), None]);
    }

    #[test]
    fn a_panic_is_a_failure_with_its_message() {
        anypool_core::set_quiet(true);
        let init = Initializer::new(|worker| -> Result<(), String> { panic!("no {worker:?}") });
        let failed = init.attempt(WorkerId(7)).unwrap_err();
        assert!(failed.contains("no WorkerId(7)"), "{failed}");
    }
}
