//! The zygote's workers: who they are, signalling and reaping them.

use std::collections::BTreeMap;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, getpgid};

use crate::sys::process::{Ended, reap};

/// Workers that have not been reaped, with the session that each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Children {
    sessions: BTreeMap<i32, u64>,
}

impl Children {
    pub(crate) fn add(&mut self, pid: Pid, session: u64) {
        self.sessions.insert(pid.as_raw(), session);
    }

    /// Signals the process group of a worker, if it belongs to `session`.
    ///
    /// As long as the worker has not been reaped, its number cannot name anybody else.
    pub(crate) fn signal(&self, session: u64, pid: i32, signal: i32) {
        let Ok(signal) = Signal::try_from(signal) else {
            return;
        };
        if self.sessions.get(&pid) == Some(&session) {
            signal_group(pid, signal);
        }
    }

    /// Kills the process groups of all workers of `session`.
    pub(crate) fn kill_session(&self, session: u64) {
        for (&pid, _) in self.sessions.iter().filter(|&(_, &owner)| owner == session) {
            signal_group(pid, Signal::SIGKILL);
        }
    }

    /// Kills the process groups of all workers.
    pub(crate) fn kill_all(&self) {
        for &pid in self.sessions.keys() {
            signal_group(pid, Signal::SIGKILL);
        }
    }

    /// Reaps workers that have ended, killing what is left in their process groups first.
    pub(crate) fn reap_ended(&mut self, mut report: impl FnMut(u64, i32, Ended)) {
        let ended: Vec<i32> = self
            .sessions
            .keys()
            .copied()
            .filter(|&pid| has_ended(pid))
            .collect();
        for pid in ended {
            // The number of the group cannot be reused while its leader waits to be reaped.
            signal_group(pid, Signal::SIGKILL);
            let how = match reap(Pid::from_raw(pid)) {
                Ok(Some(how)) => how,
                Ok(None) => continue,
                // Somebody else has reaped our child, which nobody should: it is gone all the same.
                Err(_) => Ended::Code(-1),
            };
            if let Some(session) = self.sessions.remove(&pid) {
                report(session, pid, how);
            }
        }
    }
}

/// Whether a child has ended; leaves it to be reaped.
fn has_ended(pid: i32) -> bool {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    match waitid(Id::Pid(Pid::from_raw(pid)), flags) {
        Ok(WaitStatus::StillAlive) | Err(Errno::EINTR) => false,
        // Anything else, even a status that has no name here, is an end.
        Ok(_) | Err(_) => true,
    }
}

fn signal_group(pid: i32, signal: Signal) {
    // A worker makes itself the leader of a group before anything else, and so does the zygote for it;
    // an empty group is no error here.
    let worker = Pid::from_raw(pid);
    let mut targets = vec![Pid::from_raw(-pid)];
    // A task may have moved its worker to another group.
    if getpgid(Some(worker)).is_ok_and(|group| group != worker) {
        targets.push(worker);
    }
    for target in targets {
        let _ = kill(target, signal);
        if signal == Signal::SIGTERM {
            // Who has been stopped cannot do what it is asked for until it goes on.
            let _ = kill(target, Signal::SIGCONT);
        }
    }
}
