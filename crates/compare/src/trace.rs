//! What a runner's trace tells: its workers as lanes, and on them its tasks.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::report::{Lane, Span};

/// A trace, as far as lanes are made of it.
#[derive(Deserialize)]
struct Trace {
    #[serde(rename = "traceEvents")]
    events: Vec<Event>,
}

/// The name of a lane, or a task.
#[derive(Deserialize)]
struct Event {
    ph: String,
    name: String,
    tid: u64,
    #[serde(default)]
    args: Arguments,
    /// From the start of the run, in microseconds.
    ts: Option<f64>,
    /// In microseconds.
    dur: Option<f64>,
}

#[derive(Default, Deserialize)]
struct Arguments {
    name: Option<String>,
}

/// The kinds of events.
const METADATA: &str = "M";
const TASK: &str = "X";

/// What names a lane.
const LANE: &str = "thread_name";

/// The lanes of a trace, each with its tasks from the first to the last; `None` where it is none.
pub(crate) fn lanes(text: &[u8]) -> Option<Vec<Lane>> {
    let trace: Trace = serde_json::from_slice(text).ok()?;
    let mut lanes: BTreeMap<u64, Lane> = BTreeMap::new();
    for event in trace.events {
        let lane = lanes.entry(event.tid).or_insert_with(|| Lane {
            worker: event.tid.to_string(),
            spans: Vec::new(),
        });
        match (event.ph.as_str(), event.args.name) {
            (METADATA, Some(name)) if event.name == LANE => lane.worker = name,
            (TASK, _) => {
                let start = nanoseconds(event.ts?)?;
                let end = start.checked_add(nanoseconds(event.dur?)?)?;
                lane.spans.push(Span {
                    task: event.name,
                    start_ns: start,
                    end_ns: end,
                });
            }
            _ => {}
        }
    }
    let lanes = lanes.into_values().map(|mut lane| {
        lane.spans.sort_by_key(|span| span.start_ns);
        lane
    });
    Some(lanes.collect())
}

fn nanoseconds(microseconds: f64) -> Option<u64> {
    let time = Duration::try_from_secs_f64(microseconds / 1e6).ok()?;
    u64::try_from(time.as_nanos()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(events: &str) -> Option<Vec<Lane>> {
        lanes(format!("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[{events}]}}").as_bytes())
    }

    #[test]
    fn each_worker_has_a_lane_and_its_tasks_in_order() {
        let found = of(
            r#"{"args":{"name":"thread-runner map"},"name":"process_name","ph":"M","pid":1,"tid":0},
               {"args":{"name":"worker 1"},"name":"thread_name","ph":"M","pid":1,"tid":1},
               {"args":{"name":"worker 0"},"name":"thread_name","ph":"M","pid":1,"tid":0},
               {"args":{"sort_index":0},"name":"thread_sort_index","ph":"M","pid":1,"tid":0},
               {"args":{"value":"7"},"dur":2.5,"name":"primes[2]","ph":"X","pid":1,"tid":0,"ts":9.0},
               {"args":{"value":"7"},"dur":4.0,"name":"primes[1]","ph":"X","pid":1,"tid":0,"ts":1.25}"#,
        );
        let found = found.unwrap();
        let names: Vec<&str> = found.iter().map(|lane| lane.worker.as_str()).collect();
        assert_eq!(names, ["worker 0", "worker 1"]);
        let spans: Vec<(&str, u64, u64)> = found[0]
            .spans
            .iter()
            .map(|span| (span.task.as_str(), span.start_ns, span.end_ns))
            .collect();
        let expected = [("primes[1]", 1_250, 5_250), ("primes[2]", 9_000, 11_500)];
        assert_eq!(spans, expected);
        assert!(found[1].spans.is_empty());
    }

    #[test]
    fn what_is_no_trace_has_no_lanes() {
        assert_eq!(lanes(b""), None);
        assert_eq!(lanes(b"{}"), None);
        for event in [
            r#"{"name":"x","ph":"X","tid":0}"#,
            r#"{"name":"x","ph":"X","tid":0,"ts":-1,"dur":1}"#,
            r#"{"name":"x","ph":"X","tid":0,"ts":1,"dur":1e300}"#,
            r#"{"name":"x","ph":"X","tid":0,"ts":1.8e16,"dur":1.8e16}"#,
        ] {
            assert_eq!(of(event), None, "{event}");
        }
    }
}
