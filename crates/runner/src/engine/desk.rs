//! What decides: which unit starts next, whether it is tried again, and when it was enough.
//!
//! All of a run's state is here. Nothing here waits, starts anything, or looks at a clock by itself.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::attempt::{Paused, Try};
use super::brakes::{Brakes, Hold, Machine};
use super::ending::Ending;
use super::feed::Feed;
use super::policy::{FailLimit, Policy, Repeat};
use crate::event::{Counts, StopCause, TaskFinished, TaskRetry, Verdict};

/// So many workers may die of a unit.
const POISON: u32 = 2;

/// So many units must have ended before a share of failures says something, where nobody knows how many there are.
const SAMPLE: u64 = 100;

/// What a worker slot is to do.
#[derive(Debug)]
pub(super) enum Take {
    /// Run this.
    Start(Box<Try>),
    /// Ask again when something has changed, or at this time.
    Wait(Option<Instant>),
    /// Nothing more will come.
    Over,
}

/// What becomes of a unit after a try.
#[derive(Debug)]
pub(super) enum Verdicts {
    /// It is to be tried again, which is to be told before it is paused.
    Again(TaskRetry, Paused),
    /// It is settled, and with it those that will not start because of it.
    Settled(Vec<Ending>),
}

/// The desk.
pub(super) struct Desk {
    pub(super) feed: Feed,
    policy: Policy,
    brakes: Brakes,
    /// Why nothing starts, at the last look.
    held: Option<Hold>,
    machine: Box<dyn Machine>,
    /// The slots that are taken.
    busy: usize,
    /// The tries that run.
    running: u64,
    paused: BinaryHeap<Reverse<Paused>>,
    began: Instant,
    pub(super) counts: Counts,
    pub(super) first_failure: Option<Arc<str>>,
    /// Why nothing more starts.
    pub(super) closed: Option<StopCause>,
}

impl Desk {
    pub(super) fn new(feed: Feed, policy: Policy, machine: Box<dyn Machine>, now: Instant) -> Self {
        Self {
            brakes: Brakes::new(&policy),
            feed,
            policy,
            held: None,
            machine,
            busy: 0,
            running: 0,
            paused: BinaryHeap::new(),
            began: now,
            counts: Counts::default(),
            first_failure: None,
            closed: None,
        }
    }

    pub(super) fn running(&self) -> u64 {
        self.running
    }

    /// What a free worker slot is to do now.
    pub(super) fn take(&mut self, now: Instant) -> Take {
        if self.closed.is_some() {
            return Take::Over;
        }
        if self.running == 0 && self.paused.is_empty() && self.feed.is_over() && !self.repeats(now)
        {
            return Take::Over;
        }
        self.held = self.brakes.hold(now, &*self.machine);
        if let Some(hold) = &self.held {
            return Take::Wait(Some(hold.until));
        }
        let room = self.policy.workers.saturating_sub(self.busy);
        let due = self
            .paused
            .peek()
            .map(|Reverse(paused)| (paused.until, paused.again.weight(&self.policy)));
        let next = match due {
            Some((until, weight)) if until <= now && weight <= room => {
                self.paused.pop().map(|Reverse(paused)| paused.again)
            }
            _ => self.feed.next(room, self.policy.workers).map(Try::first),
        };
        let Some(next) = next else {
            return Take::Wait(due.map(|(until, _)| until).filter(|until| *until > now));
        };
        self.busy += next.weight(&self.policy);
        self.running += 1;
        self.brakes.started(now);
        Take::Start(Box::new(next))
    }

    /// A try has ended like this. One that is to be followed by another counts as running until it is paused.
    pub(super) fn finish(&mut self, tried: Try, mut ended: TaskFinished, now: Instant) -> Verdicts {
        self.busy -= tried.weight(&self.policy);
        let retries = tried.unit.terms.retries;
        if retries.count > 0 {
            ended.tries = Some(retries.count.saturating_add(1));
        }
        let is_flaky = tried.attempt > 1 && ended.verdict() == Verdict::Ok;
        ended.flaky_fails = is_flaky && self.policy.flaky_fails;
        if self.is_tried_again(&tried, &ended) {
            let pause = retries.pause(tried.attempt, self.chance(&tried));
            let event = retry(&ended, pause);
            let deaths = tried.deaths + u32::from(ended.outcome == Verdict::Crashed);
            let again = Try {
                attempt: tried.attempt + 1,
                deaths,
                ..tried
            };
            let until = now.checked_add(pause).unwrap_or(now);
            let last = Box::new(ended);
            return Verdicts::Again(event, Paused { until, again, last });
        }
        self.running -= 1;
        Verdicts::Settled(self.settle(ended))
    }

    /// A unit waits for its next try from now on. When nothing more starts, its last one settles it.
    pub(super) fn pause(&mut self, paused: Paused) -> Vec<Ending> {
        self.running -= 1;
        if self.closed.is_some() {
            return self.settle(*paused.last);
        }
        self.paused.push(Reverse(paused));
        Vec::new()
    }

    /// Starts nothing more, and settles all that has not started. The first cause stays.
    pub(super) fn close(&mut self, cause: StopCause) -> Vec<Ending> {
        if self.closed.is_some() {
            return Vec::new();
        }
        self.closed = Some(cause);
        let mut settled = Vec::new();
        for Reverse(paused) in std::mem::take(&mut self.paused) {
            settled.extend(self.settle(*paused.last));
        }
        let rest = self.feed.give_up();
        self.counts.cancelled += rest.len() as u64;
        settled.extend(rest.into_iter().map(|next| Ending::Cancelled(next, cause)));
        settled
    }

    /// Why the run has to end now, if it has to.
    pub(super) fn enough(&self) -> Option<StopCause> {
        if self.closed.is_some() {
            return None;
        }
        let won = |wanted: std::num::NonZeroU64| self.counts.ok >= wanted.get();
        if self.policy.until_success.is_some_and(won) {
            return Some(StopCause::UntilSuccess);
        }
        let failed = self.counts.not_ok();
        let ended = self.counts.settled();
        let too_many = match self.policy.max_fail.limit {
            FailLimit::All => false,
            FailLimit::Count(most) => failed >= most.get(),
            FailLimit::Percent(share) => {
                let of = self
                    .feed
                    .total()
                    .or_else(|| (ended >= SAMPLE).then_some(ended));
                failed > 0 && of.is_some_and(|of| failed * 100 >= of * u64::from(share))
            }
        };
        too_many.then_some(StopCause::MaxFail)
    }

    /// How many wait, and for what.
    pub(super) fn waiting(&self) -> Vec<(usize, String)> {
        let mut waiting = self.feed.waiting();
        if !self.paused.is_empty() {
            waiting.push((self.paused.len(), "their next try".to_owned()));
        }
        if let Some(hold) = &self.held {
            for (_, reason) in &mut waiting {
                if reason == "a worker" {
                    reason.clone_from(&hold.reason);
                }
            }
        }
        waiting
    }

    /// Settles a unit that was started, and those that will not start because of it.
    fn settle(&mut self, ended: TaskFinished) -> Vec<Ending> {
        self.count(&ended);
        let well = matches!(ended.verdict(), Verdict::Ok | Verdict::Skipped);
        let dropped = self.feed.settle(ended.index, well);
        self.counts.skipped += dropped.len() as u64;
        let mut settled = vec![Ending::Ended(Box::new(ended))];
        let skipped = dropped.into_iter();
        settled.extend(skipped.map(|(next, because_of)| Ending::Skipped(next, because_of)));
        settled
    }

    fn count(&mut self, ended: &TaskFinished) {
        let verdict = ended.verdict();
        self.counts.add(verdict, ended.attempt, ended.slow);
        if verdict.is_run() && verdict != Verdict::Ok && self.first_failure.is_none() {
            self.first_failure = Some(Arc::clone(&ended.task));
        }
    }

    fn is_tried_again(&self, tried: &Try, ended: &TaskFinished) -> bool {
        let retries = tried.unit.terms.retries;
        let can_help = match ended.outcome {
            Verdict::Failed | Verdict::Panicked => true,
            // What still runs must not run twice.
            Verdict::TimedOut => !ended.leaked,
            Verdict::Crashed => tried.deaths + 1 < POISON,
            _ => false,
        };
        can_help
            && ended.verdict() != Verdict::Ok
            && !ended.flaky_fails
            && tried.attempt <= retries.count
            && self.closed.is_none()
    }

    /// Between 0 and 1, and the same for the same try of every run with this seed.
    fn chance(&self, tried: &Try) -> f64 {
        let seed = self.policy.seed
            ^ tried.index.rotate_left(17)
            ^ u64::from(tried.attempt).rotate_left(47);
        fastrand::Rng::with_seed(seed).f64()
    }

    /// Whether all of it is to be done again; if so, it is begun.
    fn repeats(&mut self, now: Instant) -> bool {
        let Feed::Plan(graph, rounds) = &self.feed else {
            return false;
        };
        let again = match self.policy.repeat {
            Repeat::Times(times) => rounds.now + 1 < times.get(),
            Repeat::For(time) => now.duration_since(self.began) < time,
        };
        let again = again && graph.len() > 0;
        if again {
            self.feed.again();
        }
        again
    }
}

fn retry(ended: &TaskFinished, pause: Duration) -> TaskRetry {
    TaskRetry {
        task: Arc::clone(&ended.task),
        index: ended.index,
        attempt: ended.attempt,
        tries: ended.tries.unwrap_or(1),
        worker: ended.worker.unwrap_or(0),
        outcome: ended.outcome,
        message: ended.message.clone(),
        run: ended.run,
        delay: u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests;
