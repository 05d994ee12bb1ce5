//! The single workers of one run: joined in order, or stopped together.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::Outcome;

use super::leash::Leash;
use crate::backend::{Joined, Spawned};
use crate::catalogue::call::CallResult;
use crate::halt::Halt;

/// How often a wait looks whether the run is to stop.
const LOOK: Duration = Duration::from_millis(20);

/// How long killed workers may take to be gone. Threads cannot be killed, and are left behind then.
const PATIENCE: Duration = Duration::from_millis(500);

/// Started workers that nobody has joined.
pub(super) struct Crew {
    /// The next to be joined is the last.
    members: Vec<Box<dyn Spawned>>,
    leash: Arc<Leash>,
}

impl Crew {
    /// A crew of `members`, in the order in which they are joined, that can be held by `leash`.
    pub(super) fn new(mut members: Vec<Box<dyn Spawned>>, leash: Arc<Leash>) -> Self {
        members.reverse();
        Self { members, leash }
    }

    /// How many there are.
    pub(super) fn size(&self) -> usize {
        self.members.len()
    }

    /// Waits for the next member's outcome; `None` when none is left, or when the run is to stop.
    pub(super) fn join_next(&mut self, halt: &Halt) -> Option<Outcome<CallResult>> {
        while halt.cause().is_none() {
            self.leash.follow(&self.members);
            match self.members.pop()?.join_timeout(LOOK) {
                Ok(outcome) => return Some(outcome),
                Err(running) => self.members.push(running),
            }
        }
        None
    }

    /// Stops all who are left: asks them, and after the grace makes them.
    pub(super) fn stop(self, grace: Duration) {
        self.leash.let_go(&self.members);
        let members = self.members;
        members.iter().for_each(|member| member.terminate());
        let members = wait_for(members, grace);
        members.iter().for_each(|member| member.kill());
        let members = wait_for(members, PATIENCE);
        // Dropping a worker may wait for it, which for a stubborn thread would never end.
        members.into_iter().for_each(std::mem::forget);
    }
}

/// Waits for `members` at most so long altogether; gives back who has not ended.
fn wait_for(members: Vec<Box<dyn Spawned>>, time: Duration) -> Vec<Box<dyn Spawned>> {
    let deadline = Instant::now().checked_add(time);
    let left = || {
        deadline.map_or(time, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        })
    };
    let join = |member: Box<dyn Spawned>| member.join_timeout(left());
    members
        .into_iter()
        .map(join)
        .filter_map(Joined::err)
        .collect()
}
