//! Reports that differ in known ways.

use super::*;
use crate::report::Noise;
use crate::sample;

fn ratio(arm: &mut ArmResult, mid: f64, width: f64) {
    arm.ratio = Some(Interval {
        low: mid * (1.0 - width),
        mid,
        high: mid * (1.0 + width),
    });
    arm.word = Some(Word::Unclear);
}

/// The words for an arm whose ratio goes from 1 to `after`.
fn word(after: f64, width: f64, floor: Option<f64>) -> Word {
    let report = |mid| {
        let mut report = sample::one();
        let cell = &mut report.comparisons[0].cells[0];
        cell.noise = Noise {
            floor,
            ..Noise::default()
        };
        let pool = cell.arms.iter_mut().find(|arm| arm.arm == "pool");
        ratio(pool.unwrap(), mid, width);
        report
    };
    let diff = Diff::between(&report(1.0), &report(after), false).unwrap();
    let row = diff.rows.iter().find(|row| row.arm == "pool").unwrap();
    row.change.unwrap().1
}

#[test]
fn a_change_needs_both_intervals_apart_and_more_than_the_noise() {
    assert_eq!(word(1.5, 0.02, None), Word::Slower);
    assert_eq!(word(0.5, 0.02, None), Word::Faster);
    assert_eq!(word(1.0, 0.01, None), Word::Same);
    assert_eq!(word(1.1, 0.04, None), Word::Unclear);
    assert_eq!(word(1.5, 0.02, Some(0.6)), Word::Same);
    assert_eq!(word(1.5, 0.02, Some(0.5)), Word::Unclear);
}

#[test]
fn the_baseline_has_times_and_no_word() {
    let diff = Diff::between(&sample::one(), &sample::one(), false).unwrap();
    let threads = diff.rows.iter().find(|row| row.arm == "threads").unwrap();
    assert_eq!((threads.ratios, threads.change), (None, None));
    let text = diff.terminal();
    assert!(text.contains("baseline"), "{text}");
    assert!(
        diff.markdown().contains("| gil | threads |"),
        "{}",
        diff.markdown()
    );
}

#[test]
fn another_machine_is_refused_unless_forced() {
    let mut other = sample::one();
    other.environment.cpus_allowed = 64;
    other.environment.kernel = "linux 7.0".to_owned();
    let refused = Diff::between(&sample::one(), &other, false).unwrap_err();
    let text = refused.to_string();
    assert!(
        text.contains("processors that may be used: 2 before, 64 after"),
        "{text}"
    );
    assert!(
        text.contains("kernel: linux 6.18.0 before, linux 7.0 after"),
        "{text}"
    );
    assert!(text.contains("--force"), "{text}");
    let forced = Diff::between(&sample::one(), &other, true).unwrap();
    assert_eq!(forced.caveats.len(), 2);
    assert!(
        forced.terminal().contains("! kernel"),
        "{}",
        forced.terminal()
    );
}

#[test]
fn what_only_one_has_is_named() {
    let (all, one) = (sample::report(), sample::one());
    let fewer = Diff::between(&all, &one, false).unwrap();
    assert!(fewer.unpaired.contains(&"scaling: only before".to_owned()));
    let more = Diff::between(&one, &all, false).unwrap();
    assert!(more.unpaired.contains(&"overhead: only after".to_owned()));
    let mut changed = one.clone();
    changed.comparisons[0].workload = "less".to_owned();
    let none = Diff::between(&one, &changed, false).unwrap();
    assert_eq!(none.unpaired, ["gil: its work or its baseline has changed"]);
    assert!(none.terminal().contains("no ratio in common"));
    let mut points = all.clone();
    points.comparisons[2].cells.pop();
    let fewer = Diff::between(&all, &points, false).unwrap();
    assert_eq!(fewer.unpaired, ["overhead 100 ms: only before"]);
}
