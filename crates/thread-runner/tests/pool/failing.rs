//! Panics and other misfortunes cost one job each.

use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::channel;

use anypool_core::{Executor as _, JobError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thread_runner::ThreadPool;

use crate::gate::LONG;

fn quiet() -> ThreadPool {
    let builder = ThreadPool::builder().workers(1).quiet_panics(true);
    builder.start().unwrap()
}

#[test]
fn a_panic_costs_one_job() {
    fn odd(n: u32) -> u32 {
        assert!(n % 2 == 1, "{n} is even");
        n
    }
    let pool = quiet();
    let outcomes: Vec<_> = pool.map(odd, 0..10).collect();
    for (n, outcome) in (0..).zip(outcomes) {
        match outcome {
            Ok(value) => assert_eq!((value, n % 2), (n, 1)),
            Err(JobError::Panicked(report)) => assert_eq!(report.message, format!("{n} is even")),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(pool.stats().started, 1);
}

#[test]
fn a_destructor_that_panics_costs_one_job() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("boom");
        }
    }
    let pool = quiet();
    // Its value is dropped by the worker: nobody has the handle any more when it ends.
    let (let_go, told) = channel();
    let detached = pool.submit_fn(move || {
        let _ = told.recv();
        Bomb
    });
    drop(detached.unwrap());
    let_go.send(()).unwrap();
    let bomb = Bomb;
    let armed = pool.submit_fn(move || drop(bomb)).unwrap();
    assert!(matches!(armed.join(), Err(JobError::Panicked(_))));
    assert_eq!(pool.submit(|n: u32| n, 5).unwrap().join(), Ok(5));
    assert_eq!(pool.stats().started, 1);
}

#[test]
fn what_a_job_owned_is_gone_when_it_is_joined() {
    let pool = quiet();
    let shared = Arc::new(());
    for _ in 0..1_000 {
        let own = Arc::clone(&shared);
        let count = pool.submit_fn(move || Arc::strong_count(&own)).unwrap();
        assert_eq!(count.join(), Ok(2));
        assert_eq!(Arc::strong_count(&shared), 1);
    }
}

#[test]
fn a_callback_may_submit() {
    let pool = Arc::new(quiet());
    let (sender, receiver) = channel();
    let own = Arc::clone(&pool);
    let mut first = pool.submit(|n: u32| n + 1, 1).unwrap();
    first.on_done(move |outcome| {
        let value = *outcome.as_ref().unwrap();
        let mut second = own.submit(|n: u32| n * 10, value).unwrap();
        second.on_done(move |outcome| sender.send(outcome.clone()).unwrap());
    });
    assert_eq!(receiver.recv_timeout(LONG).unwrap(), Ok(20));
    first.join().unwrap();
}

/// Comes back from its encoding as something else.
#[derive(Debug, PartialEq)]
struct Forgetful(u32);

impl Serialize for Forgetful {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

impl<'de> Deserialize<'de> for Forgetful {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(|_| Self(0))
    }
}

#[test]
fn verify_codec_finds_a_type_that_would_not_survive_the_way() {
    let echo = |value: Forgetful| value;
    assert_eq!(
        quiet().submit(echo, Forgetful(3)).unwrap().join(),
        Ok(Forgetful(3))
    );
    let builder = ThreadPool::builder().workers(1).verify_codec(true);
    let pool = builder.start().unwrap();
    let outcome = pool.submit(echo, Forgetful(3)).unwrap().join();
    assert!(matches!(outcome, Err(JobError::Codec(_))), "{outcome:?}");
    assert_eq!(pool.submit(|n: u32| n, 3).unwrap().join(), Ok(3));
}

#[test]
fn a_pool_may_be_shared_among_threads_and_survives_panics() {
    const fn is_everything<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    is_everything::<ThreadPool>();
    let pool = quiet();
    let caught = catch_unwind(|| pool.submit_fn(|| 7).unwrap().join());
    assert_eq!(caught.unwrap(), Ok(7));
}
