//! What runs right now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::listener::Listener;
use super::moment::{Moment, Tally};
use crate::event::{Event, TaskOutput, TaskStarted};

/// So much of what a running task has printed last is kept, in bytes.
const TAIL: usize = 1 << 10;

/// What runs right now, and where the run stands.
#[derive(Debug, Default)]
pub(super) struct Roster(Mutex<Now>);

/// What runs at a moment.
#[derive(Debug, Default)]
pub(super) struct Now {
    running: HashMap<u64, Running>,
    pub(super) tally: Tally,
    /// How many events there were.
    pub(super) events: u64,
}

/// A task that runs.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) started: TaskStarted,
    /// When it started, in nanoseconds of the run without those in which it was suspended.
    pub(super) since: u64,
    /// What it has printed last.
    pub(super) tail: Vec<u8>,
}

impl Roster {
    /// How it is now.
    pub(super) fn now(&self) -> MutexGuard<'_, Now> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Now {
    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    /// So many of those that run, the one that has run longest first.
    pub(super) fn oldest(&self, most: usize) -> Vec<&Running> {
        let mut running: Vec<_> = self.running.values().collect();
        running.sort_unstable_by_key(|running| (running.since, running.started.index));
        running.truncate(most);
        running
    }

    fn started(&mut self, started: &TaskStarted, since: u64) {
        let running = Running {
            started: started.clone(),
            since,
            tail: Vec::new(),
        };
        self.running.insert(started.index, running);
    }

    fn printed(&mut self, printed: &TaskOutput) {
        let Some(running) = self.running.get_mut(&printed.index) else {
            return;
        };
        let bytes = printed.output.as_bytes();
        let tail = &mut running.tail;
        tail.extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL)..]);
        tail.drain(..tail.len().saturating_sub(TAIL));
    }
}

impl Listener for Arc<Roster> {
    fn hear(&self, moment: &Moment) {
        let mut now = self.now();
        now.tally = moment.tally;
        now.events += 1;
        match &moment.stamped.event {
            Event::TaskStarted(started) => {
                let since = moment.stamped.t.saturating_sub(moment.tally.held);
                now.started(started, since);
            }
            Event::TaskOutput(printed) => now.printed(printed),
            Event::TaskRetry(retry) => _ = now.running.remove(&retry.index),
            Event::TaskFinished(finished) => _ = now.running.remove(&finished.index),
            Event::RunStarted(_) => now.running.clear(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Stamped;
    use crate::event::samples::samples;

    fn hear(roster: &Arc<Roster>, t: u64, event: Event) {
        let stamped = Stamped { t, event };
        let tally = Tally::default();
        roster.hear(&Moment { stamped, tally });
    }

    #[test]
    fn who_has_started_and_not_ended_runs() {
        let roster = Arc::<Roster>::default();
        for sample in samples() {
            let ends = matches!(sample.event, Event::TaskRetry(_) | Event::TaskFinished(_));
            let starts = matches!(sample.event, Event::TaskStarted(_));
            hear(&roster, sample.t, sample.event);
            assert!(!(ends && roster.now().len() > 0));
            assert!(!starts || roster.now().len() == 1);
        }
        assert_eq!(roster.now().len(), 0);
    }

    #[test]
    fn time_in_which_the_run_was_suspended_is_no_time_of_a_task() {
        let roster = Arc::<Roster>::default();
        let mut samples = samples().into_iter();
        let started = samples.find(|sample| sample.event.name() == "task-started");
        let stamped = Stamped {
            t: 10,
            ..started.unwrap()
        };
        let tally = Tally {
            held: 7,
            ..Tally::default()
        };
        roster.hear(&Moment { stamped, tally });
        assert_eq!(roster.now().oldest(1)[0].since, 3);
    }

    #[test]
    fn the_oldest_come_first_and_the_end_of_what_they_print_is_kept() {
        let roster = Arc::<Roster>::default();
        let sample = |name: &str| {
            let mut samples = samples().into_iter().map(|sample| sample.event);
            samples.find(|event| event.name() == name).unwrap()
        };
        for index in [3, 1, 2] {
            let Event::TaskStarted(mut started) = sample("task-started") else {
                unreachable!("it was found by its name");
            };
            started.index = index;
            hear(&roster, 10 - index, Event::TaskStarted(started));
        }
        let Event::TaskOutput(mut printed) = sample("task-output") else {
            unreachable!("it was found by its name");
        };
        printed.index = 3;
        printed.output = vec![b'x'; 3 * TAIL].into();
        hear(&roster, 20, Event::TaskOutput(printed.clone()));
        printed.output = b"end".to_vec().into();
        hear(&roster, 21, Event::TaskOutput(printed));
        let now = roster.now();
        let oldest = now.oldest(2);
        let order: Vec<_> = oldest.iter().map(|running| running.started.index).collect();
        assert_eq!(order, [3, 2]);
        assert_eq!(oldest[0].tail.len(), TAIL);
        assert!(oldest[0].tail.ends_with(b"xend"));
    }
}
