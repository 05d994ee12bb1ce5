//! How many threads can run at the same time, and on which core this one does.

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

/// The core on which this thread runs at this moment, where the system tells.
pub(crate) fn this_core() -> Option<u32> {
    #[cfg(target_os = "linux")]
    return crate::sys::core_number::this_core();
    #[cfg(not(target_os = "linux"))]
    None
}
