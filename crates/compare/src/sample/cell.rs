//! Makes a cell of a sample: rounds of samples first, then what they amount to.

use super::quantile::Sorted;
use super::random::Random;
use crate::report::{
    ArmResult, Cell, Grade, Interval, MachineLoad, MemorySample, Noise, Round, Sample, Times, Word,
};

/// What an arm of a sample is made to be like.
pub(super) struct Truth {
    /// Its name.
    pub(super) arm: &'static str,
    /// Its time, in seconds.
    pub(super) wall: f64,
    /// The part of it until the pool is ready, in seconds.
    pub(super) setup: f64,
    /// Processor time by wall time, for the program.
    pub(super) user: f64,
    /// Processor time by wall time, for the kernel.
    pub(super) sys: f64,
    /// Memory, in MiB: a shared page counted once, and once for each process.
    pub(super) memory: (u64, u64),
    /// How far its times are spread.
    pub(super) spread: f64,
}

/// How a cell of a sample is measured.
pub(super) struct Measuring {
    pub(super) point: Option<f64>,
    pub(super) rounds: usize,
    pub(super) baseline: &'static str,
    pub(super) cpus: f64,
}

const SECOND: f64 = 1e9;
const MIB: u64 = 1 << 20;
const BAND: f64 = 0.061;

pub(super) fn cell(measuring: &Measuring, truths: &[Truth], random: &mut Random) -> Cell {
    let rounds: Vec<Round> = (1..=measuring.rounds)
        .map(|number| round(number, truths, random))
        .collect();
    let memory = truths.iter().map(|truth| MemorySample {
        arm: truth.arm.to_owned(),
        peak_pss: truth.memory.0 * MIB,
        peak_rss: truth.memory.1 * MIB,
        processes: 3,
        looks: 40,
    });
    Cell {
        point: measuring.point,
        arms: truths
            .iter()
            .map(|truth| result(truth, measuring, &rounds))
            .collect(),
        noise: Noise {
            floor: Some(BAND),
            order_effect: Some(0.004),
            foreign_cpu: Some(0.03),
            steal: Some(0.003),
            cpu_pressure: Some((0.02, 0.31)),
            disturbed: rounds
                .iter()
                .filter(|round| !round.disturbed.is_empty())
                .count(),
            repeated: 1,
            grade: Grade::Fair,
        },
        memory: memory.collect(),
        rounds,
        timelines: Vec::new(),
        ended: Some("every interval is narrow enough".to_owned()),
    }
}

fn round(number: usize, truths: &[Truth], random: &mut Random) -> Round {
    let busy = random.share() < 0.1;
    let machine = random.factor(0.03) * if busy { 1.2 } else { 1.0 };
    let turn = number % truths.len().max(1);
    let order = truths.iter().cycle().skip(turn).take(truths.len());
    let samples = order.map(|truth| {
        let mode = if truth.arm == "pool" && random.share() < 0.35 {
            1.05
        } else {
            1.0
        };
        let wall = truth.wall * machine * mode * random.factor(truth.spread);
        Sample {
            arm: truth.arm.to_owned(),
            wall_ns: ns(wall),
            setup_ns: Some(ns(truth.setup * random.factor(0.1))),
            work_ns: Some(ns(wall - truth.setup)),
            teardown_ns: Some(ns(truth.setup * 0.2)),
            user_ns: Some(ns(wall * truth.user)),
            sys_ns: Some(ns(wall * truth.sys)),
            voluntary_switches: Some(ns(wall * 1e-7)),
            involuntary_switches: Some(ns(wall * 3e-8)),
            resident: None,
            digest: "5d41402abc4b2a76".to_owned(),
        }
    });
    let samples = samples.collect();
    let disturbed = if busy {
        vec!["others took 31 % of the processors".to_owned()]
    } else {
        Vec::new()
    };
    Round {
        number,
        disturbed,
        repeats: None,
        load: MachineLoad {
            foreign_cpu: Some(if busy { 0.31 } else { 0.02 }),
            ..MachineLoad::default()
        },
        samples,
    }
}

fn result(truth: &Truth, measuring: &Measuring, rounds: &[Round]) -> ArmResult {
    let of = |value: &dyn Fn(&Sample) -> Option<u64>| -> Vec<f64> {
        let samples = rounds.iter().filter_map(|round| round.sample(truth.arm));
        samples.filter_map(value).map(float).collect()
    };
    let ratio_to = |other: &str, inverse: bool| {
        let ratio = |round: &Round| {
            let own = float(round.sample(truth.arm)?.wall_ns);
            let other = float(round.sample(other)?.wall_ns);
            Some(if inverse { other / own } else { own / other })
        };
        let ratios: Vec<f64> = rounds.iter().filter_map(ratio).collect();
        (!ratios.is_empty()).then(|| Sorted::new(ratios).interval())
    };
    let ratio = (truth.arm != measuring.baseline)
        .then(|| ratio_to(measuring.baseline, false))
        .flatten();
    let speed_up = ratio_to("seq", true);
    ArmResult {
        arm: truth.arm.to_owned(),
        wall: times(&of(&|sample| Some(sample.wall_ns))),
        setup: Some(times(&of(&|sample| sample.setup_ns))),
        work: Some(times(&of(&|sample| sample.work_ns))),
        teardown: Some(times(&of(&|sample| sample.teardown_ns))),
        user_ns: Some(ns(truth.wall * truth.user)),
        sys_ns: Some(ns(truth.wall * truth.sys)),
        voluntary_switches: Some(ns(truth.wall * 1e-7)),
        involuntary_switches: Some(ns(truth.wall * 3e-8)),
        cpu: Some((truth.user + truth.sys) / measuring.cpus),
        peak_pss: Some(truth.memory.0 * MIB),
        peak_rss: Some(truth.memory.1 * MIB),
        word: ratio.map(word),
        more_rounds: None,
        efficiency: speed_up.map(|speed_up| speed_up.mid / measuring.cpus),
        ratio,
        speed_up,
        outliers: vec![3],
        two_modes: truth.arm == "pool",
    }
}

fn word(ratio: Interval) -> Word {
    match ratio {
        ratio if ratio.high < 1.0 - BAND => Word::Faster,
        ratio if ratio.low > 1.0 + BAND => Word::Slower,
        ratio if ratio.low > 1.0 - BAND && ratio.high < 1.0 + BAND => Word::Same,
        _ => Word::Unclear,
    }
}

fn times(numbers: &[f64]) -> Times {
    let sorted = Sorted::new(numbers.to_vec());
    let interval = sorted.interval();
    let distances = numbers.iter().map(|number| (number - interval.mid).abs());
    let whole = |number: f64| ns(number / SECOND);
    Times {
        n: numbers.len(),
        min_ns: whole(sorted.at(0.0)),
        low_ns: whole(interval.low),
        median_ns: whole(interval.mid),
        high_ns: whole(interval.high),
        mad_ns: whole(Sorted::new(distances.collect()).at(0.5)),
        p95_ns: whole(sorted.at(0.95)),
        max_ns: whole(sorted.at(1.0)),
    }
}

/// Seconds as whole nanoseconds.
pub(super) fn ns(seconds: f64) -> u64 {
    let duration = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn float(ns: u64) -> f64 {
    std::time::Duration::from_nanos(ns).as_secs_f64() * SECOND
}
