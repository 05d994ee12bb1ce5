//! What grows, and how far.

use crate::bench::unit::Unit;
use crate::nearest::UnknownName;

/// One thing that grows.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name, on the command line and in reports.
    pub name: &'static str,
    /// What is done at each point.
    pub title: &'static str,
    /// What the points count.
    pub axis: Unit,
    /// The points, from the least on.
    pub points: &'static [u64],
    /// Rounds of a full run.
    pub rounds: u32,
    /// What is measured: its name in the arms' answers, what it tells, and what it counts.
    pub metrics: &'static [(&'static str, &'static str, Unit)],
    /// The metric whose cost by unit of the axis must not jump, if there is one.
    pub smooth: Option<&'static str>,
}

/// The points of a quick run, of which only a few are measured.
const QUICK_POINTS: usize = 3;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// All of them, in the order in which they are measured.
fn all() -> Vec<Series> {
    vec![workers(), payload(), pending()]
}

fn workers() -> Series {
    Series {
        name: "workers",
        title: "more workers: u64 → u64, one at a time and many in flight",
        axis: Unit::Count,
        points: &[1, 2, 4, 8, 16, 32, 64],
        rounds: 5,
        metrics: &[
            ("rate", "jobs", Unit::Rate),
            ("p50", "one at a time, median", Unit::Time),
            ("p99", "one at a time, 99 %", Unit::Time),
            ("memory", "memory", Unit::Bytes),
        ],
        smooth: None,
    }
}

fn payload() -> Series {
    Series {
        name: "payload",
        title: "larger payloads: bytes there and back, on 2 workers",
        axis: Unit::Bytes,
        points: &[
            0,
            64,
            256,
            KIB,
            4 * KIB,
            16 * KIB,
            64 * KIB,
            128 * KIB,
            256 * KIB,
            MIB,
            4 * MIB,
            16 * MIB,
            64 * MIB,
        ],
        rounds: 5,
        metrics: &[
            ("rate", "jobs, 4 in flight", Unit::Rate),
            ("p50", "one at a time, median", Unit::Time),
            ("p99", "one at a time, 99 %", Unit::Time),
            ("memory", "memory", Unit::Bytes),
        ],
        smooth: Some("p50"),
    }
}

fn pending() -> Series {
    Series {
        name: "pending",
        title: "longer queues: jobs that wait behind others on 2 workers, and then run",
        axis: Unit::Count,
        points: &[1, 10, 100, 1_000, 10_000, 100_000, 1_000_000],
        // A million jobs take their time, and memory does not vary.
        rounds: 3,
        metrics: &[
            ("rate", "jobs, once they may run", Unit::Rate),
            ("p50", "a submit, median", Unit::Time),
            ("p99", "a submit, 99 %", Unit::Time),
            ("memory", "memory", Unit::Bytes),
        ],
        smooth: None,
    }
}

/// Which series are measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrowthChoice {
    /// The series; none means all.
    pub only: Vec<String>,
    /// Whether a few points are enough.
    pub quick: bool,
}

impl GrowthChoice {
    /// The chosen series.
    ///
    /// # Errors
    ///
    /// There is none of that name.
    ///
    /// ```
    /// use anypool_compare::bench::growth::GrowthChoice;
    ///
    /// let choice = GrowthChoice { only: vec!["payloads".to_owned()], quick: false };
    /// assert!(choice.series().unwrap_err().to_string().contains("did you mean `payload`?"));
    /// ```
    pub fn series(&self) -> Result<Vec<Series>, UnknownName> {
        let mut all = all();
        for name in &self.only {
            if all.iter().all(|series| series.name != name) {
                return Err(UnknownName {
                    kind: "series",
                    given: name.clone(),
                    known: all.iter().map(|series| series.name.to_owned()).collect(),
                });
            }
        }
        all.retain(|series| {
            self.only.is_empty() || self.only.iter().any(|name| name == series.name)
        });
        if self.quick {
            all.iter_mut()
                .for_each(|series| series.points = &series.points[..QUICK_POINTS]);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_grow_and_smooth_metrics_are_measured() {
        for series in all() {
            assert!(
                series.points.is_sorted_by(|one, next| one < next),
                "{}",
                series.name
            );
            assert!(series.points.len() > QUICK_POINTS);
            let measured = |name: &str| series.metrics.iter().any(|(metric, ..)| *metric == name);
            assert!(series.smooth.is_none_or(measured), "{}", series.name);
        }
    }

    #[test]
    fn neighbouring_payloads_differ_by_a_few_times_only() {
        // Of larger steps, a cliff could hide between two gentle slopes.
        let ratio = |pair: &[u64]| pair[1] / pair[0].max(1);
        assert!(
            payload().points[1..]
                .windows(2)
                .all(|pair| ratio(pair) <= 4)
        );
    }

    #[test]
    fn a_quick_run_has_the_first_points_of_what_was_chosen() {
        let only = vec!["pending".to_owned()];
        let series = GrowthChoice { only, quick: true }.series().unwrap();
        assert_eq!((series.len(), series[0].points), (1, &[1, 10, 100][..]));
        let unknown = GrowthChoice {
            only: vec!["x".to_owned()],
            quick: true,
        }
        .series();
        assert_eq!(
            unknown.unwrap_err().known,
            ["workers", "payload", "pending"]
        );
    }
}
