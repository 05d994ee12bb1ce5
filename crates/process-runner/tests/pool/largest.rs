//! The largest payloads: a gibibyte, the limit itself, and what is over it.

use std::time::Instant;

use anypool_core::{CodecError, Executor as _, JobError, MAX_PAYLOAD_BYTES, SubmitError};
use process_runner::Transport;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scene::{TRANSPORTS, pool, quiet, square};

/// Bytes that are encoded and decoded in one piece.
struct Bytes(Vec<u8>);

/// What stands before the bytes.
const LENGTH_BYTES: usize = 8;

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taker;
        impl Visitor<'_> for Taker {
            type Value = Bytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Taker)
    }
}

/// Memory that is never written to is not there: this costs nothing until it is encoded.
fn zeros(len: usize) -> Bytes {
    Bytes(vec![0; len])
}

fn measure(bytes: Bytes) -> usize {
    bytes.0.len()
}

#[track_caller]
fn names_both_figures(error: &CodecError) {
    let text = error.to_string();
    for figure in [MAX_PAYLOAD_BYTES + 1, MAX_PAYLOAD_BYTES] {
        assert!(text.contains(&figure.to_string()), "{text}");
    }
}

#[test]
fn a_payload_over_the_limit_is_refused_with_both_figures_in_both_directions() {
    let over = MAX_PAYLOAD_BYTES + 1 - LENGTH_BYTES;
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        match pool.submit(measure, zeros(over)) {
            Err(SubmitError::Codec(error)) => names_both_figures(&error),
            other => panic!("it is too large: {other:?}"),
        }
        match pool.submit(zeros, over).unwrap().join() {
            Err(JobError::Codec(error)) => names_both_figures(&error),
            other => panic!("it is too large: {:?}", other.map(measure)),
        }
        let mixed = [1, over, 2].map(zeros);
        let outcomes: Vec<_> = pool.map(measure, mixed).collect();
        assert_eq!(outcomes[0], Ok(1));
        assert!(
            matches!(outcomes[1], Err(JobError::Codec(_))),
            "{outcomes:?}"
        );
        assert_eq!(outcomes[2], Ok(2));
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
        assert_eq!((pool.stats().restarts, pool.stats().queued), (0, 0));
    }
}

fn complain(len: usize) {
    std::panic::panic_any("c".repeat(len));
}

#[test]
fn a_panic_message_of_64_mebibytes_arrives() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport).quiet_panics(true).start().unwrap();
        match pool.submit(complain, 64 << 20).unwrap().join() {
            Err(JobError::Panicked(report)) => assert!(report.message.len() == 64 << 20),
            other => panic!("no panic: {other:?}"),
        }
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}

/// Fills memory, so that all of it is there, and gives the peak of this process's memory with it.
fn fill(mut bytes: Bytes) -> (Bytes, u64) {
    bytes.0.fill(7);
    let peak = peak_mebibytes();
    (bytes, peak)
}

fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .unwrap();
    peak.trim().parse::<u64>().unwrap() >> 10
}

/// Sends `len` bytes to a worker and back, and tells what it took.
fn there_and_back(len: usize, transport: Transport) {
    let pool = pool(1, transport);
    let started = Instant::now();
    let job = pool.submit(fill, zeros(len)).unwrap();
    let (bytes, workers_peak) = job.join().unwrap();
    let took = started.elapsed();
    assert!(bytes.0.len() == len && bytes.0.iter().all(|&byte| byte == 7));
    let peak = peak_mebibytes();
    eprintln!(
        "{len} bytes there and back over {transport}: {took:.1?}, peak of the program {peak} MiB, \
         of the worker before its answer {workers_peak} MiB"
    );
    assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
}

#[test]
#[ignore = "takes some 6 GiB of memory"]
fn a_gibibyte_travels_both_ways_over_pipe() {
    there_and_back(1 << 30, Transport::Pipe);
}

#[test]
#[ignore = "takes some 6 GiB of memory"]
fn a_gibibyte_travels_both_ways_over_ipc() {
    there_and_back(1 << 30, Transport::Ipc);
}

#[test]
#[ignore = "takes some 6 GiB of memory"]
fn a_payload_of_exactly_the_limit_travels_both_ways() {
    let most = MAX_PAYLOAD_BYTES - LENGTH_BYTES;
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let value = pool.submit(zeros, most).unwrap().join().unwrap();
        assert_eq!(value.0.len(), most);
        assert_eq!(pool.submit(measure, value).unwrap().join(), Ok(most));
    }
}
