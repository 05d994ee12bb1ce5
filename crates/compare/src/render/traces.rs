//! What each worker did when, as timelines that trace viewers show: Perfetto, and the one in Chromium.
//!
//! A comparison is a file, an arm a process in it, a worker a lane, a task a bar.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::report::{Measured, Report, Timeline};

/// In nanoseconds.
const MICROSECOND: f64 = 1_000.0;

/// So many letters of a comparison's name are in that of its file.
const LONGEST: usize = 60;

/// The timelines of all comparisons that have some, each with the name of its file.
pub fn traces(report: &Report) -> Vec<(String, String)> {
    let mut names = HashSet::new();
    let with = report.comparisons.iter().map(|one| (one, timelines(one)));
    with.filter(|(_, timelines)| !timelines.is_empty())
        .map(|(measured, timelines)| {
            let events = timelines
                .iter()
                .zip(1..)
                .flat_map(|(one, pid)| arm(one, pid));
            let trace = json!({
                "displayTimeUnit": "ms",
                "traceEvents": events.collect::<Vec<_>>(),
            });
            (file_name(&measured.name, &mut names), trace.to_string())
        })
        .collect()
}

fn timelines(measured: &Measured) -> Vec<&Timeline> {
    let cells = measured.cells.iter();
    cells.flat_map(|cell| &cell.timelines).collect()
}

fn arm(timeline: &Timeline, pid: u32) -> Vec<Value> {
    let named = |kind: &str, tid: u32, name: &str| json!({ "ph": "M", "name": kind, "pid": pid, "tid": tid, "args": { "name": name } });
    let mut events = vec![named("process_name", 0, &timeline.arm)];
    for (lane, tid) in timeline.lanes.iter().zip(1..) {
        events.push(named("thread_name", tid, &lane.worker));
        events.extend(lane.spans.iter().map(|span| {
            let (start, end) = (micros(span.start_ns), micros(span.end_ns));
            json!({
                "ph": "X", "name": span.task, "pid": pid, "tid": tid, "ts": start, "dur": end - start,
            })
        }));
    }
    events
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a run of 2^53 ns takes a hundred days"
)]
fn micros(ns: u64) -> f64 {
    ns as f64 / MICROSECOND
}

/// A name for the file that has none of what systems take for something else, and that no other one has.
fn file_name(comparison: &str, taken: &mut HashSet<String>) -> String {
    let kept = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    let name: String = comparison
        .chars()
        .map(|letter| if kept(letter) { letter } else { '-' })
        .take(LONGEST)
        .collect();
    let mut file = format!("trace-{name}.json");
    let mut number = 2_u32;
    while !taken.insert(file.clone()) {
        file = format!("trace-{name}-{number}.json");
        number += 1;
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Lane, Span};
    use crate::sample;

    fn timeline(arm: &str) -> Timeline {
        let span = |n: u64| Span {
            task: format!("spin[{n}]"),
            start_ns: n * 1_500,
            end_ns: n * 1_500 + 250,
        };
        Timeline {
            arm: arm.to_owned(),
            round: 0,
            lanes: vec![Lane {
                worker: "worker 0".to_owned(),
                spans: (0..2).map(span).collect(),
            }],
        }
    }

    #[test]
    fn an_arm_is_a_process_and_a_worker_is_a_lane() {
        let mut report = sample::one();
        report.comparisons[0].cells[0].timelines = vec![timeline("threads"), timeline("pool")];
        let [(name, text)] = traces(&report).try_into().unwrap();
        assert_eq!(name, "trace-gil.json");
        let trace: Value = serde_json::from_str(&text).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        assert_eq!(events.len(), 8);
        assert_eq!(events[4]["args"]["name"], "pool");
        let bar = json!({
            "ph": "X", "name": "spin[1]", "pid": 2, "tid": 1, "ts": 1.5, "dur": 0.25,
        });
        assert_eq!(events[7], bar);
        let lanes = crate::trace::lanes(text.as_bytes()).unwrap();
        assert!(
            lanes
                .iter()
                .any(|lane| lane.worker == "worker 0" && lane.spans.len() == 4)
        );
    }

    #[test]
    fn what_has_no_timeline_has_no_file() {
        let mut report = sample::one();
        report.comparisons[0].cells[0].timelines.clear();
        assert_eq!(traces(&report), []);
    }

    #[test]
    fn files_have_names_of_their_own_that_lead_nowhere() {
        let mut taken = HashSet::new();
        let mut name = |comparison: &str| file_name(comparison, &mut taken);
        assert_eq!(name("../a b"), "trace----a-b.json");
        assert_eq!(name("..:a:b"), "trace----a-b-2.json");
        assert!(name(&"x".repeat(500)).len() < 100);
    }
}
