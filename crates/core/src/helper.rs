//! Joining from inside: a worker that waits for a job of its own pool runs that job itself, if it
//! has not started, instead of holding a place in the pool while it waits.
//!
//! This is enough to never deadlock: a worker blocks only on jobs that run elsewhere, those block
//! only on jobs that run elsewhere, and handles form no rings. A job that fails there and is to be tried
//! again comes back into the queue; then whoever waits for it is woken, to run it if nobody else does.

use std::cell::RefCell;
use std::rc::Rc;

use crate::job::contract::ExecutorId;
use crate::job::work::Work;

/// A worker thread that can run work of its own pool while one of its jobs waits.
pub trait Helper {
    /// The pool.
    fn executor(&self) -> ExecutorId;

    /// Runs what has not started of `work`.
    fn run(&self, work: &Work);
}

thread_local! {
    static HELPER: RefCell<Option<Rc<dyn Helper>>> = const { RefCell::new(None) };
}

/// Makes `helper` serve the joins on this thread until the guard is dropped.
pub fn serve(helper: Rc<dyn Helper>) -> HelperGuard {
    HelperGuard(HELPER.replace(Some(helper)))
}

/// Ends what [`serve`] began.
#[must_use = "the helper serves until this is dropped"]
pub struct HelperGuard(Option<Rc<dyn Helper>>);

impl Drop for HelperGuard {
    fn drop(&mut self) {
        HELPER.set(self.0.take());
    }
}

impl std::fmt::Debug for HelperGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HelperGuard")
    }
}

/// Runs `work` on this thread if it is a worker of the executor the work was submitted to.
///
/// For executors that wait for their jobs in ways of their own; handles and maps do it themselves.
pub fn help(executor: ExecutorId, work: impl FnOnce() -> Work) {
    let helper = HELPER.with_borrow(Option::clone);
    if let Some(helper) = helper.filter(|helper| helper.executor() == executor) {
        helper.run(&work());
    }
}

/// The executor whose worker this thread is, if any.
#[must_use]
pub fn current_executor() -> Option<ExecutorId> {
    HELPER.with_borrow(|helper| Some(helper.as_ref()?.executor()))
}
