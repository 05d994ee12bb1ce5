//! What became of gates, once there are rounds.

use super::Gate;
use crate::report::{Cell, GateOutcome, GateResult, Grade, Interval, Measured, Report};
use crate::statistics::median_interval;
use crate::verdict::MIN_ROUNDS;

/// Applies each gate to every cell that it is about; one that is about no cell of the report is unclear.
pub fn check_gates(gates: &[Gate], report: &Report) -> Vec<GateResult> {
    gates
        .iter()
        .flat_map(|gate| {
            let results: Vec<GateResult> = report
                .comparisons
                .iter()
                .filter(|measured| gate.is_about(measured))
                .flat_map(|measured| of_comparison(gate, measured, report.settings.confidence))
                .collect();
            if results.is_empty() {
                let name = gate.comparison.clone().unwrap_or_default();
                return vec![result(gate, &name, None, GateOutcome::Unclear)];
            }
            results
        })
        .collect()
}

impl Gate {
    fn is_about(&self, measured: &Measured) -> bool {
        let named = self.comparison.as_ref();
        named.is_none_or(|name| *name == measured.name)
            && [&self.one, &self.other].map(|arm| measured.arm(arm).is_some()) == [true; 2]
            && match self.at {
                None => true,
                Some((knob, _)) => measured.axis.as_ref() == Some(&knob.axis()),
            }
    }

    fn is_at(&self, cell: &Cell) -> bool {
        self.at
            .is_none_or(|(knob, place)| cell.point == Some(knob.point(place)))
    }
}

fn of_comparison(gate: &Gate, measured: &Measured, confidence: f64) -> Vec<GateResult> {
    let cells = measured.cells.iter().filter(|cell| gate.is_at(cell));
    cells
        .map(|cell| {
            let (ratio, outcome) = of_cell(gate, cell, confidence);
            result(gate, &measured.name, ratio, outcome)
        })
        .collect()
}

fn of_cell(gate: &Gate, cell: &Cell, confidence: f64) -> (Option<Interval>, GateOutcome) {
    let ratios = cell
        .rounds
        .iter()
        .filter_map(|round| round.ratio(&gate.one, &gate.other));
    let ratios: Vec<f64> = ratios.collect();
    let Some(ratio) = median_interval(&ratios, confidence) else {
        return (None, GateOutcome::Unclear);
    };
    let outcome = match ratio {
        _ if ratios.len() < MIN_ROUNDS || cell.noise.grade == Grade::Poor => GateOutcome::Unclear,
        Interval { high, .. } if high <= gate.most => GateOutcome::Kept,
        Interval { low, .. } if low > gate.most => GateOutcome::Violated,
        _ => GateOutcome::Unclear,
    };
    (Some(ratio), outcome)
}

fn result(
    gate: &Gate,
    comparison: &str,
    ratio: Option<Interval>,
    outcome: GateOutcome,
) -> GateResult {
    GateResult {
        gate: gate.text.clone(),
        comparison: comparison.to_owned(),
        ratio,
        outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn outcomes(text: &str, report: &Report) -> Vec<(String, GateOutcome)> {
        let gate: Gate = text.parse().unwrap();
        let results = check_gates(&[gate], report);
        results
            .into_iter()
            .map(|result| (result.comparison, result.outcome))
            .collect()
    }

    #[test]
    fn a_gate_is_kept_or_violated_by_the_whole_interval() {
        // With the lock, threads take about twice as long as processes.
        let report = sample::one();
        let of = |text| outcomes(text, &report)[0].1;
        assert_eq!(of("threads+gil/pool+gil <= 3"), GateOutcome::Kept);
        assert_eq!(of("threads+gil/pool+gil <= 1.5"), GateOutcome::Violated);
        assert_eq!(of("pool+gil/threads+gil <= 0.7"), GateOutcome::Kept);
        let ratio = check_gates(&["threads+gil/pool+gil <= 3".parse().unwrap()], &report)[0].ratio;
        let mid = ratio.unwrap().mid;
        let on_the_edge = format!("threads+gil/pool+gil <= {mid}");
        assert_eq!(of(&on_the_edge), GateOutcome::Unclear);
    }

    #[test]
    fn a_gate_finds_its_cells_along_the_axis() {
        let report = sample::report();
        let at = outcomes("seq/threads@workers=2 <= 100", &report);
        assert_eq!(at, [("scaling".to_owned(), GateOutcome::Kept)]);
        let everywhere = outcomes("pool/threads on overhead <= 100", &report);
        assert_eq!(everywhere.len(), 11);
        let length = outcomes("exec/threads@us=1 <= 1.01", &report);
        assert_eq!(length, [("overhead".to_owned(), GateOutcome::Violated)]);
    }

    #[test]
    fn what_was_not_measured_or_seldom_or_amid_noise_is_unclear() {
        let unclear = |text: &str, report: &Report| {
            let outcomes = outcomes(text, report);
            assert!(!outcomes.is_empty());
            assert!(
                outcomes.iter().all(|(_, is)| *is == GateOutcome::Unclear),
                "{text}: {outcomes:?}"
            );
        };
        unclear("pool/thread <= 9", &sample::one());
        unclear("pool/threads@workers=3 <= 9", &sample::report());
        unclear("pool/threads on nothing <= 9", &sample::report());
        unclear("threads+gil/pool+gil <= 1.5", &sample::noisy());
        unclear("threads+gil/pool+gil <= 1.5", &sample::unfinished());
        let mut few = sample::one();
        few.comparisons[0].cells[0].rounds.truncate(MIN_ROUNDS - 1);
        unclear("threads+gil/pool+gil <= 1.5", &few);
    }
}
