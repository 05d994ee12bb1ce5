//! The processes that a task has started, and leaves running in a worker that is a process.
//!
//! Those are the worker's own children. What they start in turn and leave, and what leaves them to become nobody's, is not
//! seen here; the end of the worker ends what is still in its group.

use std::collections::HashSet;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::kin::children_of;

/// How long what a task has started may take to follow it, and to end when it is asked to.
const PATIENCE: Duration = Duration::from_millis(100);

/// The children of this process, dead ones among them that nobody has waited for.
#[derive(Debug, Default)]
pub(super) struct Offspring(HashSet<i32>);

impl Offspring {
    /// Those that there are now.
    pub(super) fn now() -> Self {
        let children = children_of(std::process::id());
        Self(children.into_iter().map(u32::cast_signed).collect())
    }

    /// Ends those that run now and did not run then, unless they end by themselves in a moment. What they were, in a few
    /// words, if there were any.
    pub(super) fn end_later_ones(&self) -> Option<String> {
        let mut born: Vec<_> = Self::now().0.difference(&self.0).copied().collect();
        born.sort_unstable();
        let mut left: Vec<_> = born.into_iter().map(Pid::from_raw).collect();
        if !is_any_left_after(PATIENCE, &mut left) {
            return None;
        }
        let what = describe(&left);
        signal(&left, Signal::SIGTERM);
        if is_any_left_after(PATIENCE, &mut left) {
            signal(&left, Signal::SIGKILL);
            is_any_left_after(PATIENCE, &mut left);
        }
        Some(what)
    }
}

/// Waits at most so long for them to end; those that do are taken from the list.
fn is_any_left_after(time: Duration, left: &mut Vec<Pid>) -> bool {
    let began = Instant::now();
    loop {
        left.retain(|child| is_running(*child));
        if left.is_empty() || began.elapsed() >= time {
            return !left.is_empty();
        }
        // They may be many, and what tells of one's end is a descriptor each.
        thread::sleep(Duration::from_millis(2));
    }
}

/// Whether it has not ended. The system forgets one that has.
fn is_running(child: Pid) -> bool {
    matches!(
        waitpid(child, Some(WaitPidFlag::WNOHANG)),
        Ok(WaitStatus::StillAlive)
    )
}

fn signal(children: &[Pid], signal: Signal) {
    for child in children {
        // It is our child, and nobody has waited for it, so its number is its own.
        let _ = kill(*child, signal);
    }
}

fn describe(left: &[Pid]) -> String {
    let names = left.iter().map(|child| {
        let name = fs::read_to_string(format!("/proc/{child}/comm"));
        name.map_or_else(|_| child.to_string(), |name| name.trim().to_owned())
    });
    let names: Vec<_> = names.collect();
    let count = match left.len() {
        1 => "a process".to_owned(),
        many => format!("{many} processes"),
    };
    format!("{count} ({})", names.join(", "))
}
