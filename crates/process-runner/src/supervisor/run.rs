//! The supervisor's loop.

use nix::sys::signal::{SigSet, Signal};

use crate::inbox::Mail;
use crate::supervisor::poller::Event;
use crate::supervisor::state::Supervisor;

impl Supervisor {
    /// Runs the pool until it has ended.
    pub(crate) fn run(mut self) {
        // A worker that dies while it is written to must not end a program that has made `SIGPIPE`
        // deadly. The threads that this one starts inherit the mask.
        let mut pipe = SigSet::empty();
        pipe.add(Signal::SIGPIPE);
        let _ = pipe.thread_block();
        self.hire_first();
        // Kills for memory are counted from here on; the first workers start meanwhile.
        self.is_out_of_memory();
        while !self.is_over() {
            self.take_inbox();
            self.check_limits();
            self.check_starts();
            self.bury_ended();
            self.hold_timers();
            self.fill_vacancies();
            if !self.is_suspended() {
                self.dispatch();
            }
            self.advance_stop();
            self.advance_wind_up();
            if self.is_over() {
                break;
            }
            let deadline = [self.next_deadline(), self.give_up_at];
            let deadline = deadline.into_iter().flatten().min();
            let Ok(events) = self.poller.wait(deadline) else {
                self.fail("the kernel refused to wait for events".to_owned());
                continue;
            };
            self.inbox.wake_up();
            for event in events {
                self.take_event(event);
            }
        }
        self.finish();
    }

    fn hire_first(&mut self) {
        for slot in 0..self.config.workers {
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
            for parcel in parcels {
                self.desk.accept(parcel);
            }
            self.take_mail(mail);
        }
    }

    pub(super) fn take_mail(&mut self, mail: Vec<Mail>) {
        for mail in mail {
            match mail {
                Mail::Control(worker, message) => self.take_control(worker, &message),
                Mail::ControlEnded(worker) => {
                    if let Some(live) = self.workers.get_mut(&worker) {
                        live.end_control();
                    }
                }
                Mail::OutputRoom => self.resume_outputs(),
                Mail::Signal(signal) => self.signal_all(signal),
                Mail::Suspend(done) => {
                    self.suspend();
                    // Whoever asked may be gone.
                    let _ = done.send(());
                }
                Mail::Resume => self.resume(),
                Mail::CourierEnded(which) => self.courier_ended(which),
                Mail::Stop(order) => self.stop(order),
            }
        }
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::Inbox => {}
            Event::Zygote => self.take_reports(),
            Event::Reply(worker) => self.take_replies(worker),
            Event::Room(worker) => self.take_room(worker),
            Event::Output(worker, stream) => self.take_output(worker, stream),
            Event::Ended(worker) => self.notice_end(worker),
        }
    }

    /// Nobody reads what comes now; whoever waits for an answer learns that none will come.
    fn finish(self) {
        self.inbox.retire();
        self.shared.finish();
    }
}
