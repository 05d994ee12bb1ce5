//! The supervisor's loop.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use anypool_core::catch;
use nix::sys::signal::{SigSet, Signal};

use crate::fault::{self, Point};
use crate::inbox::Mail;
use crate::owed;
use crate::supervisor::poller::Event;
use crate::supervisor::state::Supervisor;

impl Supervisor {
    /// Runs the pool until it has ended. Should this thread panic, the pool has failed.
    pub(crate) fn run(mut self) {
        owed::watch_panics();
        // Nothing of the supervisor is used afterwards but to be let go of.
        match catch(AssertUnwindSafe(|| self.serve())) {
            Ok(()) => self.finish(),
            Err(unwound) => self.wreck(&unwound),
        }
    }

    fn serve(&mut self) {
        // A worker that dies while it is written to must not end a program that has made `SIGPIPE`
        // deadly. The threads that this one starts inherit the mask.
        let mut pipe = SigSet::empty();
        pipe.add(Signal::SIGPIPE);
        let _ = pipe.thread_block();
        self.shared.begin();
        self.hire_first();
        // Kills for memory are counted from here on; the first workers start meanwhile.
        self.is_out_of_memory();
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
            self.hold_timers();
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
            if self.arm_ends() {
                continue;
            }
            let Ok(events) = self.poller.wait(self.next_deadline()) else {
                self.fail("the kernel refused to wait for events".to_owned());
                continue;
            };
            self.inbox.wake_up();
            for event in events {
                self.take_event(event);
            }
        }
    }

    fn hire_first(&mut self) {
        for slot in 0..self.config.worker_count() {
            if let Err(error) = self.hire(slot) {
                self.announce(Err(error.clone()));
                return self.fail(error.to_string());
            }
        }
    }

    /// Takes everything out of the inbox; when it is empty, whoever leaves something rings.
    fn take_inbox(&mut self) {
        loop {
            let (parcels, mail) = self.inbox.take();
            if parcels.is_empty() && mail.is_empty() {
                return;
            }
            if !parcels.is_empty() {
                fault::reach(Point::ParentAccepting);
            }
            for parcel in parcels {
                self.accept(parcel);
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
        let vacancies = self.vacancies.iter().map(|&(at, _)| at);
        // A pool that has nothing to do is not woken to look at what its workers do.
        let is_busy = self.desk.busy() > 0;
        // What does not come to a pool that is held.
        let ordinary = [
            self.glances.next().filter(|_| is_busy),
            self.next_waiting(),
            self.next_dismissal(),
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
    fn finish(self) {
        self.inbox.retire();
        self.shared.finish();
    }
}
