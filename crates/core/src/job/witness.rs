//! Who is told how a job's items end, whatever ends them: its executor, a cancellation, a limit.

use crate::job_error::JobError;

/// Is told how each item of a job ends, once, by whoever ends it.
///
/// An executor that keeps an account of jobs gives one to [`Job::set_witness`](crate::Job::set_witness). The
/// job lets go of it when all items have ended, or when nobody waits for them any more.
pub trait Witness: Send + Sync {
    /// So many items have ended, of which `failed` have no value; `error` is what the first of those
    /// has instead.
    ///
    /// Must not block and must not call back into the job: the job's lock is held.
    fn ended(&self, items: u32, failed: u32, error: Option<&JobError>);
}
