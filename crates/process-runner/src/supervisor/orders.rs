//! How many orders for workers may lie with the fork server unanswered.
//!
//! The channel ends of a new worker travel over an ipc-channel, whose `send` waits for ever once some 280 messages
//! lie there unread. A fork server that somebody has stopped reads none. So no more are ordered than may lie there;
//! the others are ordered as it answers.

use crate::supervisor::state::Supervisor;

/// Far fewer than a channel holds, and more than a fork server that runs leaves lying.
const MOST: usize = 64;

impl Supervisor {
    /// Orders the first workers.
    pub(super) fn hire_first(&mut self) {
        self.unhired = (0..self.config.worker_count()).collect();
        self.hire_on();
    }

    /// Orders those of the first workers that could not be ordered yet, as far as there is room.
    pub(super) fn hire_on(&mut self) {
        while self.room_for_orders() > 0
            && let Some(slot) = self.unhired.pop_front()
        {
            if let Err(error) = self.hire(slot) {
                self.announce(Err(error.clone()));
                return self.fail(error.to_string());
            }
        }
    }

    /// No worker comes any more who has not been ordered.
    pub(super) fn hire_no_more(&mut self) {
        self.unhired.clear();
        self.vacancies.clear();
    }

    /// How many more may be ordered now.
    pub(super) fn room_for_orders(&self) -> usize {
        MOST.saturating_sub(self.ordered.len())
    }

    /// Whether all first workers have been ordered, and every order answered.
    pub(super) fn is_manned(&self) -> bool {
        self.unhired.is_empty() && self.ordered.is_empty()
    }
}
