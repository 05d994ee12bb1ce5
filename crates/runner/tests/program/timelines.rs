//! Timelines, as the viewers read them that they are written for.

use std::collections::{HashMap, HashSet};
use std::fs;

use serde_json::Value;

use super::child::{Live, program};
use super::exec::{ran, script};

/// The events of a timeline, each of which has what viewers ask for.
fn events(path: &str) -> Vec<Value> {
    let whole: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(whole["displayTimeUnit"], "ms");
    let events = whole["traceEvents"].as_array().unwrap();
    for event in events {
        let is_number = |field: &str| event[field].as_f64().is_some_and(|number| number >= 0.0);
        let has_all = event["name"].is_string() && event["pid"].is_u64() && event["tid"].is_u64();
        let has_more = match event["ph"].as_str() {
            Some("X") => is_number("ts") && is_number("dur"),
            Some("i") => is_number("ts") && event["s"] == "g",
            Some("M") => event["args"]
                .as_object()
                .is_some_and(|named| named.len() == 1),
            _ => false,
        };
        assert!(has_all && has_more, "{event}");
    }
    events.clone()
}

/// Where an event is shown: its run, and the lane in that.
fn lane(event: &Value) -> [u64; 2] {
    ["pid", "tid"].map(|place| event[place].as_u64().unwrap())
}

/// The bars of a timeline, after a look whether each is in a lane that has a name, and has it to itself.
fn bars(path: &str) -> Vec<Value> {
    let events = events(path);
    let named = |what: &str| {
        let names = events.iter().filter(|event| event["name"] == what);
        let lanes: Vec<_> = names.map(lane).collect();
        let once: HashSet<_> = lanes.iter().copied().collect();
        assert_eq!(once.len(), lanes.len(), "{what}: {lanes:?}");
        once
    };
    named("process_name");
    let lanes = named("thread_name");
    let bars = events.iter().filter(|event| event["ph"] == "X");
    let mut bars: Vec<_> = bars.cloned().collect();
    let time = |bar: &Value, field: &str| bar[field].as_f64().unwrap();
    bars.sort_by(|one, other| time(one, "ts").total_cmp(&time(other, "ts")));
    let mut ends = HashMap::new();
    for bar in &bars {
        assert!(lanes.contains(&lane(bar)), "the lane of {bar} has no name");
        let end = time(bar, "ts") + time(bar, "dur");
        let before = ends.insert(lane(bar), end).unwrap_or(0.0);
        // Half a nanosecond is what numbers with a point make of one.
        assert!(
            time(bar, "ts") > before - 0.000_5,
            "{bar} begins before {before}"
        );
    }
    bars
}

/// How many bars are of tries that ended so.
fn count(bars: &[Value], outcome: &str) -> usize {
    let of_it = |bar: &&Value| bar["args"]["outcome"] == outcome;
    bars.iter().filter(of_it).count()
}

#[test]
fn a_timeline_has_a_bar_for_each_try_and_is_whole_whatever_happens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json").display().to_string();
    let options = format!("-j 2 --retries 1 --trace {path}");
    ran(script(&options, "test $1 != b", "a b c"));
    let shown = bars(&path);
    assert_eq!((shown.len(), count(&shown, "failed")), (4, 2), "{shown:?}");
    let options = format!("-j 1 --output line --trace {path}");
    let mut live = Live::start(script(
        &options,
        "echo $1; test $1 = a || exec sleep 1",
        "a b",
    ));
    assert_eq!([live.line(), live.line()], ["a", "b"]);
    live.child.kill().unwrap();
    live.finish();
    assert_eq!(bars(&path).len(), 1);
}

#[test]
fn a_timeline_of_tries_that_take_too_long_has_each_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json").display().to_string();
    for (arguments, late, tries) in [
        // A thread that may still run is not tried again.
        ("map sleep 1 3600000 2 3 --timeout 2s -j 2", 1, 4),
        (
            "exec -j 3 --timeout 2s --retries 1 -- sleep ::: 0 60 0",
            2,
            4,
        ),
        ("spawn worker --count 4 -s secs=0", 0, 4),
    ] {
        let (command, rest) = arguments.split_once(' ').unwrap();
        let ran = ran(program(&format!("{command} --trace {path} {rest}")));
        let shown = bars(&path);
        let counts = (count(&shown, "timed-out"), shown.len());
        assert_eq!(counts, (late, tries), "{arguments}: {}, {shown:?}", ran.err);
    }
}

#[test]
fn a_timeline_says_where_a_run_was_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json").display().to_string();
    let options = format!("-j 1 --run-timeout 300ms --trace {path}");
    let ran = ran(script(&options, "exec sleep 60", "a b"));
    assert_eq!(ran.code, 124, "{}", ran.err);
    let bars = bars(&path);
    assert_eq!((bars.len(), count(&bars, "cancelled")), (1, 1), "{bars:?}");
    let events = events(&path);
    let mark = events.iter().find(|event| event["ph"] == "i").unwrap();
    assert_eq!(mark["name"], "stopping: --run-timeout is over");
}

#[test]
fn a_timeline_of_a_log_with_several_runs_has_each_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let [log, path] = ["log", "trace"].map(|name| folder.path().join(name).display().to_string());
    ran(script(&format!("-j 2 --log {log}"), "true", "a b"));
    let options = format!("-j 2 --resume {log} --log {log}");
    ran(script(&options, "true", "a b c d e"));
    let told = ran(program(&format!("replay {log} -q --trace {path}")));
    assert_eq!(told.code, 0, "{}", told.err);
    let shown = bars(&path);
    let runs: Vec<_> = shown.iter().map(|bar| lane(bar)[0]).collect();
    let of_run = |run: u64| runs.iter().filter(|found| **found == run).count();
    assert_eq!([of_run(1), of_run(2)], [2, 3], "{shown:?}");
}
