//! The single workers of one run, as something that can be stopped.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::backend::Stopper;
use crate::halt::Target;

/// Workers that are stopped together, those that join late included.
pub(super) struct Crew {
    grace: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    members: Vec<Box<dyn Stopper>>,
    stopping: bool,
}

impl Crew {
    pub(super) fn new(grace: Duration) -> Self {
        Self {
            grace,
            state: Mutex::default(),
        }
    }

    pub(super) fn add(&self, member: Box<dyn Stopper>) {
        let mut state = self.lock();
        if state.stopping {
            member.terminate();
        }
        state.members.push(member);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Target for Crew {
    fn stop_now(&self) {
        let mut state = self.lock();
        state.stopping = true;
        state.members.iter().for_each(|member| member.terminate());
        drop(state);
        // Who joins the workers sees them end; when all have ended, the process ends under this wait.
        thread::sleep(self.grace);
        self.lock().members.iter().for_each(|member| member.kill());
    }
}
