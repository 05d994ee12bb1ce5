//! Who carries out the calls of a run: the workers of one pool, or a worker of its own for each try of each call.

use std::sync::Arc;
use std::time::Duration;

use super::ear::Ear;
use super::pools::Pools;
use super::scribe::Scribe;
use crate::backend::{Backend, Confinement, PoolConfig, RunnerPool, StartError};

/// How workers are to be had.
#[derive(Clone, Copy)]
pub(crate) struct Hiring<'a> {
    pub(crate) backend: &'a dyn Backend,
    pub(crate) grace: Duration,
    pub(crate) confinement: Confinement,
    /// Whether each try of a call gets a worker of its own, which ends after it.
    pub(crate) one_each: bool,
}

/// Who carries out calls.
pub(super) struct Staff<'a> {
    hiring: Hiring<'a>,
    ear: Arc<dyn Ear>,
    /// The pool for all of them, if there is one.
    shared: Option<Hands>,
}

/// Workers, and who knows which of their jobs is which task.
#[derive(Clone)]
pub(super) struct Hands {
    pub(super) pool: Arc<dyn RunnerPool>,
    pub(super) scribe: Arc<Scribe>,
}

impl<'a> Staff<'a> {
    /// So many workers, or as many as there will be calls.
    ///
    /// # Errors
    ///
    /// The system refuses what a pool needs.
    pub(super) fn start(
        hiring: Hiring<'a>,
        workers: usize,
        ear: &Arc<dyn Ear>,
    ) -> Result<Self, StartError> {
        let mut staff = Self {
            hiring,
            ear: Arc::clone(ear),
            shared: None,
        };
        if !hiring.one_each {
            staff.shared = Some(staff.pool(workers)?);
        }
        Ok(staff)
    }

    /// The pool for all calls, if there is one.
    pub(super) fn shared(&self) -> Option<&Arc<dyn RunnerPool>> {
        self.shared.as_ref().map(|hands| &hands.pool)
    }

    /// Whether each call has a worker of its own.
    pub(super) fn is_one_each(&self) -> bool {
        self.hiring.one_each
    }

    /// Hands for a call.
    ///
    /// # Errors
    ///
    /// The system refuses another worker.
    pub(super) fn take(&self, pools: &Pools) -> Result<Hands, StartError> {
        if let Some(hands) = &self.shared {
            return Ok(hands.clone());
        }
        let hands = self.pool(1)?;
        pools.enter(&hands.pool);
        Ok(hands)
    }

    /// The call that these were taken for has ended.
    pub(super) fn give_back(&self, hands: &Hands, pools: &Pools) {
        if self.is_one_each() {
            pools.leave(&hands.pool);
            hands.pool.shutdown();
        }
    }

    fn pool(&self, workers: usize) -> Result<Hands, StartError> {
        let scribe = Arc::new(Scribe::new(Arc::clone(&self.ear)));
        let pool = self.hiring.backend.start_pool(&PoolConfig {
            workers,
            grace: self.hiring.grace,
            confinement: self.hiring.confinement,
            host: Arc::<Scribe>::clone(&scribe),
        })?;
        Ok(Hands { pool, scribe })
    }
}
