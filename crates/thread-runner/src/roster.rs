//! Who works here: the threads that have not ended, and the seats they hold. Plain data; its owner
//! locks it.
//!
//! A *seat* is a worker's number. A thread that was abandoned has lost its seat and stays a member
//! until it ends.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use anypool_core::{Work, WorkerId};

use crate::ledger::{Found, Ledger};
use crate::report::LeftBehind;
use crate::stats::RunningJob;
use crate::sync::earlier;

/// The threads of a pool.
#[derive(Default)]
pub(crate) struct Roster {
    /// Which seats are taken.
    seats: Vec<bool>,
    seated: usize,
    members: Vec<Member>,
    /// Threads that have ended, or have nothing left to do but end.
    ended: Vec<JoinHandle<()>>,
    started: u64,
}

/// A thread that has not ended.
struct Member {
    seat: u32,
    seated: bool,
    name: String,
    ledger: Arc<Ledger>,
    thread: JoinHandle<()>,
}

impl Roster {
    /// The lowest free seat.
    pub(crate) fn free_seat(&self) -> u32 {
        let free = self.seats.iter().position(|taken| !taken);
        u32::try_from(free.unwrap_or(self.seats.len())).unwrap_or(u32::MAX)
    }

    /// How many seats are taken.
    pub(crate) fn seated(&self) -> usize {
        self.seated
    }

    /// How many threads were abandoned and have not ended.
    pub(crate) fn abandoned(&self) -> usize {
        let abandoned = |member: &&Member| member.ledger.is_abandoned();
        self.members.iter().filter(abandoned).count()
    }

    /// How many threads were ever started.
    pub(crate) fn started(&self) -> u64 {
        self.started
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Seats a new thread.
    pub(crate) fn seat(
        &mut self,
        seat: u32,
        name: String,
        ledger: Arc<Ledger>,
        thread: JoinHandle<()>,
    ) {
        let index = seat as usize;
        if self.seats.len() <= index {
            self.seats.resize(index + 1, false);
        }
        self.seats[index] = true;
        self.seated += 1;
        self.started += 1;
        self.members.push(Member {
            seat,
            seated: true,
            name,
            ledger,
            thread,
        });
    }

    /// Takes in a thread that needs no seat.
    pub(crate) fn take_in(&mut self, name: String, ledger: Arc<Ledger>, thread: JoinHandle<()>) {
        self.members.push(Member {
            seat: 0,
            seated: false,
            name,
            ledger,
            thread,
        });
    }

    /// Frees the seat of a thread that will take no more work.
    pub(crate) fn unseat(&mut self, ledger: &Arc<Ledger>) {
        let mut members = self.members.iter_mut();
        if let Some(member) = members.find(|member| Arc::ptr_eq(&member.ledger, ledger)) {
            self.seated -= member.give_up_seat(&mut self.seats);
        }
    }

    /// Notes that a thread has nothing left to do; returns those that had ended before, to be joined.
    pub(crate) fn leave(&mut self, ledger: &Arc<Ledger>) -> Vec<JoinHandle<()>> {
        self.unseat(ledger);
        let before = std::mem::take(&mut self.ended);
        let mut members = self.members.iter();
        if let Some(at) = members.position(|member| Arc::ptr_eq(&member.ledger, ledger)) {
            self.ended.push(self.members.swap_remove(at).thread);
        }
        before
    }

    /// The threads that have ended since the last call, to be joined.
    pub(crate) fn take_ended(&mut self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut self.ended)
    }

    /// Gives up every item past its deadline, and the seats of the threads that run them.
    pub(crate) fn expire(&mut self, now: Instant) -> Found {
        let mut all = Found::default();
        for member in &mut self.members {
            let found = member.ledger.expire(now);
            if !found.overruns.is_empty() {
                self.seated -= member.give_up_seat(&mut self.seats);
            }
            all.overruns.extend(found.overruns);
            all.rests.extend(found.rests);
            all.next = earlier(all.next, found.next);
        }
        all
    }

    /// Moves all deadlines by what of the time from `since` to `now` counted against them; returns the
    /// next.
    pub(crate) fn postpone(&self, since: Instant, now: Instant) -> Option<Instant> {
        let postpone = |member: &Member| member.ledger.postpone(since, now);
        self.members.iter().map(postpone).fold(None, earlier)
    }

    /// Tells every running job to stop; returns what has not begun.
    pub(crate) fn stop_all(&self) -> Vec<Work> {
        let stop = |member: &Member| member.ledger.stop();
        self.members.iter().flat_map(stop).collect()
    }

    /// Gives up every thread that has not ended; returns the items that run.
    pub(crate) fn abandon_all(&mut self) -> Vec<Work> {
        let mut given_up = Vec::new();
        for member in &mut self.members {
            self.seated -= member.give_up_seat(&mut self.seats);
            given_up.extend(member.ledger.abandon());
        }
        given_up
    }

    /// Takes half of what is on some worker's tray; nothing when all are empty.
    pub(crate) fn take_half_of_a_tray(&self) -> VecDeque<Work> {
        let halves = self.members.iter().map(|member| member.ledger.take_half());
        let mut found = halves.skip_while(VecDeque::is_empty);
        found.next().unwrap_or_default()
    }

    /// Takes all that is on the workers' trays.
    pub(crate) fn take_trays(&self) -> impl Iterator<Item = Work> {
        let trays = self.members.iter().map(|member| member.ledger.take_tray());
        trays.flatten()
    }

    /// How much is on the workers' trays.
    pub(crate) fn laid(&self) -> usize {
        self.members.iter().map(|member| member.ledger.laid()).sum()
    }

    /// What runs on the threads that have not ended.
    pub(crate) fn running(&self, asked: Instant) -> Vec<RunningJob> {
        let running = |member: &Member| member.ledger.running(WorkerId(member.seat), asked);
        self.members.iter().flat_map(running).collect()
    }

    /// Whether all threads have ended but those that were abandoned, and these run no job that
    /// somebody may still wait for.
    pub(crate) fn is_quiet(&self) -> bool {
        let quiet = |member: &Member| member.ledger.is_abandoned() && !member.ledger.is_live();
        self.members.iter().all(quiet)
    }

    /// The threads that have not ended.
    pub(crate) fn left_behind(&self) -> Vec<LeftBehind> {
        let describe = |member: &Member| LeftBehind {
            thread: member.name.clone(),
            jobs: member.ledger.jobs(),
        };
        self.members.iter().map(describe).collect()
    }
}

impl Member {
    /// Returns how many seats are free by that.
    fn give_up_seat(&mut self, seats: &mut [bool]) -> usize {
        let seated = std::mem::take(&mut self.seated);
        if seated {
            seats[self.seat as usize] = false;
        }
        usize::from(seated)
    }
}
