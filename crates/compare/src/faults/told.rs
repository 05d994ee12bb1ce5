//! What the log of a run says of a fault.

use serde::Deserialize;

use super::fault::{FAULTY, HEALTHY, OTHERS};
use crate::report::Containment;

/// The end of a task, in a log; other lines have other fields.
#[derive(Debug, Deserialize)]
struct Line {
    event: String,
    #[serde(default)]
    t: u64,
    #[serde(default)]
    task: String,
    #[serde(default)]
    outcome: String,
    signal: Option<String>,
    code: Option<i32>,
    #[serde(default)]
    leaked: bool,
}

/// What became of the tasks of a run, which ended well or with this status.
pub(super) fn containment(arm: &str, log: &str, status: Option<&str>) -> Containment {
    // The last line of a process that died may be torn.
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Line>(line).ok());
    let ended: Vec<Line> = lines.filter(|line| line.event == "task-finished").collect();
    let well = |line: &&Line| line.task.starts_with(HEALTHY) && line.outcome == "ok";
    let others_lost = OTHERS.saturating_sub(ended.iter().filter(well).count());
    let faulty = ended.iter().find(|line| line.task.starts_with(FAULTY));
    Containment {
        arm: arm.to_owned(),
        contained: Some(faulty.is_some() && others_lost == 0),
        detected_ns: faulty.map(|line| line.t),
        others_lost,
        others: OTHERS,
        told: match faulty {
            Some(line) => words(line),
            None => format!(
                "the run ended with it: {}",
                status.unwrap_or("nothing was told")
            ),
        },
    }
}

fn words(line: &Line) -> String {
    let mut words = line.outcome.clone();
    if let Some(signal) = &line.signal {
        words.push_str(&format!(", {signal}"));
    }
    if let Some(code) = line.code {
        words.push_str(&format!(", exit code {code}"));
    }
    if line.leaked {
        words.push_str(", and something of it still runs");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(healthy: usize, faulty: &str) -> String {
        let started = "{\"event\":\"run-started\",\"schema\":1}\n";
        let ok = |number: usize| {
            format!(
                "{{\"event\":\"task-finished\",\"t\":{number},\"task\":\"healthy-1[ms={number}]\",\"outcome\":\"ok\"}}\n"
            )
        };
        let healthy: String = (0..healthy).map(ok).collect();
        format!("{started}{healthy}{faulty}")
    }

    #[test]
    fn a_fault_that_costs_nobody_else_is_contained() {
        let faulty = "{\"event\":\"task-finished\",\"t\":70,\"task\":\"faulty\",\"outcome\":\"crashed\",\"signal\":\"SIGSEGV\"}\n";
        let found = containment("pool", &log(OTHERS, faulty), Some("exit status: 100"));
        assert_eq!((found.contained, found.others_lost), (Some(true), 0));
        assert_eq!(found.detected_ns, Some(70));
        assert_eq!(found.told, "crashed, SIGSEGV");
    }

    #[test]
    fn a_run_that_dies_with_its_fault_has_lost_what_was_not_done() {
        let torn = "{\"event\":\"task-fini";
        let found = containment("threads", &log(3, torn), Some("signal: 11 (SIGSEGV)"));
        assert_eq!(
            (found.contained, found.others_lost),
            (Some(false), OTHERS - 3)
        );
        assert_eq!(found.detected_ns, None);
        assert_eq!(found.told, "the run ended with it: signal: 11 (SIGSEGV)");
    }

    #[test]
    fn healthy_tasks_that_end_otherwise_are_lost() {
        let bad = "{\"event\":\"task-finished\",\"t\":9,\"task\":\"healthy-2[ms=40]\",\"outcome\":\"crashed\"}\n\
                   {\"event\":\"task-finished\",\"t\":9,\"task\":\"faulty\",\"outcome\":\"panicked\",\"leaked\":true}\n";
        let found = containment("threads", &log(OTHERS - 1, bad), None);
        assert_eq!((found.contained, found.others_lost), (Some(false), 1));
        assert_eq!(found.told, "panicked, and something of it still runs");
    }
}
