//! One comparison whose true answer is known.

use std::time::Duration;

use super::machine::{Clock, Machine};
use crate::arm::{Arm, CONTROL};
use crate::ending::Ending;
use crate::order::orders;
use crate::report::{ArmInfo, Cell, Grade, MachineLoad, Round, Sample, Settings, Word};
use crate::statistics::count;
use crate::summary::Summing;

/// What is true: a machine, and how many times as long one arm takes as the other.
pub(super) struct Truth<'a> {
    pub(super) machine: &'a Machine,
    pub(super) factor: f64,
}

/// What a comparison said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trial {
    /// The word; none where the noise was too much for one.
    pub(super) word: Option<Word>,
    /// Whether the true ratio lies in the interval.
    pub(super) is_held: bool,
    /// How many rounds it took.
    pub(super) rounds: usize,
}

const BASELINE: &str = "threads";
const OTHER: &str = "pool";

/// What the baseline takes on a machine that does nothing else, in seconds.
const SECONDS: f64 = 0.1;

impl Truth<'_> {
    /// Makes one comparison up, and concludes as a real one does.
    pub(super) fn trial(&self, seed: u64) -> Trial {
        let settings = Settings {
            seed,
            ..Settings::default()
        };
        let arms = arms();
        let summing = Summing {
            arms: &arms,
            baseline: BASELINE,
            settings: &settings,
            cpus: 2,
        };
        let mut cell = Cell {
            rounds: self.rounds(&summing),
            ..Cell::default()
        };
        summing.conclude(&mut cell);
        let other = cell.arm(OTHER);
        let ratio = other.and_then(|arm| arm.ratio);
        Trial {
            word: other
                .and_then(|arm| arm.word)
                .filter(|_| cell.noise.grade != Grade::Poor),
            is_held: ratio.is_some_and(|ratio| (ratio.low..=ratio.high).contains(&self.factor)),
            rounds: cell.rounds.len(),
        }
    }

    fn rounds(&self, summing: &Summing<'_>) -> Vec<Round> {
        let settings = summing.settings;
        let mut clock = Clock::new(self.machine, settings.seed);
        let most = usize::try_from(settings.max_rounds).unwrap_or(usize::MAX);
        let mut rounds = Vec::new();
        for (done, order) in orders(&[BASELINE, OTHER, CONTROL], most, settings.seed)
            .iter()
            .enumerate()
        {
            if Ending::of(settings, done, Duration::ZERO, summing.ratios(&rounds)).is_some() {
                break;
            }
            let progress = count(done) / count(most);
            let samples = order.iter().enumerate().map(|(place, arm)| {
                let factor = if *arm == OTHER { self.factor } else { 1.0 };
                let time = clock.time(SECONDS * factor, progress, count(place));
                Sample::timed(arm, nanoseconds(time))
            });
            rounds.push(Round {
                number: done + 1,
                disturbed: Vec::new(),
                repeats: None,
                load: MachineLoad::default(),
                samples: samples.collect(),
            });
        }
        rounds
    }
}

fn arms() -> Vec<ArmInfo> {
    let [_, threads, pool] = Arm::ALL.map(|arm| arm.info(String::new()));
    let control = ArmInfo {
        name: CONTROL.to_owned(),
        control_of: Some(BASELINE.to_owned()),
        ..threads.clone()
    };
    vec![threads, pool, control]
}

fn nanoseconds(seconds: f64) -> u64 {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
