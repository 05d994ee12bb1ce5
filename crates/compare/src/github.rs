//! What GitHub shows beside a run of its Actions: a line for each gate that is not kept.

use crate::render::gate;
use crate::report::{GateOutcome, Report};

/// The workflow commands for a report: an error for each violated gate, a warning for each unclear one.
///
/// ```
/// use anypool_compare::{annotations, sample};
///
/// assert_eq!(annotations(&sample::one()), "");
/// ```
pub fn annotations(report: &Report) -> String {
    let line = |outcome| {
        let (level, title) = match outcome {
            GateOutcome::Kept => return None,
            GateOutcome::Violated => ("error", "gate violated"),
            GateOutcome::Unclear => ("warning", "gate unclear"),
        };
        Some(format!("::{level} title={title}::"))
    };
    report
        .gates
        .iter()
        .filter_map(|result| {
            Some(format!(
                "{}{}\n",
                line(result.outcome)?,
                escaped(&gate(result))
            ))
        })
        .collect()
}

/// A message in which nothing ends the command.
fn escaped(message: &str) -> String {
    message
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Gate, check_gates};
    use crate::report::GateResult;
    use crate::sample;

    #[test]
    fn each_gate_that_is_not_kept_has_a_line() {
        let mut report = sample::one();
        let gates = [
            "pool/threads <= 1.5",
            "threads+gil/pool+gil <= 1.5",
            "pool/nobody <= 1",
        ];
        let gates: Vec<Gate> = gates.iter().map(|gate| gate.parse().unwrap()).collect();
        report.gates = check_gates(&gates, &report);
        let text = annotations(&report);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        let violated = "::error title=gate violated::threads+gil/pool+gil <= 1.5 (gil): measured ";
        assert!(lines[0].starts_with(violated), "{text}");
        assert_eq!(
            lines[1],
            "::warning title=gate unclear::pool/nobody <= 1: not measured"
        );
    }

    #[test]
    fn a_name_cannot_write_a_command() {
        let mut report = sample::one();
        report.gates = vec![GateResult {
            gate: "a%\r\n::error::b".to_owned(),
            comparison: String::new(),
            ratio: None,
            outcome: GateOutcome::Unclear,
        }];
        let text = annotations(&report);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("a%25%0D%0A::error::b"), "{text}");
    }
}
