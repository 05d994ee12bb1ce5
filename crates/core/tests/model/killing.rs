//! Killing: a queued job is cancelled, a running one is asked for at its holder.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anypool_core::{Executor as _, Holder, JobError, JobOptions, Retries, Settlement};

use crate::hand_driven::{HandDriven, settle};

/// A holder whose job has started, and that remembers whom it was to kill.
#[derive(Default)]
struct Butcher {
    killed: AtomicU64,
}

impl Holder for Butcher {
    fn take_back(&self, _: u64) -> bool {
        false
    }

    fn kill(&self, ticket: u64) -> bool {
        self.killed.store(ticket, Ordering::SeqCst);
        true
    }
}

/// A holder that cannot stop what it runs.
struct Stubborn;

impl Holder for Stubborn {
    fn take_back(&self, _: u64) -> bool {
        false
    }
}

#[test]
fn a_queued_job_is_cancelled() {
    let executor = HandDriven::new();
    let handle = executor.submit(|n: u32| n, 1).unwrap();
    assert!(handle.kill());
    assert!(!handle.kill(), "it has ended");
    assert_eq!(handle.join(), Err(JobError::Cancelled));
}

#[test]
fn a_running_job_is_asked_for_at_its_holder() {
    let executor = HandDriven::new();
    let handle = executor.submit(|n: u32| n, 1).unwrap();
    let job = executor.take().job;
    let butcher = Arc::new(Butcher::default());
    assert!(job.hold(Arc::<Butcher>::clone(&butcher), 7));
    assert!(handle.kill());
    assert_eq!(butcher.killed.load(Ordering::SeqCst), 7);
    assert!(!handle.is_finished(), "its holder decides when");
    settle(&job, 0, Settlement::Failed(JobError::Killed));
    assert_eq!(handle.join(), Err(JobError::Killed));
}

#[test]
fn a_job_that_cannot_be_stopped_goes_on() {
    let executor = HandDriven::new();
    let handle = executor.submit(|n: u32| n, 1).unwrap();
    let job = executor.take().job;
    assert!(job.hold(Arc::new(Stubborn), 1));
    assert!(!handle.kill());
    assert!(job.release(1), "it may be tried again");
    assert!(handle.cancel(), "and cancelled before it is");
}

#[test]
fn a_job_that_was_to_be_killed_is_not_tried_again() {
    let executor = HandDriven::new();
    let options = JobOptions::new().retries(Retries::new(5));
    let handle = executor.submit_with(|n: u32| n, 1, options).unwrap();
    let job = executor.take().job;
    assert!(job.hold(Arc::new(Butcher::default()), 1));
    assert!(handle.kill());
    assert!(!job.release(1));
    settle(&job, 0, Settlement::Failed(JobError::Killed));
    assert_eq!(handle.join(), Err(JobError::Killed));
}
