//! What a complete comparison did not keep to: gates that are violated, verdicts that it was to come to.

use std::fmt;

use crate::exit::Exit;
use crate::render::{card, gate};
use crate::report::{Answer, Card, GateOutcome, Report};

/// What was asked of a comparison and is not so.
///
/// ```
/// use anypool_compare::{Unmet, sample};
///
/// assert!(Unmet::of(&sample::one(), true).is_none());
/// let unmet = Unmet::of(&sample::noisy(), true).unwrap();
/// assert_eq!(unmet.exit().code(), 5);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    exit: Exit,
    head: String,
    lines: Vec<String>,
    help: &'static str,
}

impl Unmet {
    /// What the report does not keep to; that it comes to no verdict counts only where one is required.
    pub fn of(report: &Report, require_conclusive: bool) -> Option<Self> {
        let with = |outcome| {
            report
                .gates
                .iter()
                .filter(move |result| result.outcome == outcome)
        };
        let violated: Vec<String> = with(GateOutcome::Violated).map(gate).collect();
        if !violated.is_empty() {
            let all = report.gates.len();
            return Some(Self {
                exit: Exit::GateViolated,
                head: format!("{} of {all} gates violated", violated.len()),
                lines: violated,
                help: "the interval lies beyond the bound as a whole, so more rounds will not help; look at the arms, \
                       or change the bound",
            });
        }
        if !require_conclusive {
            return None;
        }
        let unclear = with(GateOutcome::Unclear).map(gate);
        let lines: Vec<String> = without_verdict(report).chain(unclear).collect();
        (!lines.is_empty()).then_some(Self {
            exit: Exit::Inconclusive,
            head: "the comparison is inconclusive".to_owned(),
            lines,
            help: "wait until the machine is quiet, or measure more rounds (--preset thorough, or --rounds N)",
        })
    }

    /// The exit code for it.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.head)?;
        for line in &self.lines {
            writeln!(f, "  = {line}")?;
        }
        write!(f, "help: {}", self.help)
    }
}

impl std::error::Error for Unmet {}

/// The comparisons that answer their question with nothing, and why.
fn without_verdict(report: &Report) -> impl Iterator<Item = String> {
    report.comparisons.iter().filter_map(|measured| {
        let why = match (&measured.card, card(measured)) {
            (None, _) => "there are not all rounds".to_owned(),
            (Some(_), Err(_)) => "the machine was too busy".to_owned(),
            (Some(_), Ok(card)) => untold(card)?,
        };
        Some(format!("{}: {why}", measured.name))
    })
}

/// What a card does not tell.
fn untold(card: &Card) -> Option<String> {
    let why = |answer| match answer {
        Answer::Unclear => Some("the rounds do not tell"),
        Answer::NotEnoughData => Some("there are too few rounds"),
        _ => None,
    };
    if let Some(why) = why(card.answer) {
        return Some(why.to_owned());
    }
    let parts = card.cases.iter().filter(|_| card.answer == Answer::Depends);
    let parts = parts.filter_map(|case| Some(format!("{}, {}", case.when, why(case.answer)?)));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Gate, check_gates};
    use crate::sample;

    fn gated(mut report: Report, gates: &[&str]) -> Report {
        let gates: Vec<Gate> = gates.iter().map(|gate| gate.parse().unwrap()).collect();
        report.gates = check_gates(&gates, &report);
        report
    }

    #[test]
    fn a_violated_gate_has_its_figures_and_its_exit_code() {
        let gates = ["pool/threads <= 1.5", "threads+gil/pool+gil <= 1.5"];
        let unmet = Unmet::of(&gated(sample::one(), &gates), false).unwrap();
        assert_eq!(unmet.exit(), Exit::GateViolated);
        let text = unmet.to_string();
        assert!(
            text.starts_with(
                "1 of 2 gates violated\n  = threads+gil/pool+gil <= 1.5 (gil): measured 1.9"
            ),
            "{text}"
        );
    }

    #[test]
    fn what_is_unclear_counts_only_where_a_verdict_is_required() {
        let report = gated(sample::one(), &["pool/nobody <= 1.5"]);
        assert_eq!(Unmet::of(&report, false), None);
        let unmet = Unmet::of(&report, true).unwrap();
        assert_eq!(unmet.exit(), Exit::Inconclusive);
        assert!(
            unmet
                .to_string()
                .contains("= pool/nobody <= 1.5: not measured"),
            "{unmet}"
        );
        let unfinished = Unmet::of(&sample::unfinished(), true).unwrap().to_string();
        assert!(
            unfinished.contains("= gil: there are not all rounds"),
            "{unfinished}"
        );
    }

    #[test]
    fn a_part_that_is_unclear_is_named() {
        let mut report = sample::one();
        let card = report.comparisons[0].card.as_mut().unwrap();
        card.cases[1].answer = Answer::Unclear;
        let text = Unmet::of(&report, true).unwrap().to_string();
        assert!(
            text.contains("= gil: without a lock, the rounds do not tell"),
            "{text}"
        );
    }

    #[test]
    fn gates_that_are_kept_and_answers_that_are_found_are_met() {
        let report = gated(sample::one(), &["pool/threads <= 1.5"]);
        assert_eq!(Unmet::of(&report, true), None);
    }
}
