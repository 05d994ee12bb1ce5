//! The twins in Python: the same values and the same digests.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anypool_core::{Executor as _, InlineExecutor};
use anypool_runner::run_call;
use serde::Deserialize;

use crate::small::{CALLS, Small, call};

const TWINS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../xtask/peers/python/tasks.py"
);

/// Tasks that have one.
const NAMES: [&str; 11] = [
    "worker",
    "square",
    "noop",
    "sleep",
    "spin",
    "primes",
    "mandelbrot",
    "sha256",
    "json",
    "wordcount",
    "read",
];

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Told {
    value: String,
    digest: String,
}

fn ours(small: Small) -> Told {
    let job = InlineExecutor::new().submit(run_call, call(small)).unwrap();
    let answer = job.join().unwrap().unwrap();
    Told {
        value: answer.value.to_string(),
        digest: format!("{:016x}", answer.digest),
    }
}

fn line((kind, given): Small) -> String {
    let params: serde_json::Map<_, _> = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    serde_json::json!({ "kind": kind, "index": 5, "params": params }).to_string()
}

#[test]
fn twins_in_python_give_the_same_values_and_digests() {
    let calls: Vec<Small> = CALLS
        .iter()
        .copied()
        .filter(|(name, _)| NAMES.contains(name))
        .collect();
    let mut python = Command::new("python3");
    python
        .arg(TWINS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut python = match python.spawn() {
        Ok(python) => python,
        Err(error) => {
            eprintln!("no twin was asked: python3 cannot be started: {error}");
            return;
        }
    };
    let mut lines = python.stdin.take().unwrap();
    for small in &calls {
        writeln!(lines, "{}", line(*small)).unwrap();
    }
    drop(lines);
    let output = python.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let twins: Vec<Told> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(twins.len(), calls.len(), "{told}");
    for (small, twin) in calls.into_iter().zip(twins) {
        assert_eq!(twin, ours(small), "{small:?}");
    }
    assert!(output.status.success());
}
