//! Telling a pool's owner what happens, on a thread that may take its time.
//!
//! The supervisor never waits for a hook. So events may come faster than they are taken, and what waits
//! is bounded: beyond [`MOST_OF_JOBS`] events those of jobs are left out and counted, beyond
//! [`MOST_OF_WORKERS`] those of workers, too. The few of the pool itself always come.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::courier::{Courier, PoolKey};
use crate::event::{Hook, PoolEvent};
use crate::trace::Relay;

/// How many events may wait until those of jobs are left out.
const MOST_OF_JOBS: usize = 4096;

/// How many may wait until those of workers are.
const MOST_OF_WORKERS: usize = 4 * MOST_OF_JOBS;

/// Tells events, if anybody wants them.
#[derive(Debug)]
pub(crate) struct Herald {
    /// Each event weighs one byte there.
    courier: Option<Courier<PoolEvent>>,
    /// Whether whoever wants them wants to hear of jobs that end, too.
    hears_of_jobs: bool,
    /// What was left out and has not been told.
    jobs_missed: u64,
    workers_missed: u64,
    /// What has been told of the pool's stopping: whether at once.
    stopping: Option<bool>,
}

impl Herald {
    /// A herald that calls `at_end` when it was closed and has told everything.
    pub(crate) fn new(
        hook: Option<Hook>,
        relay: Relay,
        pool: PoolKey,
        at_end: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let hears_of_jobs = hook.is_some();
        let is_heard = hears_of_jobs || relay.is_on();
        let tell = move |event: PoolEvent| {
            // The panic hook has reported a panic in one of them; the next event comes all the same.
            let _ = catch_unwind(AssertUnwindSafe(|| relay.tell(&event)));
            if let Some(hook) = &hook {
                let _ = catch_unwind(AssertUnwindSafe(|| hook(&event)));
            }
        };
        Self {
            courier: is_heard.then(|| Courier::new("anypool-events", pool, tell, at_end)),
            hears_of_jobs,
            jobs_missed: 0,
            workers_missed: 0,
            stopping: None,
        }
    }

    /// Whether anybody wants to be told of the end of each job.
    pub(crate) fn hears_of_jobs(&self) -> bool {
        self.hears_of_jobs
    }

    /// Tells of the end of a job. The event is made only if somebody wants it and there is room.
    pub(crate) fn tell_of_job(&mut self, event: impl FnOnce() -> PoolEvent) {
        if self.hears_of_jobs {
            self.tell_of_attempt(event);
        }
    }

    /// Tells of an attempt at a job; as above.
    pub(crate) fn tell_of_attempt(&mut self, event: impl FnOnce() -> PoolEvent) {
        match self.backlog() {
            None => {}
            Some(waiting) if waiting < MOST_OF_JOBS => self.send(event()),
            Some(_) => self.jobs_missed += 1,
        }
    }

    /// Tells of a worker; as above.
    pub(crate) fn tell_of_worker(&mut self, event: impl FnOnce() -> PoolEvent) {
        match self.backlog() {
            None => {}
            Some(waiting) if waiting < MOST_OF_WORKERS => self.send(event()),
            Some(_) => self.workers_missed += 1,
        }
    }

    /// Tells of the pool.
    pub(crate) fn tell_of_pool(&mut self, event: PoolEvent) {
        self.send(event);
    }

    /// Tells that the pool stops, unless that has been told.
    pub(crate) fn tell_stopping(&mut self, at_once: bool) {
        if self.stopping.is_none_or(|before| at_once && !before) {
            self.stopping = Some(at_once);
            self.tell_of_pool(PoolEvent::Stopping { at_once });
        }
    }

    /// Tells of the end, which is the last event. Returns false when there is no thread to wait for.
    pub(crate) fn close(&mut self) -> bool {
        self.tell_of_pool(PoolEvent::Ended);
        self.courier.as_mut().is_some_and(Courier::close)
    }

    /// Leaves a closed herald behind, whose hook does not come back. Returns how many events it has not
    /// been told.
    pub(crate) fn abandon(&mut self) -> usize {
        let untold = self.courier.as_mut().map(Courier::abandon);
        untold.map_or(0, |untold| untold.len())
    }

    /// How many events wait; `None` when nobody wants them.
    fn backlog(&self) -> Option<usize> {
        Some(self.courier.as_ref()?.backlog_bytes())
    }

    fn send(&mut self, event: PoolEvent) {
        let Some(courier) = &mut self.courier else {
            return;
        };
        let (jobs, workers) = (self.jobs_missed, self.workers_missed);
        let missed = PoolEvent::Missed { jobs, workers };
        let missed = (jobs + workers > 0).then_some(missed);
        for event in missed.into_iter().chain([event]) {
            // Without the thread nobody can be told, and the pool goes on.
            let _ = courier.send(event, 1);
        }
        (self.jobs_missed, self.workers_missed) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{channel, sync_channel};
    use std::sync::{Arc, Mutex};

    use super::*;

    fn failed(number: u64) -> PoolEvent {
        PoolEvent::PoolFailed {
            reason: number.to_string(),
        }
    }

    #[test]
    fn a_slow_hook_misses_what_does_not_fit_and_is_told_how_much() {
        let (permit, permits) = sync_channel::<()>(0);
        let (told, heard) = channel();
        let (permits, told) = (Mutex::new(permits), Mutex::new(told));
        let hook = move |event: &PoolEvent| {
            let _ = permits.lock().unwrap().recv();
            told.lock().unwrap().send(event.clone()).unwrap();
        };
        let (ended, ends) = channel();
        let at_end = move || ended.send(()).unwrap();
        let mut herald = Herald::new(Some(Arc::new(hook)), Relay::current(), 0, at_end);
        let extra = 10;
        for number in 0..MOST_OF_JOBS as u64 + extra {
            herald.tell_of_job(|| failed(number));
        }
        herald.tell_of_worker(|| failed(9));
        for number in 0..2 * MOST_OF_WORKERS as u64 {
            herald.tell_of_worker(|| failed(number));
        }
        herald.tell_stopping(false);
        herald.tell_stopping(false);
        herald.tell_stopping(true);
        drop(permit);
        assert!(herald.close());
        ends.recv().unwrap();
        let events: Vec<PoolEvent> = heard.try_iter().collect();
        let jobs = extra;
        assert_eq!(events[MOST_OF_JOBS], PoolEvent::Missed { jobs, workers: 0 });
        assert_eq!(events[MOST_OF_JOBS + 1], failed(9));
        let [.., missed, stopping, sooner, ended] = &events[..] else {
            panic!("{events:?}");
        };
        let workers = |missed: &PoolEvent| match missed {
            PoolEvent::Missed { jobs: 0, workers } => *workers,
            other => panic!("{other:?}"),
        };
        let told = events.len() - 3 - 2 - MOST_OF_JOBS;
        assert_eq!(
            told as u64 + workers(missed),
            2 * MOST_OF_WORKERS as u64 + 1
        );
        assert!(events.len() < MOST_OF_WORKERS + 10);
        assert_eq!(*stopping, PoolEvent::Stopping { at_once: false });
        assert_eq!(*sooner, PoolEvent::Stopping { at_once: true });
        assert_eq!(*ended, PoolEvent::Ended);
    }

    #[test]
    fn without_a_hook_no_event_is_made() {
        let mut herald = Herald::new(None, Relay::current(), 0, || ());
        herald.tell_of_job(|| panic!("nobody wants it"));
        herald.tell_of_worker(|| panic!("nobody wants it"));
        assert!(!herald.close());
    }
}
