//! The time of a run, which stands still while the run is suspended.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts the time since its start, without the time that it was held.
#[derive(Debug)]
pub(in crate::engine) struct Clock {
    began: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Since when it stands still.
    held: Option<Instant>,
    /// How long it stood still before that.
    lost: Duration,
}

impl Clock {
    pub(in crate::engine) fn start() -> Self {
        Self {
            began: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// How long it has run.
    pub(in crate::engine) fn now(&self) -> Duration {
        let state = self.lock();
        let now = state.held.unwrap_or_else(Instant::now);
        now.duration_since(self.began).saturating_sub(state.lost)
    }

    /// Stands still from now on.
    pub(in crate::engine) fn hold(&self) {
        self.lock().held.get_or_insert_with(Instant::now);
    }

    /// Goes on.
    pub(in crate::engine) fn go_on(&self) {
        let mut state = self.lock();
        if let Some(held) = state.held.take() {
            state.lost += held.elapsed();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_stands_still_and_goes_on_from_there() {
        let clock = Clock::start();
        clock.hold();
        let held = clock.now();
        while Instant::now().duration_since(clock.began) < Duration::from_millis(20) {
            std::thread::yield_now();
        }
        assert_eq!(clock.now(), held);
        clock.hold();
        clock.go_on();
        let lost = clock.lock().lost;
        assert!(lost >= Duration::from_millis(10), "{lost:?}");
        assert!(clock.now() <= clock.began.elapsed() - lost);
    }
}
