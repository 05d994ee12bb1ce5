//! Workers that lie: about what they answer, over the control plane, on their status page.
//!
//! A task finds its worker's own channels and writes what no worker writes. The parent must not panic,
//! hang or take memory for it; the worker is ended, its job resolves, the pool serves on.

use std::fs;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anypool_core::{CodecError, Executor as _, JobError, JobOptions, MapOptions};
use process_runner::{ProcessPool, Transport};
use serde::{Deserialize, Serialize};

use crate::deaths::death;
use crate::liar::{CREDIT, DATA, Lie, PIECE_BYTES, frame, lie, lie_and_wait, reply, scribble};
use crate::scene::{PATIENCE, TRANSPORTS, alone, eventually, pool, square};

#[track_caller]
fn serves_on(pool: &ProcessPool) {
    let job = pool.submit(square, 4).unwrap();
    assert_eq!(job.join_timeout(PATIENCE).expect("it serves on"), Ok(16));
}

/// The lie must cost its worker, and nothing else.
#[track_caller]
fn is_condemned(told: &Lie, transport: Transport) {
    let pool = pool(1, transport);
    let job = pool.submit(lie_and_wait, told.clone()).unwrap();
    let behind = pool.submit(square, 3).unwrap();
    let outcome = job.join_timeout(PATIENCE).expect("the job resolves");
    let death = death(outcome);
    assert!(death.started && !death.stderr_tail.is_empty(), "{death:?}");
    assert_eq!(behind.join_timeout(PATIENCE).unwrap(), Ok(9), "{told:?}");
    serves_on(&pool);
    assert_eq!(pool.stats().restarts, 1, "{told:?} over {transport}");
}

/// What follows the header of a reply whose value lies elsewhere.
fn loan(number: u32, at: u64, len: u64) -> Vec<u8> {
    [
        &number.to_le_bytes()[..],
        &at.to_le_bytes(),
        &len.to_le_bytes(),
    ]
    .concat()
}

#[test]
fn a_worker_whose_replies_are_no_replies_is_condemned() {
    let error_with_an_endless_message = [&0u32.to_le_bytes()[..], &[0xff; 8]].concat();
    let error_with_a_long_message = [&0u32.to_le_bytes()[..], &(1u64 << 30).to_le_bytes()].concat();
    let streams = [
        u64::MAX.to_le_bytes().to_vec(),
        (1u64 << 32).to_le_bytes().to_vec(),
        frame(b""),
        frame(&[9; 40]),
        reply(1, 7, 0, b""),
        reply(1, 0, 1, b""),
        reply(2, 0, 0, &error_with_an_endless_message),
        reply(2, 0, 0, &error_with_a_long_message),
        // Loans of results that lie nowhere, or under a number that there is not.
        reply(5, 0, 0, &loan(0, 1 << 40, 10)),
        reply(5, 0, 0, &loan(0, u64::MAX, 2)),
        reply(5, 0, 0, &loan(99, 0, 10)),
        reply(3, 0, 0, b""),
        frame(&[&[3], &0u64.to_le_bytes()[..]].concat()),
    ];
    for transport in TRANSPORTS {
        for stream in &streams {
            is_condemned(&Lie::Replies(stream.clone()), transport);
        }
    }
}

#[test]
fn a_worker_that_goes_on_after_a_breach_is_ended_all_the_same() {
    let endless = Lie::EndlessReplies(vec![0xff; 64 * 1024]);
    for transport in TRANSPORTS {
        is_condemned(&endless, transport);
    }
}

#[test]
fn a_worker_that_says_what_no_worker_says_is_condemned() {
    let messages = [
        vec![0xff],
        vec![0],
        // The parent's to send: environment and setup.
        [&[1], &0u64.to_le_bytes()[..]].concat(),
        vec![2; 40],
        // A hello that is none, and credit for what was never sent.
        vec![3, 1],
        [&[CREDIT], &u32::MAX.to_le_bytes()[..]].concat(),
        // Longer than any message.
        vec![DATA; PIECE_BYTES + 2],
        vec![DATA; 150_000],
    ];
    // On `pipe`, a worker has closed its end of the control plane before its first job.
    for message in messages {
        is_condemned(&Lie::Words(message), Transport::Ipc);
    }
    let endless = [&[CREDIT], &u32::MAX.to_le_bytes()[..]].concat();
    is_condemned(&Lie::EndlessWords(endless), Transport::Ipc);
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn descriptors_that_a_worker_sends_are_not_taken_in() {
    if !alone("lying::descriptors_that_a_worker_sends_are_not_taken_in") {
        return;
    }
    let before = open_files();
    for _ in 0..5 {
        is_condemned(&Lie::Descriptors, Transport::Ipc);
    }
    eventually("nothing stays open", || open_files() <= before);
}

#[test]
fn a_worker_that_never_stops_talking_does_not_keep_others_from_being_heard() {
    // No breach by itself, and there is no end of it.
    let endless = Lie::EndlessWords([&[CREDIT], &0u32.to_le_bytes()[..]].concat());
    let pool = pool(2, Transport::Ipc);
    let limit = Duration::from_secs(2);
    let options = JobOptions::new().timeout(limit);
    let talker = pool.submit_with(lie_and_wait, endless, options).unwrap();
    for n in 0..200 {
        let job = pool.submit(square, n).unwrap();
        assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(n * n));
    }
    let outcome = talker.join_timeout(PATIENCE).unwrap();
    assert!(
        matches!(outcome, Err(JobError::TimedOut { .. })),
        "{outcome:?}"
    );
    serves_on(&pool);
}

#[test]
fn a_forged_answer_is_only_ever_the_forgers_own() {
    for transport in TRANSPORTS {
        for (value, expected) in [(&7u32.to_le_bytes()[..], Some(7)), (b"no value", None)] {
            let pool = pool(1, transport);
            let forged = Lie::Replies(reply(1, 0, 0, value));
            let job = pool.submit(lie, forged).unwrap();
            let behind = pool.submit(square, 3).unwrap();
            match (job.join_timeout(PATIENCE).unwrap(), expected) {
                // In a ring the true answer may come in time to take the forged one's place.
                (Ok(1), _) if transport == Transport::Shm => {}
                (Ok(value), Some(expected)) => assert_eq!(value, expected),
                (Err(JobError::Codec(CodecError::Decode { .. })), None) => {}
                (outcome, _) => panic!("{outcome:?} over {transport}"),
            }
            // Its true answer comes too late, and in the place of another's.
            match behind.join_timeout(PATIENCE).unwrap() {
                Ok(value) => assert_eq!(value, 9),
                Err(error) => drop(death(Err::<(), _>(error))),
            }
            serves_on(&pool);
        }
    }
}

/// Lies on the page in the middle of a chunk.
fn lie_at_3(n: u32, told: Lie) -> u32 {
    if n == 3 { lie(told) } else { n }
}

/// Words for the page: nothing, everything, and claims of the first request: that more was started than
/// there is, that nothing was, that the items never end.
fn page_lies() -> [u64; 6] {
    let claim = |next: u64, end: u64| (next << 20) | end;
    [
        0,
        u64::MAX,
        claim(5, 5),
        claim(0, 8),
        claim(1000, 1001),
        claim(3, 0xf_ffff),
    ]
}

#[test]
fn a_scribbled_page_costs_no_more_than_its_workers_own_items() {
    for transport in TRANSPORTS {
        for word in page_lies() {
            let pool = pool(2, transport);
            let eight = MapOptions::new().chunk(8.try_into().unwrap());
            let inputs = (0..40).map(|n| (n, Lie::Page(word)));
            let map = pool.map_with(lie_at_3, inputs, eight);
            let outcomes: Vec<_> = map.collect();
            assert_eq!(outcomes.len(), 40);
            let mut lost = Vec::new();
            for (n, outcome) in (0..40).zip(outcomes) {
                match outcome {
                    Ok(value) => assert_eq!(value, if n == 3 { 1 } else { n }),
                    Err(error) => {
                        assert!(death(Err::<(), _>(error)).started);
                        lost.push(n);
                    }
                }
            }
            // What it had sent stands. All that it had besides is the rest of its chunk, gathered answers
            // among it, and one chunk that was sent ahead. What its page says has not started may be run
            // by the other worker, which then lies as well.
            let mut chunks: Vec<u32> = lost.iter().map(|n| n / 8).collect();
            chunks.dedup();
            assert!(chunks.len() <= 4, "{lost:?}");
            serves_on(&pool);
        }
    }
}

/// How a worker keeps its parent from knowing how long its item has run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Youth {
    /// Its item has just started.
    Restarted,
    /// It is at one item of the chunk, and at another.
    ElsewhereAgain,
}

fn stay_young(n: u32, how: Youth) -> u32 {
    let started = Instant::now();
    while n == 0 && started.elapsed() < PATIENCE * 5 {
        // The claim of the first request, and when its running item started.
        let claims = match how {
            Youth::Restarted => [1, 1],
            Youth::ElsewhereAgain => [1, 2],
        };
        for claimed in claims {
            scribble(&[(claimed << 20) | 4, u64::MAX]);
        }
    }
    n
}

#[test]
fn a_worker_that_lies_about_the_time_does_not_outrun_its_limit() {
    for transport in TRANSPORTS {
        for how in [Youth::Restarted, Youth::ElsewhereAgain] {
            let pool = pool(1, transport);
            let four = MapOptions::new().chunk(4.try_into().unwrap());
            let four = four.timeout(Duration::from_millis(300));
            let (done, outcomes) = channel();
            thread::scope(|scope| {
                scope.spawn(|| {
                    let inputs = (0..4).map(|n| (n, how));
                    let outcomes: Vec<_> = pool.map_with(stay_young, inputs, four).collect();
                    done.send(outcomes).unwrap();
                });
                let outcomes = outcomes.recv_timeout(PATIENCE).expect("its limit passes");
                assert!(outcomes[0].is_err(), "{how:?} {outcomes:?}");
            });
            serves_on(&pool);
        }
    }
}
