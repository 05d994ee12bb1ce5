//! What begins on a worker, and until when, without a worker.

use std::sync::mpsc::{Sender, channel};

use anypool_core::{Executor as _, ExecutorId, Patience, RawExecutor, Refused};

use super::*;

/// Hands on the work that is submitted.
struct Catcher(Sender<Work>);

impl RawExecutor for Catcher {
    fn id(&self) -> ExecutorId {
        ExecutorId::unique()
    }

    fn workers(&self) -> usize {
        1
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        self.0.send(work).unwrap();
        Ok(())
    }
}

#[test]
fn what_a_worker_took_just_before_it_was_stopped_does_not_begin() {
    let (catcher, caught) = channel();
    let _handle = Catcher(catcher).submit(|n: u32| n, 7).unwrap();
    let ledger = Ledger::new(None, Arc::default(), Asked::default());
    assert!(ledger.stop().is_empty());
    let refused = ledger.open(caught.recv().unwrap(), None);
    assert_eq!(refused.err().unwrap().items, 0..1);
    assert!(ledger.next_item().is_none());
}

#[test]
fn time_in_which_limits_stood_still_does_not_count() {
    let (catcher, caught) = channel();
    let _handle = Catcher(catcher).submit(|n: u32| n, 7).unwrap();
    let limit = Duration::from_secs(10);
    let ledger = Ledger::new(None, Arc::default(), Asked::default());
    let begun = ledger.open(caught.recv().unwrap(), Some(limit));
    let deadline = begun.ok().and_then(|begun| begun.deadline).unwrap();
    let began = deadline - limit;
    let second = Duration::from_secs(1);
    // Two seconds of which all count, then three of which the item missed the first.
    let later = ledger.postpone(began + second, began + 3 * second);
    assert_eq!(later, Some(deadline + 2 * second));
    let later = ledger.postpone(began, began + 5 * second);
    assert_eq!(later, Some(deadline + 5 * second));
}
