//! In a map the limit is each item's: the others of its chunk are none the worse.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread::{self, ThreadId};
use std::time::Duration;

use anypool_core::{Executor as _, JobError, MapOptions};
use thread_runner::ThreadPool;

use crate::gate::{Gate, eventually};

#[test]
fn the_items_behind_a_stubborn_one_run_elsewhere_and_once() {
    static GATE: Gate = Gate::new();
    static RAN: Mutex<Vec<(u32, ThreadId)>> = Mutex::new(Vec::new());
    fn third_hangs(n: u32) -> u32 {
        RAN.lock().unwrap().push((n, thread::current().id()));
        if n == 3 {
            GATE.pass();
        }
        n
    }
    let pool = ThreadPool::builder().workers(1).start().unwrap();
    let options = MapOptions::new()
        .chunk(NonZeroUsize::new(10).unwrap())
        .timeout(Duration::from_millis(200));
    let outcomes: Vec<_> = pool.map_with(third_hangs, 0..10, options).collect();
    GATE.open();
    eventually("the thread has ended", || pool.stats().leaked == 0);
    for (n, outcome) in (0..).zip(outcomes) {
        match outcome {
            Ok(value) => assert!(value == n && n != 3),
            Err(error) => assert!(n == 3 && matches!(error, JobError::TimedOut { .. })),
        }
    }
    let ran = RAN.lock().unwrap();
    assert_eq!(
        ran.iter().map(|&(n, _)| n).collect::<Vec<_>>(),
        (0..10).collect::<Vec<_>>()
    );
    let left = ran[3].1;
    assert!(ran[..4].iter().all(|&(_, thread)| thread == left));
    assert!(ran[4..].iter().all(|&(_, thread)| thread != left));
}

#[test]
fn items_that_ask_are_stopped_one_by_one() {
    let pool = ThreadPool::builder()
        .workers(2)
        .timeout(Duration::from_millis(5))
        .start()
        .unwrap();
    let spin = |_: u32, ctx: &anypool_core::Context| loop {
        ctx.checkpoint();
        thread::yield_now();
    };
    let outcomes: Vec<Result<(), _>> = pool.map(spin, 0..20).collect();
    assert_eq!(outcomes.len(), 20);
    for outcome in outcomes {
        assert!(
            matches!(outcome, Err(JobError::TimedOut { .. })),
            "{outcome:?}"
        );
    }
    eventually("every thread has ended", || pool.stats().leaked == 0);
}
