//! The real arms: each is a process that measures itself when a line on its standard input says so.
//!
//! Every arm has a process group of its own, which is ended with it, so that nothing of a row is left for the next.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use wait_timeout::ChildExt as _;

use super::contender::{Absence, Contender, Reading, Request, Stage};
use super::mode::Mode;

/// Where the arms come from.
#[derive(Debug, Clone)]
pub struct Processes {
    /// The program with the Rust arms: `PROGRAM ARM ROW`.
    pub program: PathBuf,
    /// The interpreter and the script with the Python arms, if they are there: `PYTHON SCRIPT ARM ROW`.
    pub python: Option<(PathBuf, PathBuf)>,
    /// How long an arm may take to start, or for a round.
    pub limit: Duration,
    /// The number of a signal that ends the bench; 0 while there is none.
    pub stop: Arc<AtomicUsize>,
}

/// The Python arms begin with this.
const PYTHON: &str = "py";

/// How an arm is told to stay on one processor.
const PINNED: &str = "--pinned";

/// How long a signal may go unseen.
const LOOK: u16 = 200;

/// How long an arm may take to end by itself before it is killed; whoever stops the bench does not wait for that.
const GRACE: Duration = Duration::from_secs(10);

/// How much of a lost arm's standard error is told, in lines.
const STDERR_LINES: usize = 6;

impl Stage for Processes {
    fn enter(&mut self, arm: &str, row: &str, mode: Mode) -> Result<Box<dyn Contender>, Absence> {
        let mut command = self.command(arm)?;
        command.args([arm, row]).process_group(0);
        if mode == Mode::Pinned {
            command.arg(PINNED);
        }
        let mut process = Process::start(command, self).map_err(|error| lost(&error))?;
        match process.line()?.split_once(' ') {
            None => Ok(Box::new(process)),
            Some((_, why)) => Err(Absence::Skipped(why.to_owned())),
        }
    }
}

impl Processes {
    fn command(&self, arm: &str) -> Result<Command, Absence> {
        if !arm.starts_with(PYTHON) {
            return Ok(Command::new(&self.program));
        }
        let Some((interpreter, script)) = &self.python else {
            return Err(Absence::Skipped("python3 is not installed".to_owned()));
        };
        let mut command = Command::new(interpreter);
        command.arg(script);
        Ok(command)
    }
}

fn lost(error: &io::Error) -> Absence {
    Absence::Failed(error.to_string())
}

/// One arm's process.
struct Process {
    child: Child,
    requests: Option<ChildStdin>,
    answers: ChildStdout,
    /// What has come and is not a whole line yet.
    partial: Vec<u8>,
    stderr: File,
    limit: Duration,
    stop: Arc<AtomicUsize>,
}

impl Process {
    fn start(mut command: Command, stage: &Processes) -> io::Result<Self> {
        let stderr = tempfile::tempfile()?;
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr.try_clone()?);
        let mut child = command.spawn()?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("a pipe is missing"));
        };
        Ok(Self {
            child,
            requests: Some(requests),
            answers,
            partial: Vec::new(),
            stderr,
            limit: stage.limit,
            stop: Arc::clone(&stage.stop),
        })
    }

    /// The next line of what it says.
    fn line(&mut self) -> Result<String, Absence> {
        let deadline = Instant::now() + self.limit;
        loop {
            if let Some(end) = self.partial.iter().position(|byte| *byte == b'\n') {
                let rest = self.partial.split_off(end + 1);
                let line = std::mem::replace(&mut self.partial, rest);
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            // Relaxed: the number is all that is passed on.
            match self.stop.load(Ordering::Relaxed) {
                0 => {}
                signal => return Err(Absence::Stopped(signal)),
            }
            if Instant::now() >= deadline {
                let last_words = self.last_words();
                return Err(Absence::Failed(format!(
                    "no answer in {:?}{last_words}",
                    self.limit
                )));
            }
            self.read_some().map_err(|error| lost(&error))?;
        }
    }

    /// Reads what is there within the time of a look.
    fn read_some(&mut self) -> io::Result<()> {
        let mut answers = [PollFd::new(self.answers.as_fd(), PollFlags::POLLIN)];
        match poll(&mut answers, PollTimeout::from(LOOK)) {
            Ok(0) | Err(nix::Error::EINTR) => return Ok(()),
            Ok(_) => {}
            Err(errno) => return Err(errno.into()),
        }
        let mut bytes = [0; 4096];
        match self.answers.read(&mut bytes)? {
            0 => Err(io::Error::other(format!("it ended{}", self.last_words()))),
            read => {
                self.partial.extend_from_slice(&bytes[..read]);
                Ok(())
            }
        }
    }

    fn last_words(&mut self) -> String {
        let mut text = Vec::new();
        let read = self
            .stderr
            .rewind()
            .and_then(|()| self.stderr.read_to_end(&mut text));
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        if read.is_err() || lines.is_empty() {
            return String::new();
        }
        let lines = &lines[..lines.len().min(STDERR_LINES)];
        format!(": {}", lines.join(" | "))
    }
}

impl Contender for Process {
    fn ask(&mut self, request: Request) -> Result<(), Absence> {
        let milliseconds = request.budget.as_secs_f64() * 1e3;
        let at = request.at.map(|at| format!(" at={at}")).unwrap_or_default();
        let line = format!("round ms={milliseconds} scale={}{at}\n", request.scale);
        let Some(requests) = &mut self.requests else {
            return Err(Absence::Failed("it was ended".to_owned()));
        };
        let written = requests.write_all(line.as_bytes());
        written.map_err(|error| Absence::Failed(format!("{error}{}", self.last_words())))
    }

    fn answer(&mut self) -> Result<Reading, Absence> {
        parse(&self.line()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its standard input ends, and so does it.
        self.requests = None;
        // Relaxed: the number is all that is passed on.
        let grace = match self.stop.load(Ordering::Relaxed) {
            0 => GRACE,
            _ => Duration::ZERO,
        };
        let ended = self.child.wait_timeout(grace);
        if !matches!(ended, Ok(Some(_))) {
            // It is not reaped yet, so its process id, and so its group, is still its own.
            if let Ok(group) = i32::try_from(self.child.id()) {
                // A group that is gone needs no signal.
                let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            }
            let _ = self.child.wait();
        }
    }
}

fn parse(line: &str) -> Result<Reading, Absence> {
    let not = || Absence::Failed(format!("it answered `{line}`"));
    match line.split_once(' ') {
        Some(("ok", numbers)) => numbers
            .split_whitespace()
            .map(|word| {
                let (name, number) = word.split_once('=').ok_or_else(not)?;
                let number: f64 = number.parse().map_err(|_| not())?;
                // Not all numbers have a place in JSON, and none of those without one is a measurement.
                number
                    .is_finite()
                    .then(|| (name.to_owned(), number))
                    .ok_or_else(not)
            })
            .collect(),
        Some(("fail", why)) => Err(Absence::Failed(why.to_owned())),
        _ => Err(not()),
    }
}

#[cfg(test)]
mod tests;
