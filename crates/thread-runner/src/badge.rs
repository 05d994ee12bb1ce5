//! Which pool a thread works for. It is known from the thread's first line until its very last
//! destructor, those of thread-local variables among them: a thread that has left its pool's roster
//! still must not wait for its own end.

use std::cell::Cell;

use anypool_core::ExecutorId;

thread_local! {
    // Without a destructor, so that it can be read while others run.
    static BADGE: Cell<Option<ExecutorId>> = const { Cell::new(None) };
}

/// Says that this thread is one of the pool's.
pub(crate) fn wear(pool: ExecutorId) {
    BADGE.set(Some(pool));
}

/// Whether this thread is one of the pool's.
pub(crate) fn is_worn(pool: ExecutorId) -> bool {
    BADGE.get() == Some(pool)
}
