//! An event, and where the run stands then.

use crate::event::{Counts, Event, Stamped};

/// An event, and where the run stands then.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) stamped: Stamped,
    pub(super) tally: Tally,
}

/// Where a run stands, as far as its events tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many events there have been, with this one.
    pub(super) events: u64,
    /// For how long the run was suspended before it, in nanoseconds.
    pub(super) held: u64,
    /// How many tasks there are, where that is known.
    pub(super) total: Option<u64>,
    /// How the settled ones ended.
    pub(super) counts: Counts,
}

impl Tally {
    /// Something has happened.
    pub(super) fn count(&mut self, event: &Event) {
        self.events += 1;
        match event {
            Event::RunStarted(started) => {
                // A log can hold several runs.
                *self = Self {
                    events: self.events,
                    total: started.tasks,
                    ..Self::default()
                };
            }
            Event::TasksKnown(known) => self.total = Some(known.tasks),
            Event::TaskFinished(finished) => {
                let (tries, slow) = (finished.attempt, finished.slow);
                self.counts.add(finished.verdict(), tries, slow);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::samples::samples;

    #[test]
    fn what_is_settled_is_counted_from_one_run_to_the_next() {
        let mut tally = Tally::default();
        let samples = samples();
        samples.iter().for_each(|sample| tally.count(&sample.event));
        assert_eq!((tally.total, tally.counts.crashed), (Some(27), 1));
        assert_eq!(tally.counts.settled(), 1);
        tally.count(&samples[0].event);
        assert_eq!(tally.counts, Counts::default());
        assert_eq!(tally.events, samples.len() as u64 + 1);
    }
}
