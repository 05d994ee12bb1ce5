//! Views of results: the bytes are there as long as the view is, whatever becomes of who made them.

use std::io::{self, Read as _};

use anypool_core::{Bytes, Executor as _, JobError, ResultView, set_quiet};
use anypool_tests::Subject;

anypool_tests::contract! {
    all: [
        a_view_has_the_bytes_of_its_result,
        a_view_of_a_job_that_has_failed_says_why,
        views_outlive_their_pool,
        a_view_of_a_job_that_runs_waits_for_it,
    ],
}

/// Bytes of which a shifted, cut or repeated copy is another value.
fn pattern((len, seed): (usize, usize)) -> Bytes {
    let byte = |n: usize| u8::try_from((n ^ (n >> 8) ^ (n >> 16) ^ seed) & 0xff).expect("masked");
    (0..len).map(byte).collect()
}

fn read(view: &ResultView) -> Vec<u8> {
    let mut bytes = Vec::new();
    view.reader().read_to_end(&mut bytes).unwrap();
    bytes
}

fn a_view_has_the_bytes_of_its_result<S: Subject>() {
    let pool = S::with_workers(2);
    for len in [0, 1, 20_000, 300_001, 3 << 20] {
        let view = pool.submit(pattern, (len, 1)).unwrap().join_view().unwrap();
        let expected = pattern((len, 1));
        assert_eq!(view.len(), len);
        assert!(read(&view) == *expected, "{len}");
        let mut file = Vec::new();
        let copied = io::copy(&mut view.reader_at(len / 3), &mut file).unwrap();
        assert_eq!(copied, file.len() as u64);
        assert!(file == expected[len / 3..], "{len}");
        assert!(view.into_bytes() == expected, "{len}");
    }
}

fn a_view_of_a_job_that_has_failed_says_why<S: Subject>() {
    fn fails(len: usize) -> Bytes {
        panic!("not {len} today")
    }
    set_quiet(true);
    let pool = S::with_workers(1);
    let error = pool.submit(fails, 7).unwrap().join_view().unwrap_err();
    assert!(
        matches!(&error, JobError::Panicked(report) if report.message == "not 7 today"),
        "{error}"
    );
}

fn views_outlive_their_pool<S: Subject>() {
    let pool = S::with_workers(2);
    // More than a worker can lend at a time: the others travel as they can.
    let jobs: Vec<_> = (0..60)
        .map(|seed| pool.submit(pattern, (100_000, seed)).unwrap())
        .collect();
    let views: Vec<_> = jobs
        .into_iter()
        .map(|job| job.join_view().unwrap())
        .collect();
    drop(pool);
    for (seed, view) in views.iter().enumerate() {
        assert!(read(view) == *pattern((100_000, seed)), "{seed}");
    }
}

fn a_view_of_a_job_that_runs_waits_for_it<S: Subject>() {
    let pool = S::with_workers(1);
    for round in 0..200 {
        let job = pool.submit(pattern, (40_000, round)).unwrap();
        let view = job.join_view().unwrap();
        assert!(view.into_bytes() == pattern((40_000, round)), "{round}");
    }
}
