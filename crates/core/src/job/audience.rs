//! Who wants to know of a job's end, beside the thread that joins it. Most jobs have nobody.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Waker;

use crate::bell::Bell;
use crate::job::witness::Witness;
use crate::job_error::Outcome;
use crate::panics;

/// User code that wants to see an outcome.
pub(crate) type Callback<T> = Box<dyn FnOnce(&Outcome<T>) + Send>;

/// A future's task, waiting functions, callbacks, the executor.
pub(crate) struct Audience<T> {
    pub(crate) waker: Option<Waker>,
    pub(crate) bells: Vec<(Arc<Bell>, usize)>,
    pub(crate) callbacks: Vec<Callback<T>>,
    pub(crate) witness: Option<Arc<dyn Witness>>,
}

impl<T> Default for Audience<T> {
    fn default() -> Self {
        Self {
            waker: None,
            bells: Vec::new(),
            callbacks: Vec::new(),
            witness: None,
        }
    }
}

/// Calls every callback; one that panics does not keep the next from being called.
pub(crate) fn call_each<T>(outcome: &Outcome<T>, callbacks: Vec<Callback<T>>) {
    for callback in callbacks {
        // The panic hook has reported it; nobody is left to receive it.
        let _ = panics::catch(AssertUnwindSafe(|| callback(outcome)));
    }
}
