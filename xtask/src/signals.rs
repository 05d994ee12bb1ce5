//! Signals that end a measurement, with whatever is being measured.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag::register_usize;

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
