//! The rows of the bench and their goals.
//!
//! - [`processes`]: how fast process pools pass jobs on;
//! - [`threads`]: how fast thread pools do;
//! - [`lives`]: starting, dying, and whole programs;
//! - [`rest`]: what a pool costs that has nothing to do, or too much.

mod processes;
mod threads;
mod lives;
mod rest;

use std::time::Duration;

use super::goal::{Check, Goal};
use super::row::{Aggregate, Metric, Pace, Row, Staging};
use super::unit::{Better, Unit};

/// All rows, in the order in which they are measured.
pub(crate) fn all() -> Vec<Row> {
    [
        processes::rows(),
        threads::rows(),
        lives::rows(),
        rest::rows(),
    ]
    .concat()
}

/// The thread pools that a process pool is measured by, too.
const THREAD_PEERS: &[&str] = &["crossbeam", "rayon", "threadpool", "tokio"];

const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * KIB;
const MICROSECOND: f64 = 1e3;
const MILLISECOND: f64 = 1e6;

/// A metric of which less is better.
fn less(name: &'static str, title: &'static str, unit: Unit, goals: Vec<Goal>) -> Metric {
    Metric {
        name,
        title,
        unit,
        better: Better::Less,
        aggregate: Aggregate::Median,
        goals,
    }
}

/// A metric of which more is better.
fn more(name: &'static str, title: &'static str, unit: Unit, goals: Vec<Goal>) -> Metric {
    Metric {
        better: Better::More,
        ..less(name, title, unit, goals)
    }
}

/// So many times as good as the best of `than`, wherever the kernel puts both.
fn times(than: &'static [&'static str], times: f64) -> Goal {
    Goal::free(Check::Times { than, times })
}

/// Rounds of a budget that can be chosen.
fn in_turn(rounds: u32, milliseconds: u64) -> Pace {
    Pace {
        rounds,
        budget: Duration::from_millis(milliseconds),
        quick: 1.0,
        staging: Staging::InTurn,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::bench::mode::Mode;

    #[test]
    fn names_are_words_of_their_own() {
        let rows = all();
        let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), rows.len());
        let plain = |name: &&str| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit())
        };
        assert!(names.iter().all(plain), "{names:?}");
    }

    #[test]
    fn every_row_has_a_goal_that_it_can_judge() {
        let transports = ["pipe".to_owned()];
        for row in all() {
            let arms = row.arms(&transports);
            let goals = row.metrics.iter().flat_map(|metric| &metric.goals);
            assert!(goals.clone().count() > 0, "{}", row.name);
            for goal in goals {
                assert!(row.modes.contains(&goal.mode), "{}", row.name);
                if let Check::Times { than, times } = &goal.check {
                    assert!(*times > 0.0);
                    let there = |arm: &&str| arms.iter().any(|known| known == arm);
                    assert!(than.iter().all(there), "{}: {than:?}", row.name);
                }
            }
        }
    }

    #[test]
    fn rows_where_cores_matter_are_measured_in_both_modes() {
        for name in ["one-in-flight", "thread-one-in-flight"] {
            let row = all().into_iter().find(|row| row.name == name).unwrap();
            assert_eq!(row.modes, [Mode::Free, Mode::Pinned]);
        }
    }

    #[test]
    fn a_transport_more_is_an_arm_more() {
        let row = all().remove(0);
        let arms = |transports: &[&str]| {
            row.arms(
                &transports
                    .iter()
                    .map(|name| (*name).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(arms(&["shm", "pipe"])[..2], ["pool-shm", "pool-pipe"]);
        assert_eq!(arms(&["shm", "pipe"]).len(), arms(&["shm"]).len() + 1);
    }
}
