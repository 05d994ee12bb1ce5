//! How far the rounds of a cell can be trusted, as told by the rounds themselves.
//!
//! The floor comes from the control: an arm that is another one's twin. What the two seem to differ by is noise. Their
//! places in a round differ, and places may matter, so rounds are matched with their mirror images, in which the two
//! have each other's places as seen from the ends; in the mean of two such ratios the places have no part.

use crate::report::{Grade, MachineLoad, Noise, Round};
use crate::statistics::{median_of, median_off_one};

/// Of so many of the medians that the control may come to, the floor is the greatest.
const FLOOR_SHARE: f64 = 0.9;

/// Beyond this floor no words are said.
const UNUSABLE: f64 = 0.15;

/// With fewer pairs of rounds, single ones tell more.
const FEWEST_PAIRS: usize = 3;

/// What the noise of some rounds is judged by.
pub(crate) struct Judging<'a> {
    /// The control and the arm that it repeats.
    pub(crate) control: Option<(&'a str, &'a str)>,
    /// The least effect that matters: noise below it is no trouble.
    pub(crate) min_effect: f64,
}

impl Judging<'_> {
    /// The noise of the rounds.
    pub(crate) fn noise(&self, rounds: &[Round]) -> Noise {
        let floor = self
            .control
            .and_then(|twins| median_off_one(&matched(rounds, twins), FLOOR_SHARE));
        let disturbed = rounds.iter().filter(|round| !round.disturbed.is_empty());
        let disturbed = disturbed.count();
        let loads = |of: fn(&MachineLoad) -> Option<f64>| -> Vec<f64> {
            rounds.iter().filter_map(|round| of(&round.load)).collect()
        };
        let pressures = loads(|load| load.cpu_pressure);
        let least = pressures.iter().copied().reduce(f64::min);
        let most = pressures.iter().copied().reduce(f64::max);
        Noise {
            floor,
            order_effect: order_effect(rounds),
            foreign_cpu: median_of(&loads(|load| load.foreign_cpu)),
            steal: median_of(&loads(|load| load.steal)),
            cpu_pressure: least.zip(most),
            disturbed,
            repeated: rounds
                .iter()
                .filter(|round| round.repeats.is_some())
                .count(),
            grade: self.grade(floor, disturbed * 2 > rounds.len()),
        }
    }

    fn grade(&self, floor: Option<f64>, mostly_disturbed: bool) -> Grade {
        match floor {
            Some(floor) if floor > UNUSABLE => Grade::Poor,
            Some(floor) if floor <= self.min_effect && !mostly_disturbed => Grade::Good,
            _ => Grade::Fair,
        }
    }
}

/// The ratios of two twins: of each round and its mirror image, or of each round where there are hardly any.
fn matched(rounds: &[Round], (one, other): (&str, &str)) -> Vec<f64> {
    let ratio = |round: &Round| round.ratio(one, other);
    let mut pairs = Vec::new();
    let mut waiting: Vec<&Round> = Vec::new();
    for round in rounds {
        match waiting
            .iter()
            .position(|before| are_mirrored(before, round))
        {
            Some(place) => {
                let ratios = ratio(waiting.remove(place)).zip(ratio(round));
                pairs.extend(ratios.map(|(there, back)| (there * back).sqrt()));
            }
            None => waiting.push(round),
        }
    }
    if pairs.len() < FEWEST_PAIRS {
        return rounds.iter().filter_map(ratio).collect();
    }
    pairs
}

fn are_mirrored(one: &Round, other: &Round) -> bool {
    let there = one.samples.iter().map(|sample| &sample.arm);
    let back = other.samples.iter().rev().map(|sample| &sample.arm);
    there.eq(back)
}

/// By what share the later half of a round's places differs from the earlier one, each arm taken by its own median.
fn order_effect(rounds: &[Round]) -> Option<f64> {
    let usual = |arm: &str| {
        let times = rounds.iter().filter_map(|round| round.seconds(arm));
        median_of(&times.collect::<Vec<_>>())
    };
    let arms = rounds
        .first()?
        .samples
        .iter()
        .map(|sample| sample.arm.as_str());
    let usual: Vec<(&str, f64)> = arms.filter_map(|arm| Some((arm, usual(arm)?))).collect();
    let half = usual.len() / 2;
    let (mut early, mut late) = (Vec::new(), Vec::new());
    for round in rounds {
        for (place, sample) in round.samples.iter().enumerate() {
            let known = usual.iter().find(|(arm, _)| *arm == sample.arm);
            let relative = known.and_then(|(arm, usual)| Some(round.seconds(arm)? / usual));
            if place < half {
                early.extend(relative);
            } else if place >= usual.len() - half {
                late.extend(relative);
            }
        }
    }
    Some((median_of(&late)? / median_of(&early)? - 1.0).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round_of::round;

    fn noise(rounds: &[Round]) -> Noise {
        let judging = Judging {
            control: Some(("control", "threads")),
            min_effect: 0.05,
        };
        judging.noise(rounds)
    }

    /// Rounds and their mirror images, in which each place takes so much longer than the one before it.
    fn mirrored(step: u64) -> Vec<Round> {
        let there = [
            ("threads", 1_000),
            ("pool", 1_000 + step),
            ("control", 1_000 + 2 * step),
        ];
        let back = [
            ("control", 1_000),
            ("pool", 1_000 + step),
            ("threads", 1_000 + 2 * step),
        ];
        [round(&there), round(&back)]
            .into_iter()
            .cycle()
            .take(16)
            .collect()
    }

    #[test]
    fn places_are_no_part_of_the_floor() {
        let noise = noise(&mirrored(200));
        assert!(noise.floor.unwrap() < 1e-9, "{noise:?}");
        assert!(noise.order_effect.unwrap() > 0.1, "{noise:?}");
        assert_eq!(noise.grade, Grade::Good);
    }

    #[test]
    fn twins_that_differ_are_the_floor() {
        let lame = vec![round(&[("threads", 1_000), ("control", 1_200)]); 16];
        assert!((noise(&lame).floor.unwrap() - 0.2).abs() < 1e-9);
        assert_eq!(noise(&lame).grade, Grade::Poor);
        let slight = vec![round(&[("threads", 1_000), ("control", 1_080)]); 16];
        assert_eq!(noise(&slight).grade, Grade::Fair);
    }

    #[test]
    fn without_a_control_there_is_no_floor() {
        let alone = vec![round(&[("threads", 1_000), ("pool", 1_200)]); 16];
        assert_eq!(noise(&alone).floor, None);
        assert_eq!(noise(&alone).grade, Grade::Fair);
        assert_eq!(noise(&[]).order_effect, None);
    }

    #[test]
    fn a_machine_that_is_mostly_disturbed_is_not_good() {
        let mut rounds = mirrored(0);
        for round in &mut rounds[..9] {
            round
                .disturbed
                .push("others took 31 % of the processors".to_owned());
            round.load.foreign_cpu = Some(0.31);
            round.load.cpu_pressure = Some(0.5);
        }
        rounds[15].load.cpu_pressure = Some(0.1);
        let noise = noise(&rounds);
        assert_eq!((noise.grade, noise.disturbed), (Grade::Fair, 9));
        assert_eq!(noise.foreign_cpu, Some(0.31));
        assert_eq!(noise.cpu_pressure, Some((0.1, 0.5)));
    }
}
