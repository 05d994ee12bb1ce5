//! A small call of every task that gives a value.

use anypool_runner::{Call, Kind};

/// The task, and its parameters that are not left at their defaults.
pub(crate) type Small = (&'static str, &'static [(&'static str, &'static str)]);

/// Large enough that each task goes through its loops more than once, and small enough that nobody waits for it.
pub(crate) const CALLS: &[Small] = &[
    ("worker", &[("secs", "0.01")]),
    ("worker", &[("secs", "0"), ("lang", "en")]),
    ("square", &[("n", "12"), ("secs", "0.01")]),
    ("noop", &[]),
    ("sleep", &[("ms", "3")]),
    ("spin", &[("us", "2000")]),
    ("primes", &[("limit", "5000")]),
    (
        "mandelbrot",
        &[("row", "300"), ("w", "60"), ("iters", "200")],
    ),
    ("mandelbrot", &[("row", "7"), ("w", "33"), ("h", "9")]),
    ("pipeline", &[("rounds", "3"), ("cpu_us", "50")]),
    ("sha256", &[("size", "200001")]),
    ("sha256", &[("size", "0")]),
    ("sha256", &[("file", FILE)]),
    ("blake3", &[("size", "200001")]),
    ("blake3", &[("file", FILE)]),
    ("zstd", &[("size", "300001")]),
    ("zstd", &[("file", FILE), ("level", "1")]),
    ("read", &[("size", "200001")]),
    ("read", &[("file", FILE), ("cold", "true")]),
    ("write-fsync", &[("size", "70000"), ("count", "2")]),
    ("json", &[("size", "100KiB")]),
    ("wordcount", &[("size", "100KiB")]),
    ("wordcount", &[("file", FILE), ("top", "0")]),
    ("sort", &[("n", "150000")]),
    ("sort", &[("n", "0")]),
    ("alloc", &[("mib", "3")]),
    ("alloc", &[("mib", "300"), ("touch", "false")]),
    ("cow", &[("mib", "2"), ("write", "30")]),
    ("cow", &[("mib", "2")]),
    ("counter", &[("increments", "50000")]),
    ("counter", &[("increments", "50000"), ("sharing", "near")]),
    ("counter", &[("increments", "50000"), ("sharing", "apart")]),
    ("result", &[("bytes", "300KiB")]),
    ("flaky", &[("fail_first", "0")]),
    ("noisy", &[("mib", "0")]),
    ("leak", &[("what", "fd")]),
];

/// A text with letters beyond ASCII.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.ko.md");

/// Faults that end in no value, and what gives none without a server.
const NO_VALUE: [&str; 9] = [
    "http-get",
    "panic",
    "fail",
    "abort",
    "segv",
    "exit",
    "oom",
    "hang",
    "fork-bomb-lite",
];

/// The call that `small` describes.
pub(crate) fn call((name, given): Small) -> Call {
    let kind = Kind::find(name).unwrap();
    let value = |name| given.iter().find(|(set, _)| *set == name);
    let arguments = kind.parameters.iter().map(|parameter| {
        let text = value(parameter.name).map_or(parameter.default, |(_, text)| Some(*text));
        parameter.domain.parse(text.unwrap()).unwrap()
    });
    Call::new(kind, arguments.collect(), 5)
}

#[test]
fn every_task_with_a_value_has_a_small_call() {
    for kind in Kind::all() {
        let small = CALLS.iter().any(|(name, _)| *name == kind.name);
        assert!(small != NO_VALUE.contains(&kind.name), "{}", kind.name);
    }
}
