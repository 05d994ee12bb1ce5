//! How much memory the program takes for what a worker only announces. A program of its own, since it
//! counts what all threads allocate: it has one test.

process_runner::init_at_load!();

mod sys;
#[path = "../pool/liar.rs"]
mod liar;

use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobOptions};
use process_runner::{ProcessPool, Transport};

use crate::liar::{CREDIT, Lie, frame, lie, lie_and_wait, reply, scribble};
use crate::sys::{Counting, reset, taken};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// More than anything here needs; a thousandth of what is announced.
const LITTLE: usize = 1 << 20;

const PATIENCE: Duration = Duration::from_secs(60);

/// An answer that announces a gigabyte of text and brings a kilobyte.
fn announce(told: Lie) -> String {
    lie(told);
    std::thread::park_timeout(PATIENCE * 10);
    String::new()
}

/// Runs `lies` on a worker of its own and checks what was allocated meanwhile.
#[track_caller]
fn takes_little(what: &str, transport: Transport, lies: impl FnOnce(&ProcessPool)) {
    let pool = ProcessPool::builder().workers(1).transport(transport);
    let pool = pool.start().unwrap();
    assert_eq!(pool.submit(|n: u32| n, 3).unwrap().join(), Ok(3));
    reset();
    let before = taken().1;
    lies(&pool);
    let (largest, peak) = taken();
    let most = peak - before;
    assert!(
        largest < LITTLE,
        "{largest} bytes at once for {what} over {transport}"
    );
    assert!(
        most < 4 * LITTLE,
        "{most} bytes for {what} over {transport}"
    );
}

fn dies(told: Lie) -> impl FnOnce(&ProcessPool) {
    move |pool| {
        let job = pool.submit(lie_and_wait, told).unwrap();
        let outcome = job.join_timeout(PATIENCE).expect("the job resolves");
        assert!(
            matches!(outcome, Err(JobError::WorkerDied(_))),
            "{outcome:?}"
        );
    }
}

#[test]
fn what_is_only_announced_takes_no_memory() {
    let gigabyte = (1u64 << 30).to_le_bytes();
    let panicked = 0u32.to_le_bytes();
    for transport in Transport::ALL {
        let error = [&panicked[..], &gigabyte, &[b'x'; 1000]].concat();
        // The first request was answered before.
        takes_little(
            "an error's text",
            transport,
            dies(Lie::Replies(reply(2, 1, 0, &error))),
        );
        let flood = Lie::EndlessReplies(vec![0xff; 60_000]);
        takes_little("a flood after a breach", transport, dies(flood));
        takes_little("a frame that does not come", transport, |pool| {
            let part = [&gigabyte[..], &[7; 50_000]].concat();
            let limit = JobOptions::new().timeout(Duration::from_millis(300));
            let job = pool
                .submit_with(lie_and_wait, Lie::Replies(part), limit)
                .unwrap();
            let outcome = job.join_timeout(PATIENCE).expect("its limit passes");
            assert!(
                matches!(outcome, Err(JobError::TimedOut { .. })),
                "{outcome:?}"
            );
        });
        takes_little("a value's text", transport, |pool| {
            let value = [&gigabyte[..], &[b'x'; 1000]].concat();
            let told = Lie::Replies(reply(1, 1, 0, &value));
            let outcome = pool.submit(announce, told).unwrap().join();
            assert!(matches!(outcome, Err(JobError::Codec(_))), "{outcome:?}");
            let _ = pool.shutdown_now();
        });
        takes_little("a scribbled page", transport, |pool| {
            let job = pool
                .submit(|word: u64| scribble(&[word; 512]), u64::MAX)
                .unwrap();
            let _ = job.join_timeout(PATIENCE).expect("the job resolves");
        });
    }
    let hello = [&[3][..], &[0; 14], &[1], &gigabyte, &[b'x'; 1000]].concat();
    for words in [hello, [&[CREDIT][..], &[0xff; 4]].concat(), frame(b"")] {
        takes_little("words", Transport::Ipc, dies(Lie::Words(words)));
    }
}
