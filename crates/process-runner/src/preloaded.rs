//! What a pool's template has loaded, for everything that runs in its workers.

use std::any::Any;
use std::sync::{PoisonError, RwLock};

/// What was loaded in this process or in a template that it was forked from; the newest comes last.
/// It is kept for ever: a template ends without running destructors, and so do its workers.
static KEPT: RwLock<Vec<&'static (dyn Any + Send + Sync)>> = RwLock::new(Vec::new());

/// Keeps a value for this process and all that are forked from it.
pub(crate) fn keep<S: Send + Sync + 'static>(value: S) {
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    kept.push(Box::leak(Box::new(value)));
}

/// In a worker: what its pool's [`preload`](crate::ProcessPoolBuilder::preload) has made, if that is of
/// this type. Everywhere else, and in the workers of other pools, `None`.
///
/// The memory is shared with the pool's other workers until it is written to: a change of it, which needs
/// interior mutability, is a change of this worker's own copy. In a pool that was started by a worker of
/// another pool, values of that pool's `preload` are found as well.
#[must_use]
pub fn preloaded<S: Send + Sync + 'static>() -> Option<&'static S> {
    let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
    kept.iter().rev().find_map(|value| value.downcast_ref())
}
