//! The supervisor's loop.

use std::sync::Arc;
use std::time::Instant;

use nix::errno::Errno;

use crate::fault::{self, Point};
use crate::mail::Mail;
use crate::supervisor::bustle::LOOK;
use crate::supervisor::poller::{Event, Poller};
use crate::supervisor::state::Supervisor;

/// What the poller has told.
type Events = Result<Vec<Event>, Errno>;

/// What comes after a turn.
pub(super) enum Turn {
    /// Waiting for events, until then at most.
    Sleep(Arc<Poller>, Option<Instant>),
    /// The pool has ended.
    Over,
}

impl Supervisor {
    /// The first acts of a pool.
    pub(super) fn begin(&mut self) {
        self.hire_first();
        // Kills for memory are counted from here on; the first workers start meanwhile.
        self.is_out_of_memory();
    }

    /// Takes in what has happened, and does all that there is to do now.
    pub(super) fn turn(&mut self, events: Events) -> Turn {
        match events {
            Ok(events) => {
                self.inbox.wake_up();
                events.into_iter().for_each(|event| self.take_event(event));
            }
            Err(_) => self.fail("the kernel refused to wait for events".to_owned()),
        }
        self.guests.is_hushed = self.guests.bustle.is_great(Instant::now());
        while !self.is_over() {
            self.take_inbox();
            self.check_limits();
            self.check_starts();
            if !self.is_suspended() {
                self.expire();
                self.try_again();
                self.dismiss_idle();
            }
            self.bury_ended();
            self.trim_regions();
            self.hold_timers();
            self.hire_on();
            self.fill_vacancies();
            if !self.is_suspended() {
                self.dispatch();
                self.wake_dormant();
            }
            self.advance_stop();
            self.advance_wind_up();
            if self.is_over() {
                break;
            }
            self.close_spans();
            self.rouse_leaders();
            if self.guests.is_hushed {
                self.hush_ends();
            } else if self.arm_ends() {
                continue;
            }
            if self.desk.busy() > 0 {
                // What others give out meanwhile is looked at by those who wait for it.
                self.glances.expect();
            }
            self.guests.stirred = false;
            let look = self.guests.is_hushed.then(|| Instant::now() + LOOK);
            self.guests.asleep_until = look.into_iter().chain(self.next_deadline()).min();
            return Turn::Sleep(Arc::clone(&self.poller), self.guests.asleep_until);
        }
        self.rouse_leaders();
        Turn::Over
    }

    /// Takes everything out of the inbox; when it is empty, whoever leaves something rings.
    fn take_inbox(&mut self) {
        loop {
            let mut parcels = std::mem::take(&mut self.submitted);
            let mail = self.inbox.take(&mut parcels);
            let is_empty = parcels.is_empty();
            if !is_empty {
                fault::reach(Point::ParentAccepting);
            }
            self.accept_all(parcels);
            if is_empty && mail.is_empty() {
                return;
            }
            self.take_mail(mail);
        }
    }

    pub(super) fn take_mail(&mut self, mail: Vec<Mail>) {
        for mail in mail {
            match mail {
                Mail::OutputRoom => self.resume_outputs(),
                Mail::Withdrawn => self.forget_withdrawn(),
                Mail::Kill(worker, sequence) => self.kill(worker, sequence),
                Mail::Signal(signal) => self.signal_all(signal),
                Mail::Suspend(done) => {
                    self.suspend();
                    // Whoever asked may be gone.
                    let _ = done.send(());
                }
                Mail::Resume => self.resume(),
                Mail::CourierEnded(which) => self.courier_ended(which),
                Mail::Census => self.take_census(),
                Mail::Stop(order) => self.stop(order),
            }
        }
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::Inbox => {}
            Event::Zygote => self.take_reports(),
            Event::Reply(worker) => self.take_rung(worker),
            Event::Words(worker) => self.take_words(worker),
            Event::Room(worker) => self.take_room(worker),
            Event::Output(worker, stream) => self.take_output(worker, stream),
            Event::Ended(worker) => self.notice_end(worker),
        }
    }

    /// When something is due next.
    fn next_deadline(&self) -> Option<Instant> {
        let patience = self.workers.values().filter_map(|live| live.deadline);
        let burials = self
            .workers
            .values()
            .filter_map(|live| self.burial_at(live));
        // Those that find no room are filled when the fork server has answered.
        let has_room = self.room_for_orders() > 0;
        let vacancies = self.vacancies.iter().map(|&(at, _)| at);
        let vacancies = vacancies.filter(|_| has_room);
        // A pool that has nothing to do is not woken to look at what its workers do.
        let is_busy = self.desk.busy() > 0;
        // What does not come to a pool that is held.
        let ordinary = [
            self.glances.next().filter(|_| is_busy),
            self.next_waiting(),
            self.next_dismissal(),
            self.next_trimming(),
        ];
        let ordinary = ordinary.into_iter().flatten();
        patience
            .chain(burials)
            .chain(vacancies)
            .chain(self.next_check.filter(|_| is_busy))
            .chain(ordinary.filter(|_| !self.is_suspended()))
            .chain(self.give_up_at)
            .min()
    }

    /// Nobody reads what comes now; whoever waits for an answer learns that none will come.
    pub(super) fn finish(self) {
        self.inbox.retire();
        self.shared.finish();
    }
}
