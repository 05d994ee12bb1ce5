//! Ordering workers, telling them how to set themselves up, and welcoming them.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use crate::config::StartError;
use crate::event::PoolEvent;
use crate::inbox::WorkerKey;
use crate::initializer::SealedInitializer;
use crate::seat::Seat;
use crate::supervisor::doom::Doom;
use crate::supervisor::obituary::end_unborn;
use crate::supervisor::poller::Event;
use crate::supervisor::setback::Setback;
use crate::supervisor::state::{Phase, Supervisor};
use crate::supervisor::worker::{Stage, Worker};
use crate::wire::control::Hello;
use crate::zygote::record::Report;

impl Supervisor {
    /// Orders a worker for `slot`.
    pub(super) fn hire(&mut self, slot: usize) -> Result<(), StartError> {
        let key = self.next_key;
        self.next_key += 1;
        let mut prepared = Worker::prepare(
            key,
            slot,
            self.config.transport,
            (&self.inbox, self.stock.budget()),
        )?;
        let failed = |what| {
            move |error: io::Error| StartError::Worker {
                worker: slot,
                what,
                error: error.to_string(),
            }
        };
        let input = self.init.as_ref().map(SealedInitializer::input).transpose();
        prepared.descriptors.init = input.map_err(failed("the initializer's input"))?;
        let environment = self.briefing.environment();
        prepared.descriptors.environment = environment.map_err(failed("its environment"))?;
        self.workers.insert(key, prepared.worker);
        let ordered = self.session.spawn(prepared.channels, prepared.descriptors);
        let ticket = ordered.map_err(|error| {
            self.workers.remove(&key);
            failed("the order to the fork server")(error)
        })?;
        self.ordered.insert(ticket, key);
        match self.instruct(key, slot) {
            // The other end is closed: there was no fork, or the worker has died already. The fork
            // server's report is on its way and says which, and why.
            Err(error) if is_hang_up(&error) => {}
            Err(error) => self.condemn(key, format!("it cannot be told what to be: {error}")),
            Ok(()) => {}
        }
        Ok(())
    }

    /// Tells a worker how to set itself up.
    fn instruct(&self, key: WorkerKey, slot: usize) -> io::Result<()> {
        let live = self.workers.get(&key);
        let Some(control) = live.and_then(|live| live.control.as_ref()) else {
            return Ok(());
        };
        self.briefing.tell(slot, control)
    }

    /// Takes in what the zygote reports.
    pub(super) fn take_reports(&mut self) {
        loop {
            match self.session.next_report() {
                Ok(None) => return,
                Ok(Some((report, pidfd))) => self.take_report(report, pidfd),
                Err(_) => return self.lose_zygote(),
            }
        }
    }

    fn take_report(&mut self, report: Report, pidfd: Option<OwnedFd>) {
        match report {
            Report::Spawned { ticket, pid } => {
                let Some(key) = self.ordered.remove(&ticket) else {
                    return;
                };
                if let Some(live) = self.workers.get_mut(&key) {
                    live.pid = pid;
                    live.pidfd = pidfd;
                    let (slot, worker, pid) = (live.slot, live.id(), pid.cast_unsigned());
                    let replaces = self.predecessors.insert(slot, pid);
                    self.herald.tell_of_worker(|| PoolEvent::WorkerStarted {
                        worker,
                        pid,
                        replaces,
                    });
                    self.shared.update(|stats| {
                        stats.pids.insert(slot, pid);
                    });
                    let doomed = matches!(live.stage, Stage::Doomed(..));
                    self.watch_worker(key);
                    self.hold_newcomer(key);
                    if doomed {
                        // It was given up before it had a number that could be signalled.
                        self.signal(pid.cast_signed(), Signal::SIGKILL);
                    }
                    let early = self.workers.get_mut(&key);
                    if let Some(hello) = early.and_then(|live| live.early_hello.take()) {
                        self.welcome(key, &hello);
                    }
                }
                if self.is_manned() {
                    self.announce(Ok(()));
                }
            }
            Report::Refused { ticket, errno } => {
                let Some(live) = self
                    .ordered
                    .remove(&ticket)
                    .and_then(|key| self.workers.remove(&key))
                else {
                    return;
                };
                let error = StartError::Worker {
                    worker: live.slot,
                    what: "the fork",
                    error: Errno::from_raw(errno).to_string(),
                };
                self.announce(Err(error.clone()));
                self.remember_end(end_unborn(live.slot, &error.to_string()));
                self.retry(live.slot, &Setback::Refused(error.to_string()));
            }
            // A template's first words, which were heard before there was a supervisor.
            Report::Opened | Report::Ready | Report::Failed => {}
            Report::Ended { pid, how } => {
                // One with the same number may wait for its burial.
                let is_it = |live: &&mut Worker| live.pid == pid && live.ended.is_none();
                let live = self.workers.values_mut().find(is_it);
                if let Some(live) = live {
                    live.ended = Some((Some(how), Instant::now()));
                }
            }
        }
    }

    pub(super) fn watch_worker(&mut self, key: WorkerKey) {
        let Some(live) = self.workers.get(&key) else {
            return;
        };
        let death = live
            .pidfd
            .as_ref()
            .map(|pidfd| (pidfd.as_fd(), Event::Ended(key)));
        let replies = live
            .end
            .readable()
            .map(|descriptor| (descriptor, Event::Reply(key)));
        let words = live
            .words
            .descriptor()
            .map(|descriptor| (descriptor, Event::Words(key)));
        let watched =
            [death, replies, words]
                .into_iter()
                .flatten()
                .try_for_each(|(descriptor, event)| {
                    // All descriptors are this worker's own.
                    self.poller.watch(descriptor, event)
                });
        match watched {
            Ok(()) => self.watch_outputs(key),
            Err(errno) => self.condemn(key, format!("it cannot be watched: {errno}")),
        }
    }

    /// Answers `start`, once.
    pub(super) fn announce(&mut self, outcome: Result<(), StartError>) {
        if let Some(starting) = self.starting.take() {
            // Whoever started the pool waits for this; if not, nobody minds.
            let _ = starting.send(outcome);
        }
    }

    /// A worker has said hello.
    pub(super) fn welcome(&mut self, key: WorkerKey, hello: &Hello) {
        let tasks = self
            .config
            .registry
            .map_or_else(String::new, |make| make().table());
        let Some(live) = self.workers.get_mut(&key) else {
            return;
        };
        if live.stage != Stage::Starting {
            return;
        }
        if live.process().is_none() {
            // It was quicker than the report of its fork. Without its number it can neither be measured
            // nor signalled, so it does not serve yet.
            live.early_hello = Some(hello.clone());
            return;
        }
        if let Some(objection) = hello.objection(&tasks) {
            return self.condemn(key, objection);
        }
        live.note_inheritance();
        if !hello.reads_inputs {
            live.regions.inputs = None;
        }
        if self.init.is_some() {
            let limit = self.config.init_timeout;
            live.stage = Stage::Initializing;
            live.deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
            if self.phase == Phase::Ending {
                self.farewell(key);
            }
        } else {
            self.enlist(key);
        }
    }

    /// A worker's initializer has returned, or has failed.
    pub(super) fn take_initialized(&mut self, key: WorkerKey, outcome: Result<(), String>) {
        // What it printed is no job's.
        self.take_all_output(key, true);
        let Some(live) = self.workers.get(&key) else {
            return;
        };
        match (&live.stage, outcome) {
            (Stage::Initializing, Ok(())) => self.enlist(key),
            (Stage::Initializing, Err(reason)) => {
                self.doom(key, Doom::Unfit(reason), Signal::SIGKILL);
            }
            // It has been told to leave meanwhile.
            (Stage::Leaving | Stage::Doomed(..), _) => {}
            (Stage::Starting | Stage::Serving, _) => {
                self.condemn(key, "it told of an initializer out of turn".to_owned());
            }
        }
    }

    /// A worker is ready for jobs.
    fn enlist(&mut self, key: WorkerKey) {
        let Some(live) = self.workers.get_mut(&key) else {
            return;
        };
        self.failures = 0;
        live.turn_to(Stage::Serving);
        live.deadline = None;
        live.idle_since = Some(Instant::now());
        let (worker, pid) = (live.id(), live.pid.cast_unsigned());
        self.herald
            .tell_of_worker(|| PoolEvent::WorkerReady { worker, pid });
        let inputs = live.regions.inputs.clone();
        if let Some(inputs) = &inputs {
            self.stock.add(key, Arc::clone(inputs));
        }
        let seat = Seat::new(Arc::clone(&live.grip), self.config.recycle_after);
        self.desk.open(key, seat.with_inputs(inputs));
        if self.phase == Phase::Ending {
            self.farewell(key);
        }
    }
}

/// Whether this is what a write to a channel says whose other end is closed.
fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}
