//! Nobody waits for ever for a job that has ended, and who sees its end sees what it has done. A model in which all
//! threads sleep has failed.

use loom::model::Builder;
use loom::sync::atomic::{AtomicU32, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;

use crate::latch::{Latch, Watched};

/// Where a job is, as far as its waiters care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// Put off, and queued again: a waiter of its own pool runs it.
    Queued,
    Settled,
    Taken,
}

struct State {
    phase: Phase,
    sleepers: u32,
}

impl Watched for State {
    fn sleepers(&mut self) -> &mut u32 {
        &mut self.sleepers
    }
}

struct Job {
    state: Mutex<State>,
    latch: Latch,
    /// What the job does beside its outcome, in memory that nothing else orders.
    effect: AtomicU32,
}

const DONE: u32 = 7;

impl Job {
    fn new() -> Arc<Self> {
        let state = State {
            phase: Phase::Running,
            sleepers: 0,
        };
        Arc::new(Self {
            state: Mutex::new(state),
            latch: Latch::new(),
            effect: AtomicU32::new(0),
        })
    }

    fn run(&self) {
        self.effect.store(DONE, Ordering::Relaxed);
        let mut state = self.state.lock().unwrap();
        state.phase = Phase::Settled;
        self.latch.open(state);
    }

    fn put_off(&self) {
        let mut state = self.state.lock().unwrap();
        state.phase = Phase::Queued;
        self.latch.nudge(state);
    }

    /// Waits as a handle does: first at a glance, then under the lock. Returns what the job is then.
    fn wait(&self) -> Phase {
        if self.latch.is_open() {
            assert_eq!(self.effect.load(Ordering::Relaxed), DONE);
            return self.state.lock().unwrap().phase;
        }
        let mut state = self.state.lock().unwrap();
        while state.phase == Phase::Running {
            (state, _) = self.latch.sleep(state, None);
        }
        state.phase
    }

    /// Whether this thread is the one that takes the outcome.
    fn take(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let is_there = state.phase == Phase::Settled;
        if is_there {
            state.phase = Phase::Taken;
        }
        is_there
    }
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // What can go wrong here takes few switches; more would take minutes.
    builder.preemption_bound = Some(3);
    builder.check(model);
}

#[test]
fn who_waits_gets_the_outcome() {
    check(|| {
        let job = Job::new();
        let runs = {
            let job = Arc::clone(&job);
            thread::spawn(move || job.run())
        };
        assert_eq!(job.wait(), Phase::Settled);
        assert_eq!(job.effect.load(Ordering::Relaxed), DONE);
        assert!(job.take());
        runs.join().unwrap();
    });
}

#[test]
fn two_who_wait_are_both_released_and_one_takes() {
    check(|| {
        let job = Job::new();
        let waits = {
            let job = Arc::clone(&job);
            thread::spawn(move || {
                assert!(matches!(job.wait(), Phase::Settled | Phase::Taken));
                job.take()
            })
        };
        let runs = {
            let job = Arc::clone(&job);
            thread::spawn(move || job.run())
        };
        assert!(matches!(job.wait(), Phase::Settled | Phase::Taken));
        let taken = job.take();
        assert!(waits.join().unwrap() != taken, "one of them takes it");
        runs.join().unwrap();
    });
}

#[test]
fn who_is_to_help_is_told_when_the_job_can_be_run() {
    check(|| {
        let job = Job::new();
        let puts_off = {
            let job = Arc::clone(&job);
            thread::spawn(move || job.put_off())
        };
        assert_eq!(job.wait(), Phase::Queued);
        assert!(!job.latch.is_open());
        puts_off.join().unwrap();
    });
}
