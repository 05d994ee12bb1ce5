//! A job as its executor sees it: without the types of its input and output.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::annex::Draft;
use crate::codec::CodecError;
use crate::codec::records::append_record;
use crate::context::Context;
use crate::host::JobId;
use crate::job::answers::{Answers, Settlement};
use crate::job::options::JobOptions;
use crate::job::witness::Witness;
use crate::job_error::JobError;
use crate::sync::lock;
use crate::task::entry::TaskEntry;

/// The number of an executor, unique in its process: it tells a worker whether a handle belongs to
/// its own pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExecutorId(u64);

impl ExecutorId {
    /// A number that no other executor of this process has.
    #[must_use]
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Relaxed: only uniqueness matters.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Somebody who has been handed a job that has not started, and can give it back.
pub trait Holder: Send + Sync {
    /// Makes sure that the job behind `ticket` never starts there.
    ///
    /// Must not block and must not call back into the job: the job's lock is held.
    /// Returns false when it has started already.
    fn take_back(&self, ticket: u64) -> bool;

    /// Lets the calling thread, which waits for the end of the job behind `ticket`, do what of the
    /// executor's work brings that about, until `is_over` says that it has come, or until `deadline`.
    ///
    /// Returns true when the job may have ended or gone elsewhere, false when there is nothing that this
    /// thread could do: it sleeps, then. Unlike the other methods, it blocks; the job's lock is not held.
    fn attend(&self, ticket: u64, is_over: &dyn Fn() -> bool, deadline: Option<Instant>) -> bool {
        let _ = (ticket, is_over, deadline);
        false
    }

    /// Asks for the end of the job behind `ticket`, which has started. As with
    /// [`Holder::take_back`], it must neither block nor call back.
    ///
    /// Returns false when the holder cannot stop what runs.
    fn kill(&self, ticket: u64) -> bool {
        let _ = ticket;
        false
    }
}

/// One submission: an item (`submit`) or several (a chunk of `map`), each of which runs, ends and is
/// lost alone.
///
/// Executors call these methods; the types behind are this crate's. An item's life: *queued*, then
/// *running* (or *held* by a worker that has not started it), then *settled*, once; between attempts
/// that failed it is *paused*. Whoever settles
/// first wins; later settlements of the same item are ignored.
pub trait Job: Send + Sync {
    /// The job's number.
    fn id(&self) -> JobId;

    /// What the job asks for.
    fn options(&self) -> JobOptions;

    /// Whether it asks for nothing but to be run, as most jobs do.
    fn is_plain(&self) -> bool;

    /// How long the job may wait until it starts, in an executor that lets jobs wait for `default`.
    /// Chunks wait by their map's window, without a limit.
    fn queue_timeout(&self, default: Option<Duration>) -> Option<Duration>;

    /// The task's entry; `None` for a closure, which cannot leave its process.
    fn entry(&self) -> Option<&'static TaskEntry>;

    /// How many items it has.
    fn items(&self) -> u32;

    /// The number of the attempt at `item` that runs, or is the next to run, from 1; where attempts are
    /// counted, which is where they run in this process.
    fn attempt(&self, item: u32) -> u32;

    /// Has `witness` told how each item ends, from now on. There is one at most: who comes later replaces
    /// who was there.
    fn set_witness(&self, witness: Arc<dyn Witness>);

    /// Whether nothing is left to do for `item`.
    fn is_settled(&self, item: u32) -> bool;

    /// Appends the encoded input of `item` to `buf`. The input stays until [`Job::forget_input`].
    ///
    /// # Errors
    ///
    /// When the input has no encoding; `buf` is then as it was.
    fn encode_input(&self, item: u32, buf: &mut Vec<u8>) -> Result<(), CodecError>;

    /// As [`Job::encode_input`], but a large input may be written elsewhere, as the draft has it.
    ///
    /// # Errors
    ///
    /// As [`Job::encode_input`]; the draft is then empty.
    fn draft_input(&self, item: u32, draft: &mut Draft<'_>) -> Result<(), CodecError>;

    /// Appends a record of the encoded input of each of `items`; returns those that have none. As with
    /// [`Job::encode_input`], the inputs stay.
    fn encode_inputs(&self, items: Range<u32>, out: &mut Vec<u8>) -> Vec<(u32, CodecError)> {
        let mut failed = Vec::new();
        for item in items {
            if let Err(error) = append_record(out, |out| self.encode_input(item, out)) {
                failed.push((item, error));
            }
        }
        failed
    }

    /// Drops the inputs, which the executor keeps in encoded form.
    fn forget_input(&self);

    /// Runs `item` on this thread, unless it was cancelled or has run: then nothing happens.
    ///
    /// Gives a pause when the item failed and is to be tried again: it is *paused*, and whoever has
    /// run it sees to it that it is resumed and run again when the pause is over, or ended.
    #[must_use = "an item that is to be tried again has not ended"]
    fn run(&self, item: u32, ctx: &Context) -> Option<Duration>;

    /// Whether its items need no looking after one by one, as far as the job is concerned: there are
    /// several, they have no limits of their own, and are not tried again.
    fn runs_in_blocks(&self) -> bool {
        let options = self.options();
        self.items() > 1 && options.timeout.is_none() && options.retries.count == 0
    }

    /// Runs `items` on this thread, one after the other, as [`Job::run`] does each; only for jobs that
    /// [run in blocks](Job::runs_in_blocks). What is cancelled, or told to stop, does not start any more.
    ///
    /// Outcomes are kept on this thread until the block is over, so a block should take microseconds.
    fn run_block(&self, items: Range<u32>, ctx: &Context) {
        for item in items {
            // A job that is not tried again gives no pause.
            let _ = self.run(item, ctx);
        }
    }

    /// Notes that `holder` waits for the end of the pause of `item`: should the item end before, the
    /// holder is asked to take it back. Returns false when it is not paused any more.
    fn hold_paused(&self, item: u32, holder: Arc<dyn Holder>, ticket: u64) -> bool;

    /// Queues `item` again after its pause. Returns false when it has ended meanwhile.
    fn resume(&self, item: u32) -> bool;

    /// Ends `item`, which took `busy` of a worker's time.
    ///
    /// What is returned must be run by a thread that may run user code: only then are those who
    /// wait for the job released.
    #[must_use]
    fn settle(self: Arc<Self>, item: u32, how: Settlement, busy: Duration) -> Option<Callbacks>;

    /// Ends the items from `first` on as `answers` say; together they took `busy` of a worker's time.
    /// What is returned is as for [`Job::settle`].
    #[must_use]
    fn settle_answers(
        self: Arc<Self>,
        first: u32,
        answers: Answers,
        busy: Duration,
    ) -> Vec<Callbacks> {
        let settle = |(item, how)| Arc::clone(&self).settle(item, how, busy);
        (first..)
            .zip(answers.into_settlements())
            .filter_map(settle)
            .collect()
    }

    /// Ends `item` with `error` unless it has started. What is returned is as for [`Job::settle`];
    /// an item that a worker has been given and not started is taken back from there.
    ///
    /// An item that is to be tried again counts as not started, except for
    /// [`JobError::QueueTimedOut`].
    #[must_use]
    fn settle_unstarted(self: Arc<Self>, item: u32, error: JobError) -> Option<Callbacks>;

    /// Notes that `holder` has the job, so that a cancellation asks there.
    /// Returns false when the job is settled already and must not be sent.
    fn hold(&self, holder: Arc<dyn Holder>, ticket: u64) -> bool;

    /// Gets back what the holder of `ticket` has not started, to run it elsewhere.
    /// Returns false when it has all started there, or is settled.
    fn take_back(&self, ticket: u64) -> bool;

    /// An attempt has failed at the holder of `ticket`: queues the job again, to be tried once more.
    /// Returns false when it must not be: somebody has asked for its end, or it has ended.
    fn release(&self, ticket: u64) -> bool;
}

impl fmt::Debug for dyn Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({}, {} items)", self.id(), self.items())
    }
}

/// The number for a new job.
pub(crate) fn next_job_id() -> JobId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Relaxed: only uniqueness matters.
    JobId(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// User code that waits for a job's end. Dropping it unrun releases the waiters all the same.
#[must_use = "those who wait for the job are released when this is run or dropped"]
pub struct Callbacks(Option<Box<Run>>);

/// Does an errand; false when another thread calls the callbacks at this moment.
type Run = dyn Fn(Errand) -> bool + Send;

/// What is to become of callbacks, unless another thread has them already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errand {
    /// They are called.
    Run,
    /// They are called; a thread that has them already is waited for.
    RunToEnd,
    /// They are called by a thread that waits for the job.
    TakeOver,
    /// They are dropped.
    Drop,
}

impl Callbacks {
    pub(crate) fn new(run: impl Fn(Errand) -> bool + Send + 'static) -> Self {
        Self(Some(Box::new(run)))
    }

    /// Anything else that is to be called as callbacks are; dropped where they are dropped.
    pub fn calling(call: impl FnOnce() + Send + 'static) -> Self {
        let call = Mutex::new(Some(call));
        Self::new(move |errand| {
            let call = lock(&call).take().filter(|_| errand != Errand::Drop);
            if let Some(call) = call {
                call();
            }
            true
        })
    }

    /// Calls the callbacks, then releases those who wait; unless a thread that waits for the job, inside
    /// a callback, calls them already.
    pub fn run(mut self) {
        self.finish(Errand::Run);
    }

    /// As [`Callbacks::run`]. For executors whose end says that no callback runs any more.
    ///
    /// # Errors
    ///
    /// Gives them back when another thread calls them, which is to be waited for.
    pub fn try_run(mut self) -> Result<(), Self> {
        if self.0.as_ref().is_none_or(|run| run(Errand::Run)) {
            self.0 = None;
            return Ok(());
        }
        Err(self)
    }

    /// As [`Callbacks::run`], but a thread that calls them already is waited for; by a thread that is
    /// not needed for what callbacks wait for.
    pub fn run_to_end(mut self) {
        self.finish(Errand::RunToEnd);
    }

    fn finish(&mut self, errand: Errand) {
        if let Some(run) = self.0.take() {
            run(errand);
        }
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        self.finish(Errand::Drop);
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callbacks")
    }
}
