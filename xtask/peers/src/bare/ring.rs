//! Many numbers in flight through two rings in shared memory, one each way.
//!
//! Whoever finds nothing looks for a while and then sleeps; whoever adds wakes only a sleeper.

use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;

use super::bell::{self, Bell, Waiting};
use crate::sys::child::Child;
use crate::sys::shared::share;

/// How many numbers are in flight.
const PLACES: u32 = 64;

/// One direction: the bell's word counts what has been added.
struct Lane {
    added: &'static CachePadded<Bell>,
    places: &'static [AtomicU64; PLACES as usize],
}

impl Lane {
    fn new() -> nix::Result<Self> {
        Ok(Self {
            added: share()?,
            places: share()?,
        })
    }

    fn place(&self, number: u32) -> &AtomicU64 {
        &self.places[(number % PLACES) as usize]
    }
}

/// A process and the two rings between it and us.
pub(crate) struct Ring {
    there: Lane,
    back: Lane,
    sent: u32,
    got: u32,
    _partner: Child,
}

impl Ring {
    /// Starts the partner.
    pub(crate) fn start() -> nix::Result<Self> {
        let (there, back) = (Lane::new()?, Lane::new()?);
        let partner = Child::fork(|| {
            let mut done: u32 = 0;
            loop {
                let upto = bell::wait(there.added, done, Waiting::Spinning);
                while done != upto {
                    // Relaxed: the bells order what comes before them.
                    let number = there.place(done).load(Ordering::Relaxed);
                    back.place(done).store(number + 1, Ordering::Relaxed);
                    done = done.wrapping_add(1);
                }
                bell::ring(back.added, done);
            }
        })?;
        Ok(Self {
            there,
            back,
            sent: 0,
            got: 0,
            _partner: partner,
        })
    }

    /// Sends the numbers from 0 and adds up what comes back.
    pub(crate) fn each(&mut self, count: u64) -> u64 {
        let (mut sent, mut got, mut sum) = (0, 0, 0);
        while got < count {
            let room = PLACES - self.sent.wrapping_sub(self.got);
            let more = u64::from(room).min(count - sent);
            for number in sent..sent + more {
                self.there.place(self.sent).store(number, Ordering::Relaxed);
                self.sent = self.sent.wrapping_add(1);
            }
            sent += more;
            bell::ring(self.there.added, self.sent);
            let upto = bell::wait(self.back.added, self.got, Waiting::Spinning);
            while self.got != upto {
                sum += self.back.place(self.got).load(Ordering::Relaxed);
                self.got = self.got.wrapping_add(1);
                got += 1;
            }
        }
        sum
    }
}
