//! Whether the program was started with a signal ignored.

use nix::libc;
use nix::sys::signal::Signal;

/// Whether `signal` is ignored now. Asked before any handler is installed, it tells what whoever started the program
/// wants: `nohup` ignores `SIGHUP`, a shell without job control ignores `SIGINT` for what it runs in the background.
#[expect(
    unsafe_code,
    reason = "a signal's action can only be asked for through a pointer"
)]
pub(crate) fn is_ignored(signal: Signal) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null action changes nothing; `action` is large enough for what is written to it and lives across the
    // call.
    let asked =
        unsafe { libc::sigaction(signal as libc::c_int, std::ptr::null(), action.as_mut_ptr()) };
    // SAFETY: the call has filled it in; if it failed, it is all zeros, which is a valid value of these plain integers.
    let action = unsafe { action.assume_init() };
    asked == 0 && action.sa_sigaction == libc::SIG_IGN
}
