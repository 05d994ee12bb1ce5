//! A forked child that runs a function and ends.

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, getppid};

/// A child; dropping it kills and reaps it.
#[derive(Debug)]
pub(crate) struct Child(Pid);

impl Child {
    /// Forks a child that runs `body` and ends. The program must have one thread.
    pub(crate) fn fork<R>(body: impl FnOnce() -> R) -> nix::Result<Self> {
        let parent = nix::unistd::getpid();
        #[expect(
            clippy::disallowed_methods,
            reason = "the bare programs have no fork server"
        )]
        // SAFETY: the bare arms never start a thread, so the child may run anything.
        let forked = unsafe { fork() };
        match forked? {
            ForkResult::Parent { child } => Ok(Self(child)),
            ForkResult::Child => {
                // A program that is killed must not leave it behind; one that is dead already cannot tell it.
                if set_pdeathsig(Signal::SIGKILL).is_ok() && getppid() == parent {
                    body();
                }
                // SAFETY: ends the process without running what the parent has registered for its own end.
                unsafe { libc::_exit(0) }
            }
        }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> Pid {
        self.0
    }

    /// Waits for its end.
    pub(crate) fn reap(self) -> nix::Result<()> {
        waitpid(self.0, None)?;
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // One that has ended by itself needs no signal, and is reaped all the same.
        let _ = nix::sys::signal::kill(self.0, Signal::SIGKILL);
        let _ = waitpid(self.0, None);
    }
}
