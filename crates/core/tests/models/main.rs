//! How those who wait for a job learn of its end, run through every order in which threads can take their steps, and
//! everything that weak memory lets them see. It is the source as it is: locks and atomics come from loom here.

/// What the source shares memory by.
mod sync {
    use std::time::Instant;

    pub(crate) use loom::sync::{Condvar, MutexGuard, atomic};

    /// Waits as the source's own does. Time does not pass in a model.
    pub(crate) fn wait_until<'a, T>(
        condvar: &Condvar,
        guard: MutexGuard<'a, T>,
        deadline: Option<Instant>,
    ) -> (MutexGuard<'a, T>, bool) {
        assert_eq!(deadline, None);
        (condvar.wait(guard).unwrap(), true)
    }
}

#[path = "../../src/job/latch.rs"]
mod latch;

mod waiting;
