//! How many threads can run at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The number of cores that this process may use, as it was when it was first asked for.
pub(crate) fn cores() -> usize {
    // Not a `Once`, which a forked child could find half done for ever.
    static CORES: AtomicUsize = AtomicUsize::new(0);
    match CORES.load(Ordering::Relaxed) {
        0 => {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            CORES.store(cores, Ordering::Relaxed);
            cores
        }
        cores => cores,
    }
}
