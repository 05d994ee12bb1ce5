//! Items that run at a stretch: each still begins, ends and fails alone.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex};

use anypool_core::{
    Context, Executor as _, Host, JobError, MapOptions, Origin, StopSignal, Stream, WorkerId,
    set_quiet,
};

use crate::hand_driven::{HandDriven, context};

fn eight() -> MapOptions {
    MapOptions::new().chunk(8.try_into().unwrap())
}

thread_local! {
    static BEGUN: Cell<u32> = const { Cell::new(0) };
    static MAP: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
    static SIGNAL: RefCell<StopSignal> = RefCell::default();
}

fn begin(n: u32) -> u32 {
    BEGUN.set(BEGUN.get() + 1);
    n
}

fn panic_at_3_and_5(n: u32) -> u32 {
    assert!(begin(n) != 3 && n != 5, "not {n}");
    n
}

#[test]
fn a_panic_in_a_block_costs_one_item() {
    set_quiet(true);
    let pool = HandDriven::new();
    let map = pool.map_with(panic_at_3_and_5, 0..8, eight());
    let work = pool.take();
    assert!(work.job.runs_in_blocks());
    work.job.run_block(0..2, &context());
    work.job.run_block(2..8, &context());
    let failed = |n: u32| n == 3 || n == 5;
    for (n, outcome) in (0..).zip(map) {
        match outcome {
            Ok(value) => assert!(value == n && !failed(n)),
            Err(error) => assert!(
                matches!(error, JobError::Panicked(_)) && failed(n),
                "{error}"
            ),
        }
    }
    assert_eq!(BEGUN.get(), 8);
}

fn drop_the_map_at_3(n: u32) -> u32 {
    if begin(n) == 3 {
        drop(MAP.take());
    }
    n
}

#[test]
fn a_map_that_is_dropped_within_a_block_cancels_the_rest_of_it() {
    let pool = Box::leak(Box::new(HandDriven::new()));
    let map = pool.map_with(drop_the_map_at_3, 0..8, eight());
    MAP.set(Some(Box::new(map)));
    let work = pool.take();
    work.job.run_block(0..8, &context());
    assert_eq!(BEGUN.get(), 4);
}

fn stop_at_3(n: u32) -> u32 {
    if begin(n) == 3 {
        SIGNAL.with_borrow(StopSignal::stop_all);
    }
    n
}

#[test]
fn a_worker_that_is_told_to_stop_begins_no_more_of_its_block_and_keeps_what_has_ended() {
    let pool = HandDriven::new();
    let map = pool.map_with(stop_at_3, 0..8, eight());
    let signal = SIGNAL.with_borrow(Clone::clone);
    let host = Arc::new(anypool_core::StandardStreams);
    let ctx = Context::new(host, WorkerId(0), signal);
    pool.take().job.run_block(0..8, &ctx);
    assert_eq!(BEGUN.get(), 4);
    let outcomes: Vec<_> = map.collect();
    assert_eq!(outcomes[..4], [0, 1, 2, 3].map(Ok));
    assert_eq!(outcomes[4..], [(); 4].map(|()| Err(JobError::Cancelled)));
}

#[test]
fn items_that_have_run_are_not_run_again_by_a_block() {
    let pool = HandDriven::new();
    let map = pool.map_with(begin, 0..8, eight());
    let work = pool.take();
    assert_eq!(work.job.run(2, &context()), None);
    work.job.run_block(0..8, &context());
    work.job.run_block(0..8, &context());
    assert_eq!(BEGUN.get(), 8);
    assert_eq!(map.values(), Ok((0..8).collect()));
}

/// Keeps what was written, call by call.
#[derive(Default)]
struct Paper(Mutex<Vec<Vec<u8>>>);

impl Host for Paper {
    fn write(&self, _: Origin, _: Stream, lines: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().push(lines.to_vec());
        Ok(())
    }
}

fn write_half_a_line(n: u32, ctx: &Context) -> u32 {
    write!(ctx.out(), "{n}").unwrap();
    n
}

#[test]
fn what_an_item_writes_without_a_newline_is_passed_on_before_the_next() {
    let pool = HandDriven::new();
    let map = pool.map_with(write_half_a_line, 0..8, eight());
    let host = Arc::new(Paper::default());
    let ctx = Context::new(
        Arc::<Paper>::clone(&host),
        WorkerId(0),
        StopSignal::default(),
    );
    pool.take().job.run_block(0..8, &ctx);
    let written = host.0.lock().unwrap().clone();
    assert_eq!(
        written,
        ["0", "1", "2", "3", "4", "5", "6", "7"].map(Vec::from)
    );
    assert_eq!(map.count(), 8);
}

#[test]
fn the_values_of_a_map_are_collected_up_to_the_first_failure() {
    set_quiet(true);
    let pool = anypool_core::InlineExecutor::new();
    assert_eq!(pool.map(begin, 0..5_000).values(), Ok((0..5_000).collect()));
    assert_eq!(pool.map(begin, 0..0).values(), Ok(vec![]));
    for options in [MapOptions::new(), eight()] {
        let error = pool.map_with(panic_at_3_and_5, 0.., options).values();
        let Err(JobError::Panicked(report)) = error else {
            panic!("{error:?}");
        };
        assert_eq!(report.message, "not 3");
    }
}
