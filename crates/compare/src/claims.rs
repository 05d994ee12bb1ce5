//! What tutorials say of threads and processes, and whether it holds here: in CPython, and in Rust.
//!
//! How long workers take to start is the set-up of the tutorial's own comparison; what computing gains by threads is told
//! by the one behind a global lock; memory by the first that looked at it.

use crate::arm::{Arm, paired, told};
use crate::render::quantity::{float, ratio, size, time_of};
use crate::report::{Cell, Claim, Holds, Interval, Measured, Sample, Settings, Word};
use crate::statistics::median_interval;
use crate::verdict::Rule;

/// The comparison that is about the tutorial's own work.
pub(crate) const TUTORIAL: &str = "tutorial";

/// Whether something holds, and the figures for that.
type Found = (Holds, String);

/// What is judged by a cell.
type Judge = fn(&Cell, &Pair, &Settings) -> Option<Found>;

/// Threads and processes of one language.
type Language = [Arm; 2];

const RUST: Language = [Arm::Threads, Arm::Pool];
const CPYTHON: Language = [Arm::PyThreads, Arm::PyProcs];

/// Threads and processes of a language by their names in a cell, in one of their forms.
struct Pair {
    threads: String,
    processes: String,
    /// What their form is called; nothing for arms as they are.
    form: String,
}

/// The three claims, by what was measured.
pub(crate) fn claims(comparisons: &[Measured], settings: &Settings) -> Vec<Claim> {
    let cell = |name: &str| {
        let found = comparisons.iter().find(|measured| measured.name == name);
        found.and_then(|measured| measured.cells.first())
    };
    let claim = |claim: &str, cell: Option<&Cell>, judge: Judge| {
        let found = |language| judged(cell, language, judge, settings);
        let ((cpython, cpython_figures), (rust, rust_figures)) = (found(CPYTHON), found(RUST));
        Claim {
            claim: claim.to_owned(),
            cpython,
            cpython_figures,
            rust,
            rust_figures,
        }
    };
    let (tutorial, gil) = (cell(TUTORIAL), cell("gil"));
    vec![
        claim("threads start faster than processes", tutorial, starts),
        claim("threads do not speed up computing", gil, computes),
        claim("processes need more memory", tutorial, memory),
    ]
}

/// What all forms of a language's arms say together; where they do not say the same, that is unclear, and their figures tell.
fn judged(cell: Option<&Cell>, language: Language, judge: Judge, settings: &Settings) -> Found {
    let mut found: Vec<(String, Found)> = Vec::new();
    if let Some(cell) = cell {
        let pairs = pairs(cell, language).into_iter();
        found.extend(pairs.filter_map(|pair| {
            let found = judge(cell, &pair, settings)?;
            Some((pair.form, found))
        }));
    }
    match found.as_slice() {
        [] => (Holds::NotMeasured, String::new()),
        [(_, only)] => only.clone(),
        [(_, (first, _)), others @ ..] => {
            let is_one = others.iter().all(|(_, (holds, _))| holds == first);
            let told = found.iter().map(|(form, (holds, figures))| match is_one {
                true => format!("{}: {figures}", form.trim()),
                false => format!("{} ({}): {figures}", form.trim(), holds.text()),
            });
            let figures = told.collect::<Vec<_>>().join("; ");
            (if is_one { *first } else { Holds::Unclear }, figures)
        }
    }
}

/// The arms of a language in each of their forms.
fn pairs(cell: &Cell, [threads, processes]: Language) -> Vec<Pair> {
    let names: Vec<&str> = cell.arms.iter().map(|arm| arm.arm.as_str()).collect();
    let forms = paired(&names, threads.name(), processes.name()).into_iter();
    let pairs = forms.map(|[one, suffix]| Pair {
        threads: format!("{threads}{one}"),
        processes: format!("{processes}{suffix}"),
        form: told(suffix),
    });
    pairs.collect()
}

/// Five workers until all are started.
fn starts(cell: &Cell, pair: &Pair, settings: &Settings) -> Option<Found> {
    let setup = |sample: &Sample| sample.setup_ns.map(float);
    let interval = of_rounds(cell, [&pair.processes, &pair.threads], setup, settings)?;
    let median = |arm: &str| Some(time_of(cell.arm(arm)?.setup?.median_ns));
    let figures = format!(
        "{} for threads, {} for processes, from the program's start",
        median(&pair.threads)?,
        median(&pair.processes)?
    );
    Some((holds(cell, &interval, settings), figures))
}

/// Computing on threads beside computing on as many processes.
fn computes(cell: &Cell, pair: &Pair, settings: &Settings) -> Option<Found> {
    let wall = |sample: &Sample| Some(float(sample.wall_ns));
    let interval = of_rounds(cell, [&pair.threads, &pair.processes], wall, settings)?;
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

fn memory(cell: &Cell, pair: &Pair, settings: &Settings) -> Option<Found> {
    let peak = |arm: &str| cell.arm(arm)?.peak_pss.map(float);
    let (threads, processes) = (peak(&pair.threads)?, peak(&pair.processes)?);
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
    [one, other]: [&str; 2],
    of: impl Fn(&Sample) -> Option<f64>,
    settings: &Settings,
) -> Option<Interval> {
    let ratios = cell
        .rounds
        .iter()
        .filter_map(|round| Some(of(round.sample(one)?)? / of(round.sample(other)?)?));
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
        let pythons = [Arm::PyThreads, Arm::PyProcs].map(|arm| {
            ["3.12", "3.13"].map(|version| arm.on_python(0, version).info(String::new()))
        });
        let plain = Arm::EVERY.map(|arm| arm.info(String::new()));
        measured.arms = [plain.as_slice(), pythons.as_flattened()].concat();
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
    fn several_cpythons_say_together_what_they_agree_on() {
        let of = |procs: u64| {
            let times = [
                ("py-threads@3.12", 300),
                ("py-procs@3.12", 150),
                ("py-threads@3.13", 300),
                ("py-procs@3.13", procs),
            ];
            claims(&[measured("gil", &times)], &Settings::default()).remove(1)
        };
        let agreed = of(100);
        assert_eq!(agreed.cpython, Holds::Yes);
        assert_eq!(
            agreed.cpython_figures,
            "3.12: threads take 2.00 × as long as processes; \
             3.13: threads take 3.00 × as long as processes"
        );
        let split = of(300);
        assert_eq!(split.cpython, Holds::Unclear);
        assert!(
            split.cpython_figures.contains("3.13 (does not hold): "),
            "{}",
            split.cpython_figures
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
