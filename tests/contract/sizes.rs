//! Payloads and errors of every size around the places where one is cut, copied or sent apart.

use std::sync::LazyLock;

use anypool_core::{Executor as _, JobError, MapOptions, set_quiet};
use anypool_tests::Subject;

anypool_tests::contract! {
    all: [
        sizes_around_every_boundary_survive_both_ways,
        values_of_every_size_come_from_small_inputs,
        inputs_of_every_size_give_small_values,
        panic_messages_of_every_size_survive,
        items_of_mixed_sizes_keep_their_order,
    ],
}

/// Pages, pieces of a stream, pipes, what a socket holds, and the size at which a request is cut.
const BOUNDARIES: [usize; 7] = [
    4 << 10,
    32 << 10,
    64 << 10,
    96 << 10,
    128 << 10,
    212_448,
    1 << 20,
];

/// The most bytes that stand before a payload in its message and stream.
const HEADERS: usize = 96;

/// Sizes below and above every boundary, by steps of `step`: whatever stands before the payload, some of
/// them end at the boundary, and some beside it.
fn sizes(step: usize) -> impl Iterator<Item = usize> {
    let around = move |end: usize| (end - HEADERS..=end + 8).step_by(step);
    [0, 1, 7, 8, 9]
        .into_iter()
        .chain(BOUNDARIES.into_iter().flat_map(around))
}

/// Text of which a cut or shifted copy is another.
fn text_of(len: usize) -> String {
    static LONGEST: LazyLock<String> = LazyLock::new(|| {
        let number = |n: usize| format!("{n:07}.");
        (0..(3 << 20) / 8).map(number).collect()
    });
    LONGEST[..len].to_owned()
}

fn echo(text: String) -> String {
    text
}

fn sizes_around_every_boundary_survive_both_ways<S: Subject>() {
    let pool = S::with_workers(2);
    let sizes: Vec<usize> = sizes(3).collect();
    for some in sizes.chunks(16) {
        let submit = |&len: &usize| pool.submit(echo, text_of(len)).unwrap();
        let jobs: Vec<_> = some.iter().map(submit).collect();
        for (&len, job) in some.iter().zip(jobs) {
            assert!(job.join().unwrap() == text_of(len), "{len} bytes");
        }
    }
}

fn values_of_every_size_come_from_small_inputs<S: Subject>() {
    let pool = S::with_workers(1);
    for len in sizes(5) {
        let value = pool.submit(text_of, len).unwrap().join().unwrap();
        assert!(value == text_of(len), "{len} bytes");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a task owns its input")]
fn is_whole(text: String, len: usize) -> bool {
    text == text_of(len)
}

fn inputs_of_every_size_give_small_values<S: Subject>() {
    let pool = S::with_workers(1);
    for len in sizes(5) {
        let value = pool.submit(is_whole, (text_of(len), len)).unwrap().join();
        assert_eq!(value, Ok(true), "{len} bytes");
    }
}

fn complain(len: usize) {
    set_quiet(true);
    panic!("{}", text_of(len));
}

fn panic_messages_of_every_size_survive<S: Subject>() {
    let pool = S::with_workers(1);
    for len in sizes(13).chain([3 << 20]) {
        match pool.submit(complain, len).unwrap().join() {
            Err(JobError::Panicked(report)) => {
                assert!(report.message == text_of(len), "{len} bytes");
            }
            other => panic!("no panic of {len} bytes: {other:?}"),
        }
    }
}

fn items_of_mixed_sizes_keep_their_order<S: Subject>() {
    let pool = S::with_workers(2);
    // A chunk of eight such items is more than one request holds, and some are alone.
    let sizes = [
        0,
        1 << 20,
        1,
        300_000,
        (1 << 20) - 8,
        400_000,
        70_000,
        3 << 20,
    ];
    let sizes: Vec<usize> = sizes.into_iter().cycle().take(32).collect();
    let inputs = sizes.iter().map(|&len| text_of(len));
    let eight = MapOptions::new().chunk(8.try_into().unwrap());
    let mut values = pool.map_with(echo, inputs, eight);
    for (position, len) in sizes.iter().enumerate() {
        let value = values.next().expect("there is a value for each").unwrap();
        assert!(value == text_of(*len), "item {position} of {len} bytes");
    }
    assert!(values.next().is_none());
}
