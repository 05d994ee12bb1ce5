//! Reports as measuring makes them, made up from a seed: for looking at pages and tables without measuring.
//!
//! Their figures are no measurements, and the pages say so. Each comparison is there to fill one kind of plot.

mod random;
mod quantile;
mod cell;
mod single;
mod sweep;
mod other;

use crate::environment::Environment;
use crate::report::{ArmInfo, Grade, Measured, Report, Settings, Side, State};

use random::Random;

/// The seed of all made-up figures.
const SEED: u64 = 42;

/// A report that has every kind of comparison.
///
/// ```
/// let report = anypool_compare::sample::report();
/// assert!(report.comparisons.iter().any(|comparison| comparison.name == "gil"));
/// ```
pub fn report() -> Report {
    let mut random = Random::new(SEED);
    let comparisons = vec![
        other::tutorial(&mut random),
        single::gil(&mut random),
        sweep::overhead(&mut random),
        sweep::scaling(&mut random),
        sweep::memory(&mut random),
        other::faults(),
    ];
    with("sample", comparisons)
}

/// A report of one comparison, as a person who asks one question gets it.
pub fn one() -> Report {
    with("gil", vec![single::gil(&mut Random::new(SEED))])
}

/// A report from a machine that is too busy for any verdict.
pub fn noisy() -> Report {
    let mut report = one();
    for comparison in &mut report.comparisons {
        for cell in &mut comparison.cells {
            cell.noise.floor = Some(0.62);
            cell.noise.disturbed = 11;
            cell.noise.grade = Grade::Poor;
        }
    }
    report
}

/// A report that was interrupted before its first round.
pub fn unfinished() -> Report {
    let mut report = one();
    report.state = State::Unfinished;
    for comparison in &mut report.comparisons {
        comparison.cells.clear();
        comparison.card = None;
    }
    report
}

/// A report of a person who calls things by names that break pages: markup, right-to-left, endless, control codes.
pub fn hostile() -> Report {
    let mut report = report();
    let evil = [
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "עברית ועוד עברית",
        "\u{202e}gnol\u{1b}[31m-red\u{7}",
        "名前がとても長いアームの名前がとても長いアームの名前がとても長いアーム",
    ];
    let long = "x".repeat(400);
    report.name = evil[0].to_owned();
    report.command_line = format!("cargo xtask compare {} {long}", evil[0]);
    report.environment.cpu = evil[1].to_owned();
    for comparison in &mut report.comparisons {
        let plain: Vec<String> = comparison.arms.iter().map(|arm| arm.name.clone()).collect();
        for (place, old) in plain.iter().enumerate() {
            let new = format!("{}|{place}", evil.get(place).copied().unwrap_or(&long));
            rename(comparison, old, &new);
        }
        comparison.name = format!("{}{}", comparison.name, evil[1]);
        comparison.question = format!("{} {long}?", evil[0]);
        comparison.workload = long.clone();
        comparison.notes.push(evil[3].to_owned());
        if let Some(card) = &mut comparison.card {
            card.headline = format!("{} {}", evil[2], evil[0]);
            card.reasons.push(long.clone());
        }
    }
    report
}

/// Gives an arm another name wherever it is named.
fn rename(comparison: &mut Measured, old: &str, new: &str) {
    let change = |name: &mut String| {
        if name == old {
            new.clone_into(name);
        }
    };
    comparison
        .arms
        .iter_mut()
        .for_each(|arm| change(&mut arm.name));
    change(&mut comparison.baseline);
    for cell in &mut comparison.cells {
        cell.arms.iter_mut().for_each(|arm| change(&mut arm.arm));
        cell.memory
            .iter_mut()
            .for_each(|sample| change(&mut sample.arm));
        cell.timelines
            .iter_mut()
            .for_each(|lanes| change(&mut lanes.arm));
        let samples = cell.rounds.iter_mut().flat_map(|round| &mut round.samples);
        samples.for_each(|sample| change(&mut sample.arm));
    }
    comparison.crossovers.iter_mut().for_each(|crossover| {
        change(&mut crossover.arm);
        change(&mut crossover.versus);
    });
    comparison
        .scaling
        .iter_mut()
        .for_each(|scaling| change(&mut scaling.arm));
    let rows = comparison
        .isolation
        .iter_mut()
        .flat_map(|isolation| &mut isolation.rows);
    rows.flat_map(|row| &mut row.arms)
        .for_each(|arm| change(&mut arm.arm));
}

fn with(name: &str, comparisons: Vec<Measured>) -> Report {
    let settings = Settings {
        seed: SEED,
        ..Settings::default()
    };
    let mut report = Report::new(name, settings, environment());
    report.started = "2026-01-02T03:04:05Z".to_owned();
    report.elapsed_ns = 112_000_000_000;
    report.state = State::Complete;
    report.command_line = format!("cargo xtask compare {name} --seed {SEED}");
    report.comparisons = comparisons;
    report
}

fn environment() -> Environment {
    Environment {
        cpu: "Made-up Processor 9000 (figures of a sample)".to_owned(),
        cpus_allowed: 2,
        kernel: "linux 6.18.0".to_owned(),
        rustc: "rustc 1.95.0".to_owned(),
        load: "0.31".to_owned(),
        ..Environment::default()
    }
}

/// The arms of a sample: name, noun and side.
fn arms(named: &[(&str, &str, Side)]) -> Vec<ArmInfo> {
    let arm = |(name, noun, side): &(&str, &str, Side)| ArmInfo {
        name: (*name).to_owned(),
        noun: (*noun).to_owned(),
        side: *side,
        control_of: None,
        command: format!("runner --arm {name} map primes"),
    };
    named.iter().map(arm).collect()
}

/// A small number as a whole one.
fn whole(number: f64) -> u64 {
    std::time::Duration::try_from_secs_f64(number)
        .unwrap_or_default()
        .as_secs()
}
