//! Jobs that were handed out but have not started: they can be cancelled, and taken back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use anypool_core::{Executor as _, Holder, JobError, MapOptions};

use crate::hand_driven::{HandDriven, run, settle_with};

/// A worker's inbox with room for one job: whoever swaps first, the worker or the one who wants it
/// back, has it.
#[derive(Default)]
struct Inbox {
    gone: AtomicBool,
    asked: AtomicUsize,
}

impl Inbox {
    /// The worker starts the job, unless it was taken back.
    fn claim(&self) -> bool {
        !self.gone.swap(true, Ordering::SeqCst)
    }
}

impl Holder for Inbox {
    fn take_back(&self, _: u64) -> bool {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.claim()
    }
}

fn negate(n: i32) -> i32 {
    -n
}

const TICKET: u64 = 7;

#[test]
fn a_sent_job_can_be_cancelled_where_it_is() {
    let pool = HandDriven::new();
    let handle = pool.submit(negate, 1).unwrap();
    let (work, inbox) = (pool.take(), Arc::<Inbox>::default());
    assert!(work.job.hold(inbox.clone(), TICKET));
    assert!(format!("{handle:?}").contains("sent"));
    assert!(handle.cancel());
    assert!(!inbox.claim(), "the worker must not start it");
    assert_eq!(handle.join(), Err(JobError::Cancelled));
}

#[test]
fn a_sent_job_that_has_started_cannot_be_cancelled() {
    let pool = HandDriven::new();
    let handle = pool.submit(negate, 1).unwrap();
    let (work, inbox) = (pool.take(), Arc::<Inbox>::default());
    assert!(work.job.hold(inbox.clone(), TICKET));
    assert!(inbox.claim());
    assert!(!handle.cancel());
    settle_with(&work.job, 0, &-1_i32);
    assert_eq!(handle.join(), Ok(-1));
}

#[test]
fn a_cancelled_job_is_not_sent() {
    let pool = HandDriven::new();
    let handle = pool.submit(negate, 1).unwrap();
    let work = pool.take();
    assert!(handle.cancel());
    assert!(work.job.is_settled(0));
    assert!(!work.job.hold(Arc::<Inbox>::default(), TICKET));
}

#[test]
fn a_job_taken_back_is_queued_again_and_runs_elsewhere() {
    let pool = HandDriven::new();
    let handle = pool.submit(negate, 5).unwrap();
    let (work, inbox) = (pool.take(), Arc::<Inbox>::default());
    assert!(work.job.hold(inbox.clone(), TICKET));
    assert!(!work.job.take_back(TICKET + 1), "not this ticket's");
    assert_eq!(inbox.asked.load(Ordering::SeqCst), 0);
    assert!(work.job.take_back(TICKET));
    assert!(!work.job.take_back(TICKET), "it is back already");
    assert!(format!("{handle:?}").contains("queued"));
    run(&work);
    assert_eq!(handle.join(), Ok(-5));
}

#[test]
fn a_held_job_does_not_run_beside_its_holder() {
    let pool = HandDriven::new();
    let handle = pool.submit(negate, 5).unwrap();
    let work = pool.take();
    assert!(work.job.hold(Arc::<Inbox>::default(), TICKET));
    run(&work);
    assert!(!handle.is_finished());
    settle_with(&work.job, 0, &6_i32);
    assert_eq!(handle.join(), Ok(6));
}

#[test]
fn cancelling_and_starting_race_for_one_winner() {
    for _ in 0..500 {
        let pool = HandDriven::new();
        let handle = pool.submit(negate, 2).unwrap();
        let (work, inbox) = (pool.take(), Arc::<Inbox>::default());
        assert!(work.job.hold(inbox.clone(), TICKET));
        let line = Barrier::new(2);
        let (started, cancelled) = thread::scope(|scope| {
            let worker = scope.spawn(|| {
                line.wait();
                inbox.claim().then(|| settle_with(&work.job, 0, &-2_i32))
            });
            line.wait();
            let cancelled = handle.cancel();
            (worker.join().unwrap().is_some(), cancelled)
        });
        assert!(started != cancelled);
        let expected = if started {
            Ok(-2)
        } else {
            Err(JobError::Cancelled)
        };
        assert_eq!(handle.join(), expected);
    }
}

#[test]
fn dropping_a_map_takes_its_chunks_back() {
    let pool = HandDriven::new();
    let map = pool.map_with(negate, 0..4, MapOptions::new().chunk(2.try_into().unwrap()));
    let inboxes = [(); 2].map(|()| Arc::<Inbox>::default());
    for inbox in &inboxes {
        assert!(pool.take().job.hold(inbox.clone(), TICKET));
    }
    drop(map);
    assert!(inboxes.iter().all(|inbox| !inbox.claim()));
}

#[test]
fn parts_of_a_chunk_have_holders_of_their_own() {
    let pool = HandDriven::new();
    let mut map = pool.map_with(negate, 0..4, MapOptions::new().chunk(4.try_into().unwrap()));
    let work = pool.take();
    let inboxes = [(); 2].map(|()| Arc::<Inbox>::default());
    assert!(work.job.hold(inboxes[0].clone(), 1));
    assert!(work.job.hold(inboxes[1].clone(), 2));
    assert!(work.job.take_back(2));
    assert!(inboxes[0].claim(), "only the second part came back");
    assert!(!inboxes[1].claim());
    for item in [3, 2, 1, 0] {
        settle_with(&work.job, item, &i32::try_from(item).unwrap());
    }
    assert!((0..4).map(Ok).eq(map.by_ref()));
}
