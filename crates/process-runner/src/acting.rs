//! Which pool a thread acts for at this moment, if any.
//!
//! A pool is run by whoever has its floor (`supervisor::floor`). Wakers run meanwhile, which are user code:
//! one that comes back to a pool must not wait for a thread that may be its own.

use std::cell::Cell;

thread_local! {
    static POOL: Cell<Option<PoolAddress>> = const { Cell::new(None) };
}

/// Something of a pool that is its own and does not move.
pub(crate) type PoolAddress = usize;

/// Says that this thread acts for a pool, until it is dropped.
#[derive(Debug)]
pub(crate) struct Acting(());

impl Acting {
    /// This thread acts for `pool` now; `None` if it acts for one already.
    pub(crate) fn begin(pool: PoolAddress) -> Option<Self> {
        let free = POOL.get().is_none();
        free.then(|| {
            POOL.set(Some(pool));
            Self(())
        })
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        POOL.set(None);
    }
}

/// Whether this thread acts for `pool`.
pub(crate) fn acts_for(pool: PoolAddress) -> bool {
    POOL.get() == Some(pool)
}
