//! Where an answer should change, computed from what each arm costs where tasks are shortest.
//!
//! An arm that runs so many tasks at once takes `N (c + d) / P` for `N` tasks of length `d`: `c` is what it costs to run
//! one, with each task's part of the start and the end of the pool. Behind a lock that all threads share, they run one
//! at a time.

/// The work of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Work {
    /// How many tasks.
    pub(crate) tasks: f64,
    /// How many run at once: one behind a lock.
    pub(crate) at_once: f64,
}

impl Work {
    /// What a task costs beside its length, in the time of one worker, where all of them took `wall`.
    pub(crate) fn cost(&self, wall: f64, length: f64) -> f64 {
        (wall * self.at_once / self.tasks - length).max(0.0)
    }
}

/// From what length of a task one that costs `arm` takes at most `share` longer than one that costs `versus`.
pub(crate) fn amortised(arm: f64, versus: f64, share: f64) -> f64 {
    ((arm - versus) / share - versus).max(0.0)
}

/// From what length of a task an arm that runs so many at once overtakes one that runs one at a time.
pub(crate) fn overtakes(arm: f64, waiting: f64, at_once: f64) -> Option<f64> {
    let gained = 1.0 - 1.0 / at_once;
    (gained > 0.0).then(|| ((arm / at_once - waiting) / gained).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE_BY_SIDE: Work = Work {
        tasks: 64.0,
        at_once: 2.0,
    };

    fn time(work: &Work, cost: f64, length: f64) -> f64 {
        work.tasks * (cost + length) / work.at_once
    }

    const THREADS: f64 = 20e-6;
    const PROCESSES: f64 = 90e-6;

    #[test]
    fn a_cost_is_found_in_the_time_that_it_makes() {
        let wall = time(&SIDE_BY_SIDE, PROCESSES, 1e-6);
        assert!((SIDE_BY_SIDE.cost(wall, 1e-6) - PROCESSES).abs() < 1e-12);
        assert_eq!(SIDE_BY_SIDE.cost(1e-9, 1.0), 0.0);
    }

    #[test]
    fn at_the_amortised_length_the_difference_is_just_the_share() {
        let length = amortised(PROCESSES, THREADS, 0.05);
        let [arm, versus] = [PROCESSES, THREADS].map(|cost| time(&SIDE_BY_SIDE, cost, length));
        assert!((arm / versus - 1.05).abs() < 1e-9);
        assert_eq!(amortised(THREADS, PROCESSES, 0.05), 0.0);
    }

    #[test]
    fn where_one_overtakes_both_take_as_long() {
        let length = overtakes(PROCESSES, THREADS, SIDE_BY_SIDE.at_once).unwrap();
        let one_at_a_time = Work {
            at_once: 1.0,
            ..SIDE_BY_SIDE
        };
        let arm = time(&SIDE_BY_SIDE, PROCESSES, length);
        assert!((arm / time(&one_at_a_time, THREADS, length) - 1.0).abs() < 1e-9);
        assert_eq!(overtakes(PROCESSES, THREADS, 1.0), None);
        assert_eq!(overtakes(THREADS, PROCESSES, 2.0), Some(0.0));
    }
}
