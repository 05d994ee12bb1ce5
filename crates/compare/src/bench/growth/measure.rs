//! Has every point measured on every arm, round by round.

use std::fmt;
use std::time::Duration;

use super::record::{GrowthLane, GrowthReport, MeasuredSeries};
use super::series::Series;
use crate::bench::contender::{Absence, Reading, Request, Stage};
use crate::bench::measure::BenchError;
use crate::bench::mode::Mode;
use crate::bench::row::{PROCESSES, THREADS};
use crate::bench::unit::exact;

/// What a growth run needs.
pub struct GrowthMeasuring<'a> {
    /// What grows.
    pub series: &'a [Series],
    /// Where the arms come from.
    pub stage: &'a mut dyn Stage,
    /// Told what is being done.
    pub say: &'a mut dyn FnMut(&str),
    /// Given the report after every series.
    pub save: &'a mut dyn FnMut(&GrowthReport) -> std::io::Result<()>,
}

impl fmt::Debug for GrowthMeasuring<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrowthMeasuring")
            .field("series", &self.series)
            .finish_non_exhaustive()
    }
}

/// How long each of a point's two measurements takes.
const FULL: Duration = Duration::from_millis(60);
const QUICK: Duration = Duration::from_millis(10);

/// Rounds of a quick run.
const QUICK_ROUNDS: u32 = 2;

/// Measures all series. An arm that fails at a point is left out from there on, and the report says why.
///
/// # Errors
///
/// A signal ended it, or the report cannot be saved.
pub fn measure_growth(
    measuring: &mut GrowthMeasuring<'_>,
    report: &mut GrowthReport,
) -> Result<(), BenchError> {
    let budget = if report.quick { QUICK } else { FULL };
    let mut random = fastrand::Rng::with_seed(report.seed);
    let pools = report
        .transports
        .iter()
        .map(|name| format!("{PROCESSES}{name}"));
    let arms: Vec<String> = pools.chain([THREADS.to_owned()]).collect();
    for series in measuring.series {
        let rounds = match report.quick {
            true => QUICK_ROUNDS,
            false => series.rounds,
        };
        let lane = |arm: &String| GrowthLane::new(arm, series);
        let mut lanes: Vec<GrowthLane> = arms.iter().map(lane).collect();
        let places = 0..series.points.len();
        let mut order: Vec<(usize, usize)> = (0..lanes.len())
            .flat_map(|lane| places.clone().map(move |place| (lane, place)))
            .collect();
        for round in 1..=rounds {
            (measuring.say)(&format!(
                "growth, {}: round {round} of {rounds}",
                series.name
            ));
            random.shuffle(&mut order);
            for &(lane, place) in &order {
                let lane = &mut lanes[lane];
                let request = Request {
                    budget,
                    scale: 1.0,
                    at: Some(series.points[place]),
                };
                point(measuring.stage, series, lane, (place, request))?;
            }
        }
        report.series.push(MeasuredSeries {
            name: series.name.to_owned(),
            title: series.title.to_owned(),
            lanes,
        });
        (measuring.save)(report)?;
    }
    report.complete = true;
    Ok((measuring.save)(report)?)
}

fn point(
    stage: &mut dyn Stage,
    series: &Series,
    lane: &mut GrowthLane,
    (place, request): (usize, Request),
) -> Result<(), BenchError> {
    if lane.absent.is_some() {
        return Ok(());
    }
    match once(stage, series, &lane.arm, request) {
        Ok(reading) => lane.points[place].rounds.push(reading),
        Err(Absence::Stopped(signal)) => return Err(BenchError::Stopped { signal }),
        Err(absence) => {
            let at = series.axis.show(exact(series.points[place]));
            lane.absent = Some(format!("at {at}: {absence}"));
        }
    }
    Ok(())
}

fn once(
    stage: &mut dyn Stage,
    series: &Series,
    arm: &str,
    request: Request,
) -> Result<Reading, Absence> {
    let row = format!("growth-{}", series.name);
    let mut contender = stage.enter(arm, &row, Mode::Free)?;
    contender.ask(request)?;
    contender.answer()
}

#[cfg(test)]
mod tests {
    use super::super::series::GrowthChoice;
    use super::*;
    use crate::bench::contender::Contender;
    use crate::environment::Environment;

    /// Arms that answer with their point, but for one that cannot do much.
    struct Echoing;

    struct Arm {
        weak: bool,
        at: u64,
    }

    impl Stage for Echoing {
        fn enter(&mut self, arm: &str, row: &str, _: Mode) -> Result<Box<dyn Contender>, Absence> {
            assert_eq!(row, "growth-pending");
            Ok(Box::new(Arm {
                weak: arm == "pool-ipc",
                at: 0,
            }))
        }
    }

    impl Contender for Arm {
        fn ask(&mut self, request: Request) -> Result<(), Absence> {
            self.at = request.at.unwrap();
            Ok(())
        }

        fn answer(&mut self) -> Result<Reading, Absence> {
            match self.at {
                100 if self.weak => Err(Absence::Failed("too many".to_owned())),
                at => Ok([("rate".to_owned(), exact(at))].into()),
            }
        }
    }

    #[test]
    fn every_point_is_measured_in_every_round_and_a_weak_arm_is_left_out() {
        let choice = GrowthChoice {
            only: vec!["pending".to_owned()],
            quick: true,
        };
        let transports = ["pipe", "ipc"].map(str::to_owned).to_vec();
        let mut report = GrowthReport {
            quick: true,
            ..GrowthReport::new(Environment::probe(), String::new(), transports)
        };
        let mut measuring = GrowthMeasuring {
            series: &choice.series().unwrap(),
            stage: &mut Echoing,
            say: &mut |_| {},
            save: &mut |_| Ok(()),
        };
        measure_growth(&mut measuring, &mut report).unwrap();
        let lanes = &report.series[0].lanes;
        let arms: Vec<&str> = lanes.iter().map(|lane| lane.arm.as_str()).collect();
        assert_eq!(arms, ["pool-pipe", "pool-ipc", "threads"]);
        assert!(lanes[0].points.iter().all(|point| point.rounds.len() == 2));
        assert_eq!(lanes[0].curve("rate"), [(1, 1.0), (10, 10.0), (100, 100.0)]);
        assert_eq!(lanes[1].absent.as_deref(), Some("at 100: failed: too many"));
        assert!(lanes[1].points[2].rounds.is_empty());
    }
}
