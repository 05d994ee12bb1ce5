//! What tutorials say of threads and processes, and whether it holds here: in CPython, and in Rust.
//!
//! How long workers take to start is the set-up of the tutorial's own comparison; what computing gains by threads is told
//! by the one behind a global lock; memory by the first that looked at it.

use crate::arm::Arm;
use crate::render::quantity::{float, ratio, size, time_of};
use crate::report::{Cell, Claim, Holds, Interval, Measured, Sample, Settings, Word};
use crate::statistics::median_interval;
use crate::verdict::Rule;

/// The comparison that is about the tutorial's own work.
pub(crate) const TUTORIAL: &str = "tutorial";

/// Whether something holds, and the figures for that.
type Found = (Holds, String);

/// Threads and processes of one language.
#[derive(Clone, Copy)]
struct Pair {
    threads: Arm,
    processes: Arm,
}

const RUST: Pair = Pair {
    threads: Arm::Threads,
    processes: Arm::Pool,
};
const CPYTHON: Pair = Pair {
    threads: Arm::PyThreads,
    processes: Arm::PyProcs,
};

/// The three claims, by what was measured.
pub(crate) fn claims(comparisons: &[Measured], settings: &Settings) -> Vec<Claim> {
    let cell = |name: &str| {
        let found = comparisons.iter().find(|measured| measured.name == name);
        found.and_then(|measured| measured.cells.first())
    };
    let (tutorial, gil) = (cell(TUTORIAL), cell("gil"));
    let claim = |claim: &str, of: &dyn Fn(Pair) -> Option<Found>| {
        let found = |pair| of(pair).unwrap_or((Holds::NotMeasured, String::new()));
        let ((cpython, cpython_figures), (rust, rust_figures)) = (found(CPYTHON), found(RUST));
        Claim {
            claim: claim.to_owned(),
            cpython,
            cpython_figures,
            rust,
            rust_figures,
        }
    };
    vec![
        claim("threads start faster than processes", &|pair| {
            starts(tutorial?, pair, settings)
        }),
        claim("threads do not speed up computing", &|pair| {
            computes(gil?, pair, settings)
        }),
        claim("processes need more memory", &|pair| {
            memory(tutorial?, pair, settings)
        }),
    ]
}

/// Five workers until all are started.
fn starts(cell: &Cell, pair: Pair, settings: &Settings) -> Option<Found> {
    let setup = |sample: &Sample| sample.setup_ns.map(float);
    let interval = of_rounds(cell, [pair.processes, pair.threads], setup, settings)?;
    let median = |arm: Arm| Some(time_of(cell.arm(arm.name())?.setup?.median_ns));
    let figures = format!(
        "{} for threads, {} for processes, from the program's start",
        median(pair.threads)?,
        median(pair.processes)?
    );
    Some((holds(cell, &interval, settings), figures))
}

/// Computing on threads beside computing on as many processes.
fn computes(cell: &Cell, pair: Pair, settings: &Settings) -> Option<Found> {
    let wall = |sample: &Sample| Some(float(sample.wall_ns));
    let interval = of_rounds(cell, [pair.threads, pair.processes], wall, settings)?;
    let holds = match holds(cell, &interval, settings) {
        // Threads that keep up with processes speed up computing as these do.
        Holds::Unclear if interval.high < LEAST_GAIN => Holds::No,
        found => found,
    };
    Some((
        holds,
        format!(
            "threads take {} × as long as processes",
            ratio(interval.mid)
        ),
    ))
}

/// Threads that take less than so many times as long as processes have gained most of what there is.
const LEAST_GAIN: f64 = 1.25;

fn memory(cell: &Cell, pair: Pair, settings: &Settings) -> Option<Found> {
    let peak = |arm: Arm| cell.arm(arm.name())?.peak_pss.map(float);
    let (threads, processes) = (peak(pair.threads)?, peak(pair.processes)?);
    let more = processes / threads - 1.0;
    let holds = if more > settings.min_effect {
        Holds::Yes
    } else {
        Holds::No
    };
    Some((
        holds,
        format!(
            "{} for threads, {} for processes",
            size(threads),
            size(processes)
        ),
    ))
}

/// The interval of the ratio of one arm to another, round by round.
fn of_rounds(
    cell: &Cell,
    [one, other]: [Arm; 2],
    of: impl Fn(&Sample) -> Option<f64>,
    settings: &Settings,
) -> Option<Interval> {
    let ratios = cell.rounds.iter().filter_map(|round| {
        Some(of(round.sample(one.name())?)? / of(round.sample(other.name())?)?)
    });
    median_interval(&ratios.collect::<Vec<_>>(), settings.confidence)
}

/// Whether the ratio is above one, as far as it is known.
fn holds(cell: &Cell, interval: &Interval, settings: &Settings) -> Holds {
    let rule = Rule::new(settings.min_effect, cell.noise.floor);
    match rule.word(cell.rounds.len(), interval) {
        Word::Slower => Holds::Yes,
        Word::Faster | Word::Same => Holds::No,
        Word::Unclear | Word::NotEnoughData => Holds::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round_of::round;
    use crate::sample;
    use crate::summary::Summing;

    /// A comparison of sixteen equal rounds.
    fn measured(name: &str, times: &[(&str, u64)]) -> Measured {
        let mut measured = sample::one().comparisons.remove(0);
        measured.name = name.to_owned();
        measured.arms = Arm::EVERY.map(|arm| arm.info(String::new())).to_vec();
        let mut round = round(times);
        for sample in &mut round.samples {
            sample.setup_ns = Some(sample.wall_ns / 10);
        }
        let mut cell = Cell {
            rounds: vec![round; 16],
            ..Cell::default()
        };
        let settings = Settings::default();
        let summing = Summing {
            arms: &measured.arms,
            baseline: "threads",
            settings: &settings,
            cpus: 2,
        };
        summing.conclude(&mut cell);
        measured.cells = vec![cell];
        measured
    }

    #[test]
    fn each_claim_is_judged_by_its_figures() {
        let times = [
            ("threads", 100),
            ("pool", 200),
            ("py-threads", 300),
            ("py-procs", 150),
        ];
        let both = ["tutorial", "gil"].map(|name| measured(name, &times));
        let claims = claims(&both, &Settings::default());
        assert_eq!((claims[0].rust, claims[0].cpython), (Holds::Yes, Holds::No));
        assert_eq!((claims[1].rust, claims[1].cpython), (Holds::No, Holds::Yes));
        assert_eq!(
            claims[1].cpython_figures,
            "threads take 2.00 × as long as processes"
        );
        assert!(
            claims[0]
                .rust_figures
                .starts_with("10.0 ms for threads, 20.0 ms")
        );
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        for claim in claims(&[], &Settings::default()) {
            assert_eq!(
                (claim.cpython, claim.rust),
                (Holds::NotMeasured, Holds::NotMeasured)
            );
        }
        let rust = [measured("tutorial", &[("threads", 100), ("pool", 200)])];
        assert_eq!(
            claims(&rust, &Settings::default())[0].cpython,
            Holds::NotMeasured
        );
    }
}
