//! The pool as an executor: jobs are encoded on the thread that submits them.

use anypool_core::{
    ExecutorId, Patience, RawExecutor, Refused, Settlement, SubmitError, Work, process_id,
};

use crate::parcel::Parcel;
use crate::pool::ProcessPool;

impl RawExecutor for ProcessPool {
    fn id(&self) -> ExecutorId {
        self.id
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn submit_work(&self, work: Work, patience: Patience) -> Result<(), Refused> {
        match self.try_accept(&work, patience) {
            Ok(()) => Ok(()),
            Err(reason) => Err(Refused { reason, work }),
        }
    }
}

impl ProcessPool {
    fn try_accept(&self, work: &Work, patience: Patience) -> Result<(), SubmitError> {
        let (owner, here) = (self.owner_pid, process_id());
        if owner != here {
            return Err(SubmitError::WrongProcess { owner, here });
        }
        let jobs = work.items.len();
        self.inbox.reserve(jobs, patience)?;
        let mut packed = Parcel::pack(work, &self.terms, &self.stock);
        {
            // Let go of before a job can end: nobody looks for what is left of a span when the last share in it goes here.
            let span = self.relay.span_of(&*work.job);
            for parcel in &mut packed.parcels {
                parcel.span = span.clone();
            }
        }
        if !packed.failed.is_empty() {
            self.inbox.release(packed.failed.len(), 0);
        }
        if let [(_, error)] = &packed.failed[..]
            && jobs == 1
        {
            return Err(SubmitError::Codec(error.clone()));
        }
        let parcels = &mut packed.parcels;
        self.floor.accept(parcels);
        if !parcels.is_empty()
            && let Err(reason) = self.inbox.submit(parcels)
        {
            let jobs = parcels.iter().map(|parcel| parcel.len() as usize).sum();
            self.inbox.release(jobs, 0);
            return Err(reason);
        }
        work.job.forget_input();
        for (item, error) in packed.failed {
            let how = Settlement::Failed(error.into());
            let callbacks =
                std::sync::Arc::clone(&work.job).settle(item, how, std::time::Duration::ZERO);
            if let Some(callbacks) = callbacks {
                callbacks.run();
            }
        }
        Ok(())
    }
}
