//! How a worker process died, as far as its parent could find out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ExitCause {
    /// A signal ended it; the number is the platform's.
    Signal(i32),
    /// It exited by itself with this code.
    Code(i32),
    /// It is gone, and nobody could say how.
    Unknown,
}

impl fmt::Display for ExitCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Signal(number) => match signal_name(number) {
                Some(name) => write!(f, "died of {name}"),
                None => write!(f, "died of signal {number}"),
            },
            Self::Code(code) => write!(f, "exited with code {code}"),
            Self::Unknown => f.write_str("died of an unknown cause"),
        }
    }
}

/// The death of a worker, as the caller of its job sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerDeath {
    /// The worker's process id; it may have been reused since.
    pub pid: u32,
    /// The signal or exit code.
    pub cause: ExitCause,
    /// Whether the kernel wrote a core file.
    pub core_dumped: bool,
    /// Whether the job had started; if not, it has had no effect.
    pub started: bool,
    /// Whether the kernel's out-of-memory killer is the likely sender of a `SIGKILL`.
    pub oom: bool,
    /// The last lines that the worker wrote to its standard error since the job started. Lines that an
    /// earlier job wrote a moment before that, and in a map the items before this one, may be among them: the
    /// parent knows when it has read a line, not when it was written.
    pub stderr_tail: String,
}

impl fmt::Display for WorkerDeath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.started { "after" } else { "before" };
        write!(
            f,
            "worker {} {} {when} it had started",
            self.pid, self.cause
        )?;
        if self.core_dumped {
            f.write_str(" (core dumped)")?;
        }
        if self.oom {
            f.write_str(" (the system was out of memory)")?;
        }
        Ok(())
    }
}

/// The name of a signal on Linux (`SIGKILL` for 9); `None` for real-time signals and elsewhere.
#[must_use]
pub fn signal_name(number: i32) -> Option<&'static str> {
    const NAMES: [&str; 32] = [
        "",
        "SIGHUP",
        "SIGINT",
        "SIGQUIT",
        "SIGILL",
        "SIGTRAP",
        "SIGABRT",
        "SIGBUS",
        "SIGFPE",
        "SIGKILL",
        "SIGUSR1",
        "SIGSEGV",
        "SIGUSR2",
        "SIGPIPE",
        "SIGALRM",
        "SIGTERM",
        "SIGSTKFLT",
        "SIGCHLD",
        "SIGCONT",
        "SIGSTOP",
        "SIGTSTP",
        "SIGTTIN",
        "SIGTTOU",
        "SIGURG",
        "SIGXCPU",
        "SIGXFSZ",
        "SIGVTALRM",
        "SIGPROF",
        "SIGWINCH",
        "SIGIO",
        "SIGPWR",
        "SIGSYS",
    ];
    if !cfg!(target_os = "linux") {
        return None;
    }
    let index = usize::try_from(number).ok().filter(|&n| n > 0)?;
    NAMES.get(index).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_death_is_told_in_one_line() {
        let death = WorkerDeath {
            pid: 4242,
            cause: ExitCause::Signal(9),
            core_dumped: false,
            started: true,
            oom: false,
            stderr_tail: String::new(),
        };
        let text = death.to_string();
        assert_eq!(text, "worker 4242 died of SIGKILL after it had started");
        assert_eq!(ExitCause::Code(3).to_string(), "exited with code 3");
        assert_eq!(ExitCause::Signal(40).to_string(), "died of signal 40");
    }
}
