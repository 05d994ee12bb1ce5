//! Signals that end a measurement, with whatever is being measured, and one that does not.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag::{register, register_usize};

/// From now on a signal that would end this program leaves its number, so that the run on its way is ended as well.
///
/// # Errors
///
/// Fails when a signal cannot be caught.
pub(crate) fn listen() -> io::Result<Arc<AtomicUsize>> {
    let stop = Arc::new(AtomicUsize::new(0));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        let number = usize::try_from(signal).map_err(io::Error::other)?;
        register_usize(signal, Arc::clone(&stop), number)?;
    }
    Ok(stop)
}

/// From now on a file that has reached the limit on its size (`ulimit -f`) is an error of whoever writes it, as a full
/// disk is, and ends nobody without a word. What is started from here has the signal as it was.
///
/// # Errors
///
/// Fails when the signal cannot be caught.
pub(crate) fn outlive_full_files() -> io::Result<()> {
    register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}
