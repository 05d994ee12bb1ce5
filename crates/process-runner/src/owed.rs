//! Jobs that are owed an end. Wherever one is when the supervisor panics, in the queue, at a worker or in
//! a variable that the panic unwinds past, it is found again and ended all the same.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anypool_core::{Answers, Callbacks, Job, Settlement};

/// A pool's share in a job that it has accepted.
///
/// Letting go of it costs nothing while all is well: other shares, or the outcome, have gone where they
/// belong.
#[derive(Clone)]
pub(crate) struct Owed(
    /// Is there until the job is settled through this share.
    Option<Arc<dyn Job>>,
);

/// Whether shares that are let go of on this thread are lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    Off,
    /// Those that a panic unwinds past are.
    Panics,
    /// All of them are.
    All,
}

thread_local! {
    static WATCH: Cell<Watch> = const { Cell::new(Watch::Off) };
    static LOST: RefCell<Vec<Arc<dyn Job>>> = const { RefCell::new(Vec::new()) };
}

/// From now on jobs are not lost when this thread panics.
pub(crate) fn watch_panics() {
    WATCH.set(Watch::Panics);
}

/// What [`watch_panics`] began is over.
pub(crate) fn watch_nothing() {
    WATCH.set(Watch::Off);
}

/// From now on every share that this thread lets go of counts as lost.
pub(crate) fn call_in() {
    WATCH.set(Watch::All);
}

/// The jobs that were lost on this thread, some of them several times; their items may have ended.
pub(crate) fn lost() -> Vec<Arc<dyn Job>> {
    LOST.take()
}

impl Owed {
    pub(crate) fn new(job: Arc<dyn Job>) -> Self {
        Self(Some(job))
    }

    /// As [`Job::settle`].
    #[must_use]
    pub(crate) fn settle(
        mut self,
        item: u32,
        how: Settlement,
        busy: Duration,
    ) -> Option<Callbacks> {
        self.0.take()?.settle(item, how, busy)
    }

    /// As [`Job::settle_answers`].
    #[must_use]
    pub(crate) fn settle_answers(
        mut self,
        first: u32,
        answers: Answers,
        busy: Duration,
    ) -> Vec<Callbacks> {
        let job = self.0.take();
        job.map_or_else(Vec::new, |job| job.settle_answers(first, answers, busy))
    }
}

impl Deref for Owed {
    type Target = Arc<dyn Job>;

    fn deref(&self) -> &Arc<dyn Job> {
        // `settle` takes it out, and takes the share with it.
        self.0.as_ref().expect("the share has not been used")
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        let Some(job) = self.0.take() else {
            return;
        };
        let is_lost = match WATCH.get() {
            Watch::Off => false,
            Watch::Panics => thread::panicking(),
            Watch::All => true,
        };
        if is_lost {
            LOST.with_borrow_mut(|lost| lost.push(job));
        }
    }
}

impl fmt::Debug for Owed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use anypool_core::{EncodedValue, Executor as _, catch};

    use super::*;
    use crate::parcel::keeper::Keeper;

    fn share() -> Owed {
        let keeper = Keeper::new();
        drop(keeper.submit(|n: u64| n, 7).unwrap());
        Owed::new(keeper.taken().remove(0).job)
    }

    #[test]
    fn what_a_panic_unwinds_past_is_found_again() {
        watch_panics();
        drop(share());
        assert!(lost().is_empty());
        let owed = share();
        let id = owed.id();
        anypool_core::set_quiet(true);
        let unwound = catch(std::panic::AssertUnwindSafe(move || {
            let _held = owed;
            panic!("no job's fault");
        }));
        assert!(unwound.is_err());
        let found: Vec<_> = lost().iter().map(|job| job.id()).collect();
        assert_eq!(found, [id]);
    }

    #[test]
    fn what_is_called_in_is_all_that_is_let_go_of_and_has_not_been_settled() {
        call_in();
        let settled = share();
        let how = Settlement::Encoded(EncodedValue::default());
        assert!(settled.settle(0, how, Duration::ZERO).is_none());
        assert!(lost().is_empty());
        drop(share());
        assert_eq!(lost().len(), 1);
    }
}
