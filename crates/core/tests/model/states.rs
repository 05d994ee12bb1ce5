//! What a handle says of its job in each state, and what it never says.

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::thread;

use anypool_core::{Executor as _, JobError, JobHandle};

use crate::hand_driven::{HandDriven, LONG, submit_gated};

fn increment(n: u32) -> u32 {
    n + 1
}

fn refuse(n: u32) -> u32 {
    panic!("no {n}")
}

/// The state that `Debug` shows, without the job's number.
fn state(handle: &impl std::fmt::Debug) -> String {
    let text = format!("{handle:?}");
    let state = text.split_once(", ").expect("a number comes first").1;
    state.trim_end_matches(')').to_owned()
}

#[test]
fn a_queued_job_has_not_ended() {
    let pool = HandDriven::new();
    let handle = pool.submit(increment, 1).unwrap();
    assert_eq!(state(&handle), "queued");
    assert!(!handle.is_finished());
}

#[test]
fn a_running_job_is_neither_queued_nor_ended() {
    let pool = HandDriven::new();
    let (handle, gate) = submit_gated(&pool);
    thread::scope(|scope| {
        scope.spawn(|| pool.run_next());
        gate.started.recv_timeout(LONG).unwrap();
        assert_eq!(state(&handle), "running");
        assert!(!handle.is_finished());
        gate.end.send(7).unwrap();
        assert_eq!(handle.join(), Ok(7));
    });
}

#[test]
fn a_job_that_gave_a_value_is_done() {
    let pool = HandDriven::new();
    let handle = pool.submit(increment, 1).unwrap();
    pool.run_all();
    assert_eq!(
        (state(&handle).as_str(), handle.is_finished()),
        ("done", true)
    );
}

#[test]
fn a_job_that_panicked_is_failed() {
    anypool_core::set_quiet(true);
    let pool = HandDriven::new();
    let handle = pool.submit(|n: u32| assert_eq!(n, 0), 1).unwrap();
    pool.run_all();
    assert_eq!(
        (state(&handle).as_str(), handle.is_finished()),
        ("failed", true)
    );
    assert!(matches!(handle.join(), Err(JobError::Panicked(_))));
}

#[test]
fn a_tasks_own_error_is_a_value() {
    let pool = HandDriven::new();
    let handle = pool.submit(
        |text: String| text.parse::<u8>().map_err(|_| text),
        "x".to_owned(),
    );
    let handle = handle.unwrap();
    pool.run_all();
    assert_eq!(state(&handle), "done");
    assert_eq!(handle.join(), Ok(Err("x".to_owned())));
}

#[test]
fn a_cancelled_job_has_ended() {
    let pool = HandDriven::new();
    let handle = pool.submit(increment, 1).unwrap();
    assert!(handle.cancel());
    assert_eq!(
        (state(&handle).as_str(), handle.is_finished()),
        ("cancelled", true)
    );
}

#[test]
fn debug_never_shows_values() {
    let pool = HandDriven::new();
    let handle = pool
        .submit(|secret: String| secret, "rosebud".to_owned())
        .unwrap();
    assert!(!format!("{handle:?}").contains("rosebud"));
    let work = pool.take();
    assert!(!format!("{work:?}").contains("rosebud"));
    crate::hand_driven::run(&work);
    assert!(!format!("{handle:?}").contains("rosebud"));
    assert_eq!(handle.join(), Ok("rosebud".to_owned()));
}

#[test]
fn numbers_are_unique() {
    let pool = HandDriven::new();
    let handles = [1, 2, 3].map(|n| pool.submit(increment, n).unwrap());
    assert!(handles[0].id() < handles[1].id() && handles[1].id() < handles[2].id());
}

#[test]
fn a_panic_says_what_and_where() {
    anypool_core::set_quiet(true);
    let pool = HandDriven::new();
    let handle = pool.submit(refuse, 7).unwrap();
    pool.run_all();
    let Err(JobError::Panicked(report)) = handle.join() else {
        panic!("the job panicked");
    };
    assert_eq!(report.message, "no 7");
    assert!(report.location.unwrap().contains("states.rs:"));
}

#[test]
fn handles_may_be_shared_among_threads_and_survive_panics() {
    const fn is_everything<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    // Also when the value may only be used by one thread at a time.
    is_everything::<JobHandle<Cell<u32>>>();
}
