//! An executor whose jobs run only when the test says so.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anypool_core::{
    Context, ExecutorId, Job, JobHandle, Patience, RawExecutor, Refused, Settlement,
    StandardStreams, StopSignal, SubmitError, Work, WorkerId, encode_append, submit_closure,
};
use serde::Serialize;

/// Longer than any test takes: its passing means that something hangs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Keeps what it is given until the test runs it, settles it or refuses it.
pub(crate) struct HandDriven {
    id: ExecutorId,
    workers: usize,
    queue: Mutex<VecDeque<Work>>,
    refusal: Mutex<Option<SubmitError>>,
}

impl HandDriven {
    pub(crate) fn new() -> Self {
        Self::with_workers(1)
    }

    /// One that claims to have `workers`, which decides how much a map keeps under way.
    pub(crate) fn with_workers(workers: usize) -> Self {
        Self {
            id: ExecutorId::unique(),
            workers,
            queue: Mutex::default(),
            refusal: Mutex::default(),
        }
    }

    /// Refuses everything from now on.
    pub(crate) fn refuse(&self, reason: SubmitError) {
        *self.refusal.lock().unwrap() = Some(reason);
    }

    /// How many submissions wait.
    pub(crate) fn queued(&self) -> usize {
        self.lock().len()
    }

    /// Hands out the oldest submission, as a pool hands it to a worker.
    pub(crate) fn take(&self) -> Work {
        self.lock().pop_front().expect("a submission waits")
    }

    /// Runs the oldest submission; false when none waits.
    pub(crate) fn run_next(&self) -> bool {
        let work = self.lock().pop_front();
        work.map(|work| run(&work)).is_some()
    }

    /// Runs all that wait, oldest first, with what is submitted meanwhile.
    pub(crate) fn run_all(&self) {
        while self.run_next() {}
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Work>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RawExecutor for HandDriven {
    fn id(&self) -> ExecutorId {
        self.id
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        if let Some(reason) = self.refusal.lock().unwrap().clone() {
            return Err(Refused { reason, work });
        }
        self.lock().push_back(work);
        Ok(())
    }
}

/// Runs every item of `work` on this thread.
pub(crate) fn run(work: &Work) {
    work.clone().run(&context());
}

/// What a worker gives to the tasks that it runs.
pub(crate) fn context() -> Context {
    let host = Arc::new(StandardStreams);
    Context::new(host, WorkerId(0), StopSignal::default())
}

/// Ends `item` with a value that comes in encoded form, as from another process.
pub(crate) fn settle_with(job: &Arc<dyn Job>, item: u32, value: &impl Serialize) {
    let mut bytes = Vec::new();
    encode_append(value, &mut bytes).unwrap();
    settle(job, item, Settlement::Encoded(bytes.into()));
}

/// Ends `item`, callbacks included.
pub(crate) fn settle(job: &Arc<dyn Job>, item: u32, how: Settlement) {
    if let Some(callbacks) = Arc::clone(job).settle(item, how, Duration::ZERO) {
        callbacks.run();
    }
}

/// A job that tells when it has started and ends when it is told.
pub(crate) struct Gate {
    pub(crate) started: Receiver<()>,
    pub(crate) end: Sender<u32>,
}

/// Submits a job that waits at a gate and gives the number it is let through with.
pub(crate) fn submit_gated(pool: &HandDriven) -> (JobHandle<u32>, Gate) {
    let (tell, started) = channel();
    let (end, told) = channel();
    let handle = submit_closure(pool, move || {
        tell.send(()).expect("the test listens");
        told.recv_timeout(LONG).expect("the test lets the job go")
    });
    (handle.unwrap(), Gate { started, end })
}
