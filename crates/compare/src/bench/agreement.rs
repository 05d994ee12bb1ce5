//! Whether two runs say the same.

use std::fmt;

use super::record::BenchReport;
use super::row::Row;
use super::terminal::measured;
use super::verdict::{Judged, Judgement, judged};

/// What two runs say of the goals that both have judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agreement {
    /// How many goals both have met, or both have missed.
    pub same: usize,
    /// Goals that one run has met and the other one missed, where one of them is close.
    pub open: Vec<String>,
    /// Goals that one run has met and the other one missed, both of them clearly.
    pub opposed: Vec<String>,
}

impl Agreement {
    /// Compares the verdicts of two runs, goal by goal.
    pub fn of(one: &BenchReport, other: &BenchReport, rows: &[Row]) -> Self {
        let mut agreement = Self::default();
        let others = verdicts(other, rows);
        for (name, judged) in verdicts(one, rows) {
            let same_goal = |(row, known): &&(&str, Judged)| {
                (*row, known.metric, &known.goal) == (name, judged.metric, &judged.goal)
            };
            if let Some((_, known)) = others.iter().find(same_goal) {
                agreement.note(name, &judged, known);
            }
        }
        agreement
    }

    fn note(&mut self, row: &str, one: &Judged, other: &Judged) {
        let list = match (&one.judgement, &other.judgement) {
            (Judgement::Unknown(_), _) | (_, Judgement::Unknown(_)) => return,
            (Judgement::Met, Judgement::Met)
            | (Judgement::FallsShort(_), Judgement::FallsShort(_)) => {
                self.same += 1;
                return;
            }
            _ if one.close || other.close => &mut self.open,
            _ => &mut self.opposed,
        };
        list.push(format!(
            "{row}: {}, goal {}: {} ({}), and {} ({})",
            one.metric,
            one.goal,
            one.judgement.words(),
            one.reached,
            other.judgement.words(),
            other.reached
        ));
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.same + self.open.len() + self.opposed.len();
        writeln!(f, "both runs say the same of {} of {all} goals", self.same)?;
        for goal in &self.open {
            writeln!(f, " close: {goal}")?;
        }
        for goal in &self.opposed {
            writeln!(f, " OPPOSED: {goal}")?;
        }
        Ok(())
    }
}

fn verdicts<'r>(report: &BenchReport, rows: &'r [Row]) -> Vec<(&'r str, Judged)> {
    let all = measured(report, rows).flat_map(|(row, measured)| {
        let of_row = judged(row, measured, report);
        of_row.into_iter().map(|judged| (row.name, judged))
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::mode::Mode;
    use crate::bench::record::{Lane, MeasuredRow};
    use crate::bench::rows::all;
    use crate::environment::Environment;

    /// A run in which a death was noticed, and its replacement served, after so many nanoseconds.
    fn report(rounds: &[(f64, f64)]) -> BenchReport {
        let transports = vec!["shm".to_owned()];
        let mut report = BenchReport::new(Environment::probe(), String::new(), transports);
        let row = all().into_iter().find(|row| row.name == "death").unwrap();
        let reading = |&(noticed, served): &(f64, f64)| {
            [
                ("noticed".to_owned(), noticed),
                ("served".to_owned(), served),
            ]
            .into()
        };
        let lane = Lane {
            rounds: rounds.iter().map(reading).collect(),
            ..Lane::new("pool-shm", Mode::Free)
        };
        report.rows.push(MeasuredRow::new(&row, vec![lane]));
        report
    }

    #[test]
    fn verdicts_agree_are_open_or_are_opposed() {
        let fast = report(&[(1e5, 4e5); 6]);
        let slow = report(&[(1e5, 9e5); 6]);
        let either: Vec<_> = (0..6).map(|n| (1e5, 4.5e5 + 4e4 * f64::from(n))).collect();
        let either = report(&either);
        let rows = all();
        let of = |other| Agreement::of(&fast, other, &rows);
        assert_eq!(
            of(&fast).to_string(),
            "both runs say the same of 2 of 2 goals\n"
        );
        let opposed = of(&slow);
        assert_eq!((opposed.same, opposed.open.len()), (1, 0));
        let told = " OPPOSED: death: kill → a replacement has served, goal ≤ 500 µs: met (400 µs), and falls short by 1.80 × (900 µs)";
        assert!(
            opposed.to_string().lines().any(|line| line == told),
            "{opposed}"
        );
        let open = of(&either);
        assert_eq!((open.same, open.open.len(), open.opposed.len()), (1, 1, 0));
        assert_eq!(Agreement::of(&either, &slow, &rows).same, 2);
    }

    #[test]
    fn what_only_one_run_has_judged_is_left_out() {
        let whole = report(&[(1e5, 4e5); 6]);
        let mut none = whole.clone();
        none.rows.clear();
        assert_eq!(Agreement::of(&whole, &none, &all()), Agreement::default());
    }
}
