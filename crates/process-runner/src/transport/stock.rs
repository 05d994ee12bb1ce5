//! Among whose inputs a new one is written, before it is known who gets the job.
//!
//! The worker with the fewest is the one that most likely has nothing to do, and is chosen as the desk
//! chooses: the first of several. Should another one get the job, the input is copied.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anypool_core::Annex;

use crate::fault::{self, Point};
use crate::transport::budget::Budget;
use crate::transport::inputs::{InputLease, Inputs};
use crate::transport::region::LARGE_BYTES;

/// The inputs of a pool's workers.
#[derive(Debug)]
pub(crate) struct Stock {
    /// Whether there will ever be any.
    is_open: bool,
    budget: Arc<Budget>,
    inputs: Mutex<Vec<(u64, Arc<Inputs>)>>,
}

/// Where one new input is written.
#[derive(Debug)]
pub(crate) struct StockAnnex<'s> {
    stock: &'s Stock,
    lease: Option<InputLease>,
}

impl Stock {
    /// The stock of a pool, whose workers may have inputs or never do.
    pub(crate) fn new(is_open: bool) -> Self {
        Self {
            is_open,
            budget: Arc::new(Budget::of_machine()),
            inputs: Mutex::default(),
        }
    }

    /// What all workers' regions may take together.
    pub(crate) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// Inputs may be written among those of `worker`.
    pub(crate) fn add(&self, worker: u64, inputs: Arc<Inputs>) {
        self.lock().push((worker, inputs));
    }

    /// No more inputs are written there.
    pub(crate) fn remove(&self, worker: u64) {
        self.lock().retain(|&(other, _)| other != worker);
    }

    /// Where a new input is written.
    pub(crate) fn annex(&self) -> StockAnnex<'_> {
        StockAnnex {
            stock: self,
            lease: None,
        }
    }

    fn choose(&self) -> Option<Arc<Inputs>> {
        let inputs = self.lock();
        let fewest = inputs
            .iter()
            .min_by_key(|(worker, inputs)| (inputs.count(), *worker));
        fewest.map(|(_, inputs)| Arc::clone(inputs))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Arc<Inputs>)>> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StockAnnex<'_> {
    /// The input that was written.
    pub(crate) fn into_lease(self) -> Option<InputLease> {
        let mut lease = self.lease?;
        lease.close();
        fault::reach(Point::ParentLending);
        Some(lease)
    }
}

impl Annex for StockAnnex<'_> {
    fn threshold(&self) -> usize {
        if self.stock.is_open {
            LARGE_BYTES
        } else {
            usize::MAX
        }
    }

    fn append(&mut self, bytes: &[u8]) -> bool {
        if self.lease.is_none() {
            self.lease = self
                .stock
                .choose()
                .and_then(|inputs| inputs.lease(bytes.len()));
        }
        let lease = self.lease.as_mut();
        lease.is_some_and(|lease| lease.append(bytes))
    }

    fn take_out(&mut self, into: &mut Vec<u8>) {
        if let Some(lease) = self.lease.take() {
            lease.copy_out(into);
        }
    }

    fn clear(&mut self) {
        self.lease = None;
    }
}
