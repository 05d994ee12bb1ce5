//! The only unsafe code of these tests.

use nix::sys::signal::{SigHandler, Signal, signal};

/// Gives `SIGPIPE` its default action, which ends the process; Rust's start-up ignores it.
pub(crate) fn make_sigpipe_deadly() {
    #[expect(unsafe_code, reason = "a signal's action is the process's")]
    // SAFETY: the default action runs no code of this program.
    let made = unsafe { signal(Signal::SIGPIPE, SigHandler::SigDfl) };
    made.unwrap();
}
