//! The only unsafe code of these tests.

use std::os::fd::{BorrowedFd, RawFd};

use nix::sys::signal::{SigHandler, Signal, signal};
use nix::sys::socket::getsockopt;
use nix::sys::socket::sockopt::PeerCredentials;

/// Gives `SIGPIPE` its default action, which ends the process; Rust's start-up ignores it.
pub(crate) fn make_sigpipe_deadly() {
    #[expect(unsafe_code, reason = "a signal's action is the process's")]
    // SAFETY: the default action runs no code of this program.
    let made = unsafe { signal(Signal::SIGPIPE, SigHandler::SigDfl) };
    made.unwrap();
}

/// Sets a variable of the environment, in a process that runs one test.
pub(crate) fn set_variable(name: &str, value: &str) {
    #[expect(unsafe_code, reason = "the environment is the process's")]
    // SAFETY: the harness waits for the only test meanwhile, and nobody else reads the environment.
    unsafe {
        std::env::set_var(name, value);
    }
}

/// Forks, and returns in both processes: in the copy with `true`.
pub(crate) fn fork_and_return() -> bool {
    #[expect(unsafe_code, reason = "a task may fork, and some do")]
    #[expect(
        clippy::disallowed_methods,
        reason = "the workers' own copies are what this is about"
    )]
    // SAFETY: a worker and a template have one thread, so the copy may do anything that they may.
    let forked = unsafe { nix::unistd::fork() };
    matches!(forked.unwrap(), nix::unistd::ForkResult::Child)
}

/// Who has made this socket and its other end.
pub(crate) fn maker_of(socket: RawFd) -> i32 {
    #[expect(
        unsafe_code,
        reason = "a hostile task has numbers, and no descriptors of its own"
    )]
    // SAFETY: it was listed a moment ago, and this process has one thread.
    let socket = unsafe { BorrowedFd::borrow_raw(socket) };
    let maker = getsockopt(&socket, PeerCredentials).unwrap();
    maker.pid()
}

/// Rings a bell of which only the number is known.
pub(crate) fn ring(bell: RawFd) {
    #[expect(
        unsafe_code,
        reason = "a hostile task has numbers, and no descriptors of its own"
    )]
    // SAFETY: the worker's end of its bell stays open as long as the worker lives.
    let bell = unsafe { BorrowedFd::borrow_raw(bell) };
    nix::unistd::write(bell, &1u64.to_ne_bytes()).unwrap();
}
