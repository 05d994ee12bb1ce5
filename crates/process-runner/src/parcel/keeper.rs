//! An executor that keeps what is submitted: where tests and fuzz targets get their parcels from.

use std::sync::{Arc, Mutex, PoisonError};

use anypool_core::{ExecutorId, Patience, RawExecutor, Refused, Work};

use crate::parcel::Parcel;
use crate::transport::stock::Stock;

/// The executor.
pub(crate) struct Keeper(ExecutorId, Mutex<Vec<Work>>);

impl RawExecutor for Keeper {
    fn id(&self) -> ExecutorId {
        self.0
    }

    fn workers(&self) -> usize {
        1
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        let mut works = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        works.push(work);
        Ok(())
    }
}

impl Keeper {
    pub(crate) fn new() -> Self {
        Self(ExecutorId::unique(), Mutex::default())
    }

    /// What was submitted since this was last called.
    pub(crate) fn taken(&self) -> Vec<Work> {
        let mut works = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut works)
    }
}

/// The only parcel of `work`.
pub(crate) fn parcel(work: &Work) -> Parcel {
    let mut packed = Parcel::pack(work, &Arc::default(), &Stock::new(false));
    assert_eq!((packed.parcels.len(), packed.failed.len()), (1, 0));
    packed.parcels.remove(0)
}
