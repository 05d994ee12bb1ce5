//! Waiting on a thread that is a worker of the jobs' own pool.

use std::cell::Cell;
use std::rc::Rc;

use anypool_core::{
    Executor as _, ExecutorId, Helper, RawExecutor as _, WaitUntil, Work, serve, wait,
};

use crate::hand_driven::{HandDriven, run};

/// Counts what it was asked to run.
struct Worker {
    pool: ExecutorId,
    asked: Cell<u32>,
}

impl Helper for Worker {
    fn executor(&self) -> ExecutorId {
        self.pool
    }

    fn run(&self, work: &Work) {
        self.asked.set(self.asked.get() + 1);
        run(work);
    }
}

#[test]
fn what_has_ended_already_is_not_waited_for_by_running_another() {
    let pool = HandDriven::new();
    let worker = Rc::new(Worker {
        pool: pool.id(),
        asked: Cell::new(0),
    });
    let done = pool.submit(|n: u32| n, 1).unwrap();
    assert!(pool.run_next());
    let handles = [pool.submit(|n: u32| n, 2).unwrap(), done];
    let _serving = serve(Rc::<Worker>::clone(&worker));
    assert_eq!(wait(&handles, WaitUntil::First, None).done, [1]);
    assert_eq!(worker.asked.get(), 0);
    assert_eq!(wait(&handles, WaitUntil::All, None).done, [0, 1]);
    assert_eq!(worker.asked.get(), 1);
}
