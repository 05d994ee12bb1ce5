//! One number there and back through shared memory.

use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;

use super::bell::{self, Bell, Waiting};
use crate::sys::child::Child;
use crate::sys::shared::share;

/// A process and the one number that travels between it and us.
pub(crate) struct PingPong {
    request: &'static CachePadded<Bell>,
    reply: &'static CachePadded<Bell>,
    number: &'static CachePadded<AtomicU64>,
    waiting: Waiting,
    turn: u32,
    _partner: Child,
}

impl PingPong {
    /// Starts the partner.
    pub(crate) fn start(waiting: Waiting) -> nix::Result<Self> {
        let request = share::<CachePadded<Bell>>()?;
        let reply = share::<CachePadded<Bell>>()?;
        let number = share::<CachePadded<AtomicU64>>()?;
        let partner = Child::fork(|| {
            let mut turn = 0;
            loop {
                turn = bell::wait(request, turn, waiting);
                // Relaxed: the bells order what comes before them.
                let next = number.load(Ordering::Relaxed) + 1;
                number.store(next, Ordering::Relaxed);
                bell::ring(reply, turn);
            }
        })?;
        Ok(Self {
            request,
            reply,
            number,
            waiting,
            turn: 0,
            _partner: partner,
        })
    }

    /// Sends a number and waits for the next one.
    pub(crate) fn next(&mut self, number: u64) -> u64 {
        let old = self.turn;
        self.turn = self.turn.wrapping_add(1);
        self.number.store(number, Ordering::Relaxed);
        bell::ring(self.request, self.turn);
        bell::wait(self.reply, old, self.waiting);
        self.number.load(Ordering::Relaxed)
    }
}
