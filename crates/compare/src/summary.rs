//! What a cell's rounds amount to: its noise, the times of each arm, and ratios taken within each round.
//!
//! The unit is the round. A machine that is slow for a while is slow for all arms of a round, so a ratio of two times
//! of one round is steadier than a ratio of two medians.

use crate::noise::Judging;
use crate::report::{ArmInfo, ArmResult, Cell, Interval, Round, Sample, Settings, Side, Times};
use crate::statistics::{Spread, are_two_heaps, count, far_off, median_interval, median_of};
use crate::verdict::Rule;

/// What a cell is summed up by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Summing<'a> {
    /// The arms, in the order in which they are shown.
    pub(crate) arms: &'a [ArmInfo],
    /// The arm that the others are divided by.
    pub(crate) baseline: &'a str,
    /// The band and the confidence.
    pub(crate) settings: &'a Settings,
    /// How many processors the workers can use: no more than there are workers.
    pub(crate) cpus: usize,
}

impl Summing<'_> {
    /// Works out what the rounds and the memory samples of a cell amount to.
    pub(crate) fn conclude(&self, cell: &mut Cell) {
        let mut controls = self.arms.iter().filter_map(|arm| {
            let repeated = arm.control_of.as_deref()?;
            Some((arm.name.as_str(), repeated))
        });
        cell.noise = Judging {
            control: controls.next(),
            min_effect: self.settings.min_effect,
        }
        .noise(&cell.rounds);
        let rule = Rule::new(self.settings.min_effect, cell.noise.floor);
        let results = self
            .arms
            .iter()
            .filter_map(|arm| self.result(arm, cell, rule));
        cell.arms = results.collect();
    }

    /// The ratio of each arm to the baseline, with the interval in which it lies.
    pub(crate) fn ratios(&self, rounds: &[Round]) -> Vec<Interval> {
        let others = self.arms.iter().filter(|arm| arm.name != self.baseline);
        others
            .filter_map(|arm| self.ratio(rounds, &arm.name, self.baseline))
            .collect()
    }

    fn result(&self, arm: &ArmInfo, cell: &Cell, rule: Rule) -> Option<ArmResult> {
        let (rounds, name) = (cell.rounds.as_slice(), arm.name.as_str());
        let all = |of: fn(&Sample) -> Option<u64>| values(rounds, name, of);
        let walls: Vec<f64> = rounds
            .iter()
            .filter_map(|round| round.seconds(name))
            .collect();
        let ratio = self
            .ratio(rounds, name, self.baseline)
            .filter(|_| name != self.baseline);
        let sequential = self.arms.iter().find(|arm| arm.side == Side::Sequential);
        let speed_up = sequential.and_then(|seq| self.ratio(rounds, &seq.name, name));
        let usable = match arm.side {
            Side::Sequential => 1.0,
            _ => count(self.cpus.max(1)),
        };
        let memory = cell.memory.iter().filter(|sample| sample.arm == name);
        Some(ArmResult {
            arm: arm.name.clone(),
            wall: times(&all(|sample| Some(sample.wall_ns)))?,
            setup: times(&all(|sample| sample.setup_ns)),
            work: times(&all(|sample| sample.work_ns)),
            teardown: times(&all(|sample| sample.teardown_ns)),
            user_ns: middle(&all(|sample| sample.user_ns)),
            sys_ns: middle(&all(|sample| sample.sys_ns)),
            voluntary_switches: middle(&all(|sample| sample.voluntary_switches)),
            involuntary_switches: middle(&all(|sample| sample.involuntary_switches)),
            cpu: median_of(&busy(rounds, name)).map(|busy| busy / usable),
            peak_pss: middle(
                &memory
                    .clone()
                    .map(|sample| sample.peak_pss)
                    .collect::<Vec<_>>(),
            ),
            peak_rss: middle(&memory.map(|sample| sample.peak_rss).collect::<Vec<_>>()),
            word: ratio.map(|ratio| rule.word(rounds.len(), &ratio)),
            more_rounds: ratio.and_then(|ratio| rule.more_rounds(rounds.len(), &ratio)),
            ratio,
            efficiency: speed_up.map(|speed_up| speed_up.mid / usable),
            speed_up,
            outliers: numbers(rounds, name, &far_off(&walls)),
            two_modes: are_two_heaps(&walls),
        })
    }

    fn ratio(&self, rounds: &[Round], one: &str, other: &str) -> Option<Interval> {
        let ratios = rounds.iter().filter_map(|round| round.ratio(one, other));
        median_interval(&ratios.collect::<Vec<_>>(), self.settings.confidence)
    }
}

fn values(rounds: &[Round], arm: &str, value: impl Fn(&Sample) -> Option<u64>) -> Vec<u64> {
    let samples = rounds.iter().filter_map(|round| round.sample(arm));
    samples.filter_map(value).collect()
}

/// Processor time by wall time, round by round.
fn busy(rounds: &[Round], arm: &str) -> Vec<f64> {
    let share = |round: &Round| Some(seconds(round.sample(arm)?.cpu_ns()?) / round.seconds(arm)?);
    rounds.iter().filter_map(share).collect()
}

/// The numbers of the rounds whose samples of the arm have these places among its samples.
fn numbers(rounds: &[Round], arm: &str, places: &[usize]) -> Vec<usize> {
    let with = rounds.iter().filter(|round| round.sample(arm).is_some());
    let numbers: Vec<usize> = with.map(|round| round.number).collect();
    let found = places.iter().filter_map(|place| numbers.get(*place));
    found.copied().collect()
}

fn times(values: &[u64]) -> Option<Times> {
    let seconds: Vec<f64> = values.iter().map(|ns| seconds(*ns)).collect();
    let spread = Spread::of(&seconds)?;
    Some(Times {
        n: spread.n,
        min_ns: nanoseconds(spread.min),
        low_ns: nanoseconds(spread.low),
        median_ns: nanoseconds(spread.median),
        high_ns: nanoseconds(spread.high),
        mad_ns: nanoseconds(spread.distance),
        p95_ns: nanoseconds(spread.p95),
        max_ns: nanoseconds(spread.max),
    })
}

fn middle(values: &[u64]) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

fn seconds(nanoseconds: u64) -> f64 {
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

fn nanoseconds(seconds: f64) -> u64 {
    let time = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
