//! Waiting for one job: for ever, for a while, not at all.

use std::thread;
use std::time::Duration;

use anypool_core::{CodecError, Executor as _, JobError, Settlement};

use crate::hand_driven::{HandDriven, LONG, settle, settle_with, submit_gated};

fn triple(n: u32) -> u32 {
    n * 3
}

#[test]
fn join_waits_for_the_end() {
    let pool = HandDriven::new();
    let (handle, gate) = submit_gated(&pool);
    thread::scope(|scope| {
        let joiner = scope.spawn(|| handle.join());
        scope.spawn(|| pool.run_next());
        gate.started.recv_timeout(LONG).unwrap();
        gate.end.send(5).unwrap();
        assert_eq!(joiner.join().unwrap(), Ok(5));
    });
}

#[test]
fn a_join_that_times_out_gives_the_handle_back() {
    let pool = HandDriven::new();
    let handle = pool.submit(triple, 2).unwrap();
    let id = handle.id();
    let handle = handle.join_timeout(Duration::from_millis(1)).unwrap_err();
    let handle = handle.join_timeout(Duration::ZERO).unwrap_err();
    assert_eq!(handle.id(), id);
    pool.run_all();
    assert_eq!(handle.join_timeout(Duration::ZERO).unwrap(), Ok(6));
}

#[test]
fn a_timeout_longer_than_the_clock_is_for_ever() {
    let pool = HandDriven::new();
    let handle = pool.submit(triple, 1).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| pool.run_all());
        assert_eq!(handle.join_timeout(Duration::MAX).unwrap(), Ok(3));
    });
}

#[test]
fn try_join_does_not_wait() {
    let pool = HandDriven::new();
    let handle = pool.submit(triple, 3).unwrap().try_join().unwrap_err();
    pool.run_all();
    assert_eq!(handle.try_join().unwrap(), Ok(9));
}

#[test]
fn a_value_from_another_process_is_decoded() {
    let pool = HandDriven::new();
    let handle = pool.submit(triple, 3).unwrap();
    settle_with(&pool.take().job, 0, &99_u32);
    assert_eq!(handle.join(), Ok(99));
}

#[test]
fn a_value_that_cannot_be_decoded_is_an_error_of_its_job() {
    let pool = HandDriven::new();
    let handle = pool.submit(triple, 3).unwrap();
    settle(&pool.take().job, 0, Settlement::Encoded(vec![1, 2].into()));
    let outcome = handle.join();
    let Err(JobError::Codec(CodecError::Decode {
        len_bytes,
        type_name,
        ..
    })) = outcome
    else {
        panic!("two bytes are no u32: {outcome:?}");
    };
    assert_eq!((len_bytes, type_name.as_str()), (2, "u32"));
}

#[test]
fn the_first_settlement_wins() {
    let pool = HandDriven::new();
    let handle = pool.submit(triple, 3).unwrap();
    let work = pool.take();
    settle(&work.job, 0, Settlement::Failed(JobError::Killed));
    settle_with(&work.job, 0, &1_u32);
    assert!(work.job.is_settled(0));
    assert_eq!(handle.join(), Err(JobError::Killed));
}

#[test]
fn a_dropped_handle_detaches_its_job() {
    let pool = HandDriven::new();
    let (handle, gate) = submit_gated(&pool);
    drop(handle);
    gate.end.send(1).unwrap();
    pool.run_all();
    assert!(gate.started.try_recv().is_ok());
}
