//! Where the worker slots meet: the desk behind its lock, the clock, and the ways to stop and suspend what runs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::attempt::{Paused, Try};
use super::child::clock::Clock;
use super::child::groups::Groups;
use super::child::start::Wiring;
use super::desk::{Desk, Take, Verdicts};
use super::ear::Ear;
use super::ending::Ending;
use super::feed::Feed;
use super::policy::Then;
use super::pools::Pools;
use super::stop_line::StopLine;
use super::unit::Unit;
use crate::event::{Event, RunStopping, StopCause, TaskFinished, TaskRetry, TasksKnown};
use crate::halt::{Cause, Halt, Target};
use crate::report::Report;

/// Where the worker slots meet.
pub(super) struct Hall {
    desk: Mutex<Desk>,
    /// Something may start, or all is over.
    changed: Condvar,
    /// There is room for what is read ahead.
    room: Condvar,
    /// The last slot has ended.
    empty: Condvar,
    pub(super) clock: Clock,
    pub(super) groups: Groups,
    pub(super) stop: StopLine,
    pub(super) wiring: Wiring,
    then: Then,
    ear: Arc<dyn Ear>,
    halt: Arc<Halt>,
    pub(super) pools: Pools,
    /// What was wrong with the source.
    pub(super) wrong: Mutex<Option<Report>>,
    slots: Mutex<usize>,
}

/// What a hall is made of.
pub(super) struct Fittings {
    pub(super) desk: Desk,
    pub(super) slots: usize,
    pub(super) stop: StopLine,
    pub(super) wiring: Wiring,
    pub(super) then: Then,
    pub(super) ear: Arc<dyn Ear>,
    pub(super) halt: Arc<Halt>,
}

impl Hall {
    pub(super) fn new(fittings: Fittings) -> Self {
        let Fittings {
            desk,
            slots,
            stop,
            wiring,
            then,
            ear,
            halt,
        } = fittings;
        Self {
            desk: Mutex::new(desk),
            changed: Condvar::new(),
            room: Condvar::new(),
            empty: Condvar::new(),
            clock: Clock::start(),
            groups: Groups::for_slots(slots),
            stop,
            wiring,
            then,
            ear,
            halt,
            pools: Pools::default(),
            wrong: Mutex::default(),
            slots: Mutex::new(slots),
        }
    }

    pub(super) fn tell(&self, event: Event) {
        self.ear.tell(event);
    }

    /// The next try; waits until there is one. `None` when nothing more will come.
    pub(super) fn take(&self) -> Option<Box<Try>> {
        let mut desk = self.desk();
        loop {
            if self.halt.cause().is_some() {
                // Whoever was told to stop the run does so on another thread, a moment later.
                return None;
            }
            let unknown = desk.feed.total().is_none();
            let wait = match desk.take(Instant::now()) {
                Take::Start(tried) => {
                    if unknown {
                        self.room.notify_one();
                    }
                    return Some(tried);
                }
                Take::Over => {
                    self.changed.notify_all();
                    return None;
                }
                Take::Wait(until) => until,
            };
            desk = match wait {
                None => self
                    .changed
                    .wait(desk)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let time = until.saturating_duration_since(Instant::now());
                    let waited = self.changed.wait_timeout(desk, time);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// A try has ended like this.
    pub(super) fn finish(&self, tried: Try, ended: TaskFinished) {
        let mut desk = self.desk();
        let verdicts = desk.finish(tried, ended, Instant::now());
        let enough = desk.enough();
        if matches!(desk.feed, Feed::Plan(..)) {
            self.changed.notify_all();
        }
        drop(desk);
        match verdicts {
            Verdicts::Again(retry, paused) => self.pause(retry, paused),
            Verdicts::Settled(settled) => self.tell_all(settled),
        }
        if let Some(cause) = enough {
            let now = self.then == Then::Now || cause == StopCause::UntilSuccess;
            self.close(cause, now);
        }
    }

    /// Has a unit wait for its next try, once it is told that there will be one: whatever is told of that comes later.
    fn pause(&self, retry: TaskRetry, paused: Paused) {
        self.tell(Event::TaskRetry(retry));
        let mut desk = self.desk();
        let settled = desk.pause(paused);
        drop(desk);
        self.changed.notify_all();
        self.tell_all(settled);
    }

    /// Starts nothing more; with `now`, what runs is stopped as well.
    pub(super) fn close(&self, cause: StopCause, now: bool) {
        let mut desk = self.desk();
        if desk.closed.is_some() {
            drop(desk);
        } else {
            let settled = desk.close(cause);
            let running = desk.running();
            drop(desk);
            self.tell(Event::RunStopping(RunStopping {
                cause,
                running,
                stops_running: now,
            }));
            self.tell_all(settled);
        }
        self.changed.notify_all();
        self.room.notify_all();
        self.empty.notify_all();
        if now {
            self.stop.cut();
            self.pools.shutdown_now();
        }
    }

    /// Whether what runs was told to stop.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop.is_cut()
    }

    /// Takes a unit that was read from a stream, when there is room for it. `false` when no more are wanted.
    pub(super) fn push(&self, unit: Unit, ahead: usize) -> bool {
        let full = |desk: &mut Desk| match &desk.feed {
            Feed::Stream(stream) => desk.closed.is_none() && stream.len() >= ahead,
            Feed::Plan(..) => false,
        };
        let desk = self.room.wait_while(self.desk(), full);
        let mut desk = desk.unwrap_or_else(PoisonError::into_inner);
        if desk.closed.is_some() {
            return false;
        }
        if let Feed::Stream(stream) = &mut desk.feed {
            stream.push(unit);
        }
        drop(desk);
        self.changed.notify_one();
        true
    }

    /// Nothing more will be read.
    pub(super) fn end_of_stream(&self) {
        let mut desk = self.desk();
        if let Feed::Stream(stream) = &mut desk.feed {
            stream.end();
        }
        let total = desk.feed.total();
        drop(desk);
        if let Some(tasks) = total {
            self.tell(Event::TasksKnown(TasksKnown { tasks }));
        }
        self.changed.notify_all();
    }

    /// A slot has ended.
    pub(super) fn leave(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        *slots -= 1;
        drop(slots);
        self.empty.notify_all();
    }

    /// Waits until all slots have ended, and stops all of it when that takes longer than `limit`.
    pub(super) fn wait(&self, limit: Option<Duration>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let mut limit = limit;
        while *slots > 0 {
            let left = limit.map(|limit| limit.saturating_sub(self.clock.now()));
            slots = match left {
                None => self
                    .empty
                    .wait(slots)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    limit = None;
                    drop(slots);
                    self.close(StopCause::RunTimeout, true);
                    self.slots.lock().unwrap_or_else(PoisonError::into_inner)
                }
                Some(left) => {
                    let waited = self.empty.wait_timeout(slots, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_all(&self, settled: Vec<Ending>) {
        for ending in settled {
            self.tell(Event::TaskFinished(ending.finished()));
        }
    }
}

impl Target for Hall {
    fn stop_now(&self) {
        let cause = match self.halt.cause() {
            Some(Cause::Interrupted) => StopCause::Interrupted,
            Some(Cause::Terminated) => StopCause::Terminated,
            Some(Cause::HungUp) => StopCause::HungUp,
            Some(Cause::ReaderGone) => StopCause::ReaderGone,
            Some(Cause::OutputFailed) => StopCause::OutputFailed,
            None => StopCause::Internal,
        };
        self.close(cause, true);
    }

    fn suspend(&self) {
        self.clock.hold();
        self.groups.suspend();
        self.pools.suspend();
    }

    fn resume(&self) {
        self.pools.resume();
        self.groups.resume();
        self.clock.go_on();
    }

    fn kill(&self) {
        self.groups.kill_all();
    }

    fn waiting(&self) -> Vec<(usize, String)> {
        self.desk().waiting()
    }
}
