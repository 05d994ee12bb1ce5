//! What a run leaves behind: a fork server and its workers end when their program has ended, a moment later.
//!
//! The kernel counts what a process used when its parent reaps it. Orphans are reaped by the first process of the machine,
//! unless an ancestor offers itself.

use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// How long they are waited for. Longer lives what was not meant to end with its program.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often is looked for them.
const LOOK: Duration = Duration::from_micros(200);

/// From now on orphans of this program's descendants become its children.
pub(super) fn adopt() -> std::io::Result<()> {
    Ok(set_child_subreaper(true)?)
}

/// Reaps all children, for as long as there are any and patience lasts.
pub(super) fn bury() {
    let start = Instant::now();
    let any = Pid::from_raw(-1);
    while start.elapsed() < PATIENCE {
        match waitpid(any, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => std::thread::sleep(LOOK),
            Ok(_) | Err(Errno::EINTR) => {}
            // There are none.
            Err(_) => return,
        }
    }
}
