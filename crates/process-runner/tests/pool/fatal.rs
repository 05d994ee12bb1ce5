//! Values whose way to bytes or back ends the worker: only their own item is lost.

use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, JobOptions, MapOptions, Outcome};
use nix::sys::signal::{Signal, raise};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::deaths::death;
use crate::scene::{PATIENCE, TRANSPORTS, pool, square};

/// Ends its process on its way in or out, as its name says.
#[derive(Debug, PartialEq, Clone)]
struct Fatal(String);

/// Every way of ending that needs no help.
const WAYS: [&str; 4] = ["abort", "exit", "segv", "overflow"];

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the death under test"
)]
fn end(how: &str) {
    match how {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(3),
        "segv" => raise(Signal::SIGSEGV).unwrap(),
        "overflow" => drop(descend(0)),
        "loop" => std::thread::park_timeout(PATIENCE * 10),
        _ => {}
    }
}

/// Deeper than any stack.
#[expect(unconditional_recursion, reason = "the overflow under test")]
fn descend(depth: u64) -> u64 {
    std::hint::black_box(descend(depth + 1)) + depth
}

impl Serialize for Fatal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        end(self.0.strip_suffix(" out").unwrap_or_default());
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fatal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        end(text.strip_suffix(" in").unwrap_or_default());
        Ok(Self(text))
    }
}

fn take(value: Fatal) -> usize {
    value.0.len()
}

fn give(text: String) -> Fatal {
    Fatal(text)
}

fn refuse(text: String) -> Result<u8, Fatal> {
    Err(Fatal(text))
}

/// The middle one of five is lost with its worker, and the others are not.
#[track_caller]
fn only_the_middle_is_lost<T: std::fmt::Debug>(outcomes: Vec<Outcome<T>>) {
    assert_eq!(outcomes.len(), 5);
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match n {
            2 => assert!(death(outcome).started),
            _ => assert!(outcome.is_ok(), "{n}: {outcome:?}"),
        }
    }
}

#[test]
fn a_value_that_ends_its_worker_costs_its_own_job() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        for how in WAYS {
            let (taken, given) = (format!("{how} in"), format!("{how} out"));
            let jobs = ["", "", &taken, "", ""].map(|text| {
                let input = Fatal(text.to_owned());
                pool.submit(take, input).unwrap()
            });
            only_the_middle_is_lost(jobs.into_iter().map(JobHandle::join).collect());
            let texts = ["", "", &given, "", ""].map(str::to_owned);
            let jobs = texts.clone().map(|text| pool.submit(give, text).unwrap());
            only_the_middle_is_lost(jobs.into_iter().map(JobHandle::join).collect());
            let jobs = texts.map(|text| pool.submit(refuse, text).unwrap());
            only_the_middle_is_lost(jobs.into_iter().map(JobHandle::join).collect());
        }
        assert_eq!(pool.stats().queued, 0);
    }
}

#[test]
fn a_value_that_ends_its_worker_costs_its_own_item_of_a_chunk() {
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        let five = MapOptions::new().chunk(5.try_into().unwrap());
        for how in WAYS {
            let (taken, given) = (format!("{how} in"), format!("{how} out"));
            let inputs = ["", "", &taken, "", ""].map(|text| Fatal(text.to_owned()));
            only_the_middle_is_lost(pool.map_with(take, inputs, five).collect());
            let inputs = ["", "", &given, "", ""].map(str::to_owned);
            only_the_middle_is_lost(pool.map_with(give, inputs.clone(), five).collect());
            only_the_middle_is_lost(pool.map_with(refuse, inputs, five).collect());
        }
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}

#[test]
fn a_value_that_is_never_done_ends_with_its_jobs_limit() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let limit = JobOptions::new().timeout(Duration::from_millis(200));
        let input = Fatal("loop in".to_owned());
        let taken = pool.submit_with(take, input, limit).unwrap().join();
        assert!(matches!(taken, Err(JobError::TimedOut { .. })), "{taken:?}");
        let text = "loop out".to_owned();
        let given = pool.submit_with(give, text, limit).unwrap().join();
        assert!(matches!(given, Err(JobError::TimedOut { .. })), "{given:?}");
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}
