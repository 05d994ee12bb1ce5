//! Payloads of every size travel both ways; one that cannot costs only its own job.

use anypool_core::{CodecError, Executor as _, JobError, SubmitError};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scene::{TRANSPORTS, pool, square};

fn reversed(mut text: String) -> String {
    // Every byte is a character of its own.
    text = text.chars().rev().collect();
    text
}

fn text_of(len: usize) -> String {
    ('a'..='w').cycle().take(len).collect()
}

#[test]
fn payloads_of_every_size_travel_both_ways() {
    let around = |n: usize| [n - 1, n, n + 1];
    let sizes = [0, 1].into_iter().chain(around(4096)).chain(around(65536));
    let sizes: Vec<usize> = sizes
        .chain(around(32 << 10))
        .chain(around(1 << 20))
        .collect();
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        let jobs: Vec<_> = sizes
            .iter()
            .map(|&len| (len, pool.submit(reversed, text_of(len)).unwrap()))
            .collect();
        for (len, job) in jobs {
            let expected: String = text_of(len).chars().rev().collect();
            assert!(
                job.join().unwrap() == expected,
                "{len} bytes over {transport}"
            );
        }
    }
}

fn echo(text: String) -> String {
    text
}

#[test]
fn a_payload_of_64_mebibytes_travels_both_ways() {
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        let text = "m".repeat(64 << 20);
        let job = pool.submit(echo, text.clone()).unwrap();
        let small = pool.submit(square, 3).unwrap();
        assert_eq!(small.join(), Ok(9));
        assert!(job.join().unwrap() == text, "over {transport}");
    }
}

/// Misbehaves on its way, as its name says.
#[derive(Debug, PartialEq, Clone)]
struct Awkward(String);

impl Serialize for Awkward {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str() {
            "fails out" => Err(S::Error::custom("it will not go")),
            "panics out" => panic!("it panics on the way out"),
            _ => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Awkward {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "fails in" => Err(D::Error::custom("it will not come")),
            "panics in" => panic!("it panics on the way in"),
            _ => Ok(Self(text)),
        }
    }
}

fn take(value: Awkward) -> usize {
    value.0.len()
}

fn give(text: String) -> Awkward {
    Awkward(text)
}

#[test]
fn a_payload_that_cannot_travel_fails_its_own_job() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        for kind in ["fails out", "panics out"] {
            let refused = pool.submit(take, Awkward(kind.to_owned())).err();
            assert!(
                matches!(refused, Some(SubmitError::Codec(CodecError::Encode { .. }))),
                "{refused:?}"
            );
            let lost = pool.submit(give, kind.to_owned()).unwrap().join();
            assert!(
                matches!(lost, Err(JobError::Codec(CodecError::Encode { .. }))),
                "{lost:?}"
            );
        }
        for kind in ["fails in", "panics in"] {
            let lost = pool.submit(take, Awkward(kind.to_owned())).unwrap().join();
            assert!(
                matches!(lost, Err(JobError::Codec(CodecError::Decode { .. }))),
                "{lost:?}"
            );
            let lost = pool.submit(give, kind.to_owned()).unwrap().join();
            assert!(
                matches!(lost, Err(JobError::Codec(CodecError::Decode { .. }))),
                "{lost:?}"
            );
        }
        let kinds = [
            "fine",
            "fails out",
            "fine",
            "panics out",
            "panics in",
            "fine",
        ];
        let inputs = kinds.map(|kind| Awkward(kind.to_owned()));
        let outcomes: Vec<_> = pool.map(take, inputs).collect();
        let fine: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
        assert_eq!(
            fine,
            [true, false, true, false, false, true],
            "{outcomes:?}"
        );
        assert_eq!(pool.submit(square, 2).unwrap().join(), Ok(4));
        assert_eq!((pool.stats().restarts, pool.stats().queued), (0, 0));
    }
}
