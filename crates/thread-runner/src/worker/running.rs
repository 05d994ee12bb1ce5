//! How a worker runs what it has begun.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Job, Settlement, Work, catch};

use crate::book::Begun;
use crate::courier;
use crate::pace::Pace;
use crate::retrying;
use crate::worker::{Worker, drop_as_user, refuse};

impl Worker {
    /// Runs what has begun and what has not of the same job, item by item, as long as it is this worker's
    /// to run.
    pub(super) fn run_begun(&self, begun: Begun) {
        if begun.has_more && begun.deadline.is_none() && begun.job.runs_in_blocks() {
            return self.run_blocks(&begun);
        }
        let mut begun = begun;
        loop {
            if let Some(deadline) = begun.deadline {
                self.hub.deadlines.note(deadline);
            }
            self.run_item(&begun.job, begun.item);
            let more = begun.has_more.then(|| self.ledger.next_item()).flatten();
            // The ledger owns the job as well.
            let Some(more) = more else { return };
            begun = more;
        }
    }

    /// Runs all items of a job whose items need no looking after one by one.
    fn run_blocks(&self, begun: &Begun) {
        let _inside = self.hub.spans.enter(begun.job.id());
        let mut pace = Pace::new();
        let mut next = Some(begun.item..begun.item + 1);
        while let Some(items) = next {
            let run = || begun.job.run_block(items.clone(), &self.ctx);
            // The job catches the tasks' panics; what arrives here is a destructor's.
            if let Err(unwound) = catch(AssertUnwindSafe(run)) {
                let job = Arc::clone(&begun.job);
                let _ = catch(AssertUnwindSafe(|| {
                    Work { job, items }.fail(&unwound.into());
                }));
            }
            pace.step();
            next = self.ledger.next_block(pace.size());
        }
    }

    /// Runs what has not started of `work`, while another job of this worker waits for it.
    pub(super) fn run_items(&self, work: Work) {
        match self.ledger.open(work, self.hub.config.timeout) {
            Ok(begun) => self.run_begun(begun),
            Err(work) => return refuse(&work),
        }
        let (ended, is_abandoned) = self.ledger.close();
        // The last owner of a job drops its value, which is user data.
        drop_as_user(ended);
        if is_abandoned {
            self.hub.ring_quiet(&self.hub.lock());
        }
    }

    fn run_item(&self, job: &Arc<dyn Job>, item: u32) {
        let run = || {
            let _inside = self.hub.spans.enter(job.id());
            job.run(item, &self.ctx)
        };
        // The job catches the task's panics; what arrives here is a destructor's.
        let unwound = match catch(AssertUnwindSafe(run)) {
            Ok(None) => return,
            Ok(Some(pause)) => return retrying::put_off(&self.hub, job, item, pause),
            Err(unwound) => unwound,
        };
        let how = Settlement::Failed(unwound.into());
        let settle = || Arc::clone(job).settle(item, how, Duration::ZERO);
        if let Ok(Some(callbacks)) = catch(AssertUnwindSafe(settle)) {
            courier::call(&self.hub, callbacks);
        }
    }
}
