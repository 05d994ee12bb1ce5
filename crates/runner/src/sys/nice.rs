//! Giving way to other programs.

use std::io;

use nix::errno::Errno;
use nix::libc;

/// Makes this thread, and all threads and programs that it starts from now on, give way to others.
///
/// # Errors
///
/// The system refuses it.
#[expect(unsafe_code, reason = "nix does not wrap it")]
pub(crate) fn give_way(nice: i32) -> io::Result<()> {
    // The call may give -1 without an error.
    Errno::clear();
    // SAFETY: it takes an integer and touches no memory of ours.
    let now = unsafe { libc::nice(nice) };
    match Errno::last() {
        error if now == -1 && error != Errno::UnknownErrno && error as i32 != 0 => {
            Err(error.into())
        }
        _ => Ok(()),
    }
}
