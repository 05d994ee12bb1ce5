//! The pools of a run that are there now, as something that can be stopped and suspended: one for all calls, or one for
//! each call that runs.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::backend::RunnerPool;

/// The pools that are there now.
#[derive(Default)]
pub(super) struct Pools(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one for all calls.
    shared: Option<Arc<dyn RunnerPool>>,
    /// Those that serve one call each.
    own: Vec<Arc<dyn RunnerPool>>,
    held: bool,
}

impl Pools {
    /// Takes the pool for all calls.
    pub(super) fn share(&self, pool: &Arc<dyn RunnerPool>) {
        self.lock().shared = Some(Arc::clone(pool));
    }

    /// Takes a pool that has just started, for one call.
    pub(super) fn enter(&self, pool: &Arc<dyn RunnerPool>) {
        let mut state = self.lock();
        state.own.push(Arc::clone(pool));
        if state.held {
            // Under the lock: who lets all of them go on must not be faster.
            pool.suspend();
        }
    }

    /// Forgets a pool for one call.
    pub(super) fn leave(&self, pool: &Arc<dyn RunnerPool>) {
        let gone = pool.id();
        self.lock().own.retain(|pool| pool.id() != gone);
    }

    /// Stops the pool for all calls. Those for one call are stopped by who waits for it, all side by side.
    pub(super) fn shutdown_now(&self) {
        let shared = self.lock().shared.clone();
        shared.into_iter().for_each(|pool| pool.shutdown_now());
    }

    /// Holds all of them, and those that start from now on.
    pub(super) fn suspend(&self) {
        let mut state = self.lock();
        state.held = true;
        state.all().for_each(|pool| pool.suspend());
    }

    /// Lets them go on.
    pub(super) fn resume(&self) {
        let mut state = self.lock();
        state.held = false;
        state.all().for_each(|pool| pool.resume());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn all(&self) -> impl Iterator<Item = &Arc<dyn RunnerPool>> {
        self.shared.iter().chain(&self.own)
    }
}

impl fmt::Debug for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pools").finish_non_exhaustive()
    }
}
