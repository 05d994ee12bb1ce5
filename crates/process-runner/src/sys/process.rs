//! Forking, ending, waiting for and signalling processes.

use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

use anypool_core::ExitCause;
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{SigHandler, Signal};
use nix::unistd::{ForkResult, Pid};

/// Which side of a fork this is.
#[derive(Debug)]
pub(crate) enum Forked {
    /// The process that forked, with its child's number.
    Parent(Pid),
    /// The new process.
    Child,
}

/// Why there was no fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForkError {
    /// Other threads exist, whose locks a child would find locked for ever.
    Threads(usize),
    /// The kernel does not say how many threads there are.
    Uncounted(Errno),
    /// The kernel refused.
    Kernel(Errno),
}

/// Forks a process that has one thread.
pub(crate) fn fork_single_threaded() -> Result<Forked, ForkError> {
    if !is_single_threaded() {
        // Refused for more threads, or because a sandbox allows nobody to ask.
        let threads = thread_count().map_err(ForkError::Uncounted)?;
        if threads != 1 {
            return Err(ForkError::Threads(threads));
        }
    }
    #[expect(clippy::disallowed_methods, reason = "this is the door to fork")]
    // SAFETY: the child may do anything that the parent may, since no other thread exists (checked
    // above) that could hold a lock or be in the middle of a change.
    let forked = unsafe { nix::unistd::fork() };
    match forked {
        Ok(ForkResult::Parent { child }) => Ok(Forked::Parent(child)),
        Ok(ForkResult::Child) => Ok(Forked::Child),
        Err(errno) => Err(ForkError::Kernel(errno)),
    }
}

/// Whether the kernel says that this process has one thread: to one with more it refuses this, for one
/// alone it changes nothing. Much cheaper than counting, which every fork would have to wait for.
fn is_single_threaded() -> bool {
    unshare(CloneFlags::CLONE_THREAD).is_ok()
}

/// How many threads this process has.
pub(crate) fn thread_count() -> Result<usize, Errno> {
    let errno = |error: std::io::Error| Errno::from_raw(error.raw_os_error().unwrap_or(0));
    let mut threads = 0;
    for thread in std::fs::read_dir("/proc/self/task").map_err(errno)? {
        thread.map_err(errno)?;
        threads += 1;
    }
    Ok(threads)
}

/// Ends this process without running destructors or exit handlers, which belong to the parent.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` has no conditions.
    unsafe { libc::_exit(code) }
}

/// Gives every signal its default action, except that `SIGPIPE` is ignored as Rust's start-up does.
pub(crate) fn reset_signal_actions() {
    for signal in Signal::iterator() {
        let action = match signal {
            Signal::SIGPIPE => SigHandler::SigIgn,
            _ => SigHandler::SigDfl,
        };
        // SAFETY: neither action runs code of this program.
        // `SIGKILL` and `SIGSTOP` refuse; they have their default action anyway.
        let _ = unsafe { nix::sys::signal::signal(signal, action) };
    }
}

/// Ignores `signal` in this process.
pub(crate) fn ignore_signal(signal: Signal) {
    // SAFETY: ignoring runs no code of this program.
    let _ = unsafe { nix::sys::signal::signal(signal, SigHandler::SigIgn) };
}

/// Gives `signal` its default action in this process.
pub(crate) fn default_signal(signal: Signal) {
    // SAFETY: the default action runs no code of this program.
    let _ = unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) };
}

/// A descriptor for a child that has not been waited for yet: it names that very process.
pub(crate) fn pidfd_open(pid: Pid) -> Result<OwnedFd, Errno> {
    // SAFETY: the call takes a number and flags and touches no memory of ours.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) };
    let fd = Errno::result(fd)?;
    let fd = i32::try_from(fd).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel has just made this descriptor for us, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Sets how nice this process is to others.
pub(crate) fn set_nice(nice: i32) -> Result<(), Errno> {
    // SAFETY: the call takes numbers and touches no memory of ours.
    let set = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) };
    Errno::result(set).map(drop)
}

/// Kills what is in the process group of the process that `pidfd` names, even when that has been reaped.
/// Kernels before 6.9 cannot.
pub(crate) fn kill_group_of(pidfd: &OwnedFd) {
    /// `PIDFD_SIGNAL_PROCESS_GROUP`, which libc does not name.
    const PROCESS_GROUP: libc::c_uint = 1 << 2;
    let info = std::ptr::null::<libc::siginfo_t>();
    let fd = pidfd.as_raw_fd();
    // SAFETY: the descriptor is open, and without an information block the call touches no memory.
    let _ = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            fd,
            libc::SIGKILL,
            info,
            PROCESS_GROUP,
        )
    };
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It exited with this code.
    Code(i32),
    /// This signal ended it; the flag tells of a core file.
    Signal(i32, bool),
}

impl Ended {
    /// The same, as whoever lost something by it is told.
    pub(crate) fn cause(self) -> ExitCause {
        match self {
            Self::Code(code) => ExitCause::Code(code),
            Self::Signal(signal, _) => ExitCause::Signal(signal),
        }
    }
}

/// A child that has ended and waits to be reaped, if there is one.
pub(crate) fn ended_child() -> Option<Pid> {
    // SAFETY: all bytes zero are a value of the type: it has no pointers that must not be null.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: `info` lives across the call. The plain call is used since a wrapper refuses to tell of a
    // child that died of a signal that it has no name for.
    let found = unsafe { libc::waitid(libc::P_ALL, 0, &raw mut info, flags) };
    if found != 0 {
        return None;
    }
    // SAFETY: the call has filled in a child's end, or has left the zeros.
    let pid = unsafe { info.si_pid() };
    (pid > 0).then(|| Pid::from_raw(pid))
}

/// Collects the status of the child `pid` if it has ended; it is gone from the process table then.
pub(crate) fn reap(pid: Pid) -> Result<Option<Ended>, Errno> {
    let mut status = 0;
    // SAFETY: `status` lives across the call. The plain call is used since a wrapper's set of signal
    // names lacks the real-time signals, and would lose the status of a child that died of one.
    let reaped = unsafe { libc::waitpid(pid.as_raw(), &raw mut status, libc::WNOHANG) };
    if Errno::result(reaped)? == 0 {
        return Ok(None);
    }
    Ok(Some(if libc::WIFSIGNALED(status) {
        Ended::Signal(libc::WTERMSIG(status), libc::WCOREDUMP(status))
    } else {
        Ended::Code(libc::WEXITSTATUS(status))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_threads_is_not_forked() {
        // The test harness has at least two.
        assert!(!is_single_threaded());
        let refused = fork_single_threaded();
        assert!(
            matches!(refused, Err(ForkError::Threads(n)) if n > 1),
            "{refused:?}"
        );
    }
}
