//! Which pool a thread works for. It is known from the thread's first line until its very last
//! destructor, those of thread-local variables among them: a thread that has left its pool's roster
//! still must not wait for its own end.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use anypool_core::ExecutorId;

use crate::ledger::Ledger;

thread_local! {
    // Without a destructor, so that it can be read while others run.
    static BADGE: Cell<Option<ExecutorId>> = const { Cell::new(None) };
    static LEDGER: RefCell<Option<Arc<Ledger>>> = const { RefCell::new(None) };
}

/// Says that this thread is one of the pool's.
pub(crate) fn wear(pool: ExecutorId) {
    BADGE.set(Some(pool));
}

/// Says that this thread, which wears its badge, is the worker with this ledger.
pub(crate) fn show(ledger: Arc<Ledger>) {
    LEDGER.set(Some(ledger));
}

/// Whether this thread is one of the pool's.
pub(crate) fn is_worn(pool: ExecutorId) -> bool {
    BADGE.get() == Some(pool)
}

/// The ledger of this thread if it is one of the pool's workers.
pub(crate) fn ledger(pool: ExecutorId) -> Option<Arc<Ledger>> {
    if !is_worn(pool) {
        return None;
    }
    // A thread that is past its thread-locals has left.
    LEDGER.try_with(|ledger| ledger.borrow().clone()).ok()?
}
