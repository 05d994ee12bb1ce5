//! Ctrl-C and `SIGTERM`: once stops the run, twice leaves at once.

use std::io;
use std::sync::Arc;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::halt::{Cause, Halt};
use crate::report;

/// Listens from now on, on a thread of its own.
///
/// # Errors
///
/// The system refuses the handlers or the thread.
pub(crate) fn listen(program: &'static str, halt: Arc<Halt>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let name = "anypool-signals".to_owned();
    let listener = move || {
        for signal in signals.forever() {
            let (cause, what) = match signal {
                SIGTERM => (Cause::Terminated, "terminated"),
                _ => (Cause::Interrupted, "interrupted"),
            };
            let tell = || report::say(&format!("{program}: {what}; stopping (again: at once)\n"));
            if !halt.request(cause, tell) {
                halt.leave();
            }
        }
    };
    thread::Builder::new().name(name).spawn(listener).map(drop)
}
