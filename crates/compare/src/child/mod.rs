//! Runs a command line as a child process, with a limit on its time.
//!
//! What the child prints goes to unnamed files, so that no thread of ours reads while it is being measured. It leads a
//! process group of its own, so that a run that hangs is ended with all that it started. What the terminal sends
//! (Ctrl-C) does not reach that group; whoever catches the signal says so in [`ChildRun::stop`].
//!
//! - [`memory`]: looks at the memory of all its processes,
//! - [`moments`]: what it tells of its own time,
//! - [`orphans`]: what it leaves behind.

mod memory;
mod moments;
mod orphans;

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tempfile::NamedTempFile;
use wait_timeout::ChildExt as _;

use crate::ballast;
use crate::command::CommandLine;
use crate::load::Reading;
use crate::run::{Finished, Run, RunError, Weight};
use crate::usage::Usage;

use moments::Told;

/// The real runner: each run is a child process.
#[derive(Debug, Clone)]
pub struct ChildRun {
    /// How long a run may take before it is killed.
    pub limit: Duration,
    /// The number of a signal that ends the comparison, with the run that is on its way; 0 while there is none.
    pub stop: Arc<AtomicUsize>,
    /// Whether processes that a run leaves behind become this program's, so that what they used is known as well. Only
    /// for programs that have no other children: they would be taken for the run's.
    pub adopts: bool,
}

/// How long a stop may go unseen. Looking this seldom costs the measured run nothing.
const LOOK: Duration = Duration::from_millis(100);

/// How much of a failed run's stderr is kept, in lines.
const STDERR_LINES: usize = 20;

/// Variables with this prefix set the runners' flags, and would make the arms differ from the plan.
const RUNNER_VARIABLES: &str = "RUNNER_";

/// Names the file that sets flags where nothing else does, which would do the same.
const RUNNER_CONFIG: &str = "RUNNER_CONFIG";

impl Run for ChildRun {
    fn run(&mut self, command: &CommandLine) -> Result<Finished, RunError> {
        self.run_looking(command, None)
    }

    fn weigh(&mut self, command: &CommandLine) -> Result<(Finished, Weight), RunError> {
        let mut weight = Weight::default();
        let finished = self.run_looking(command, Some(&mut weight))?;
        Ok((finished, weight))
    }

    fn read(&mut self) -> Reading {
        Reading::now()
    }
}

impl ChildRun {
    /// Runs it, and looks at its memory meanwhile where that is asked for.
    fn run_looking(
        &self,
        command: &CommandLine,
        weight: Option<&mut Weight>,
    ) -> Result<Finished, RunError> {
        if let Some(signal) = self.stopped() {
            return Err(RunError::Stopped { signal });
        }
        let (stdout, stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let told = NamedTempFile::new()?;
        let mut prepared = prepare(command, &stdout, &stderr)?;
        prepared.env(moments::VARIABLE, told.path());
        if self.adopts {
            orphans::adopt()?;
        }
        let used_before = Usage::of_children();
        let start = moments::now()?;
        let mut child = prepared.spawn()?;
        let status = self.wait(&mut child, weight);
        let end = moments::now()?;
        if self.adopts {
            orphans::bury();
        }
        match status? {
            End::Stopped(signal) => Err(RunError::Stopped { signal }),
            End::Overdue => Err(RunError::Hung {
                limit: self.limit,
                stderr: tail(stderr)?,
            }),
            End::Exited(status) if !status.success() => Err(RunError::Failed {
                status: status.to_string(),
                stderr: tail(stderr)?,
            }),
            End::Exited(_) => {
                let told = Told::read(told);
                has_ballast(command, &told)?;
                let whole = end.saturating_sub(start);
                let (start, end) = told.span((start, end));
                let wall = end.saturating_sub(start);
                let uncounted = told.uncounted();
                let used = Usage::of_children().zip(used_before);
                Ok(Finished {
                    wall,
                    prepared: whole.saturating_sub(wall),
                    stdout: text(stdout)?,
                    phases: told.phases((start, end)),
                    usage: used.map(|(after, before)| after.since(&before).since(&uncounted)),
                    uncounted: uncounted.user.saturating_add(uncounted.sys),
                    resident: told.resident(),
                })
            }
        }
    }
}

/// Makes sure that a run had in memory what it was to have there, and that its time began behind that.
fn has_ballast(command: &CommandLine, told: &Told) -> Result<(), RunError> {
    let Some(ballast) = command.ballast else {
        return Ok(());
    };
    let resident = told.resident();
    match resident.is_some_and(|resident| resident >= ballast.bytes()) {
        true => Ok(()),
        false => Err(RunError::NotResident { ballast, resident }),
    }
}

fn prepare(command: &CommandLine, stdout: &File, stderr: &File) -> io::Result<Command> {
    let mut prepared = Command::new(&command.program);
    prepared.args(&command.arguments).process_group(0);
    prepared
        .stdin(Stdio::null())
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with(RUNNER_VARIABLES) {
            prepared.env_remove(name);
        }
    }
    prepared.env(RUNNER_CONFIG, "/dev/null");
    match command.ballast {
        Some(ballast) => prepared.env(ballast::VARIABLE, ballast.to_string()),
        None => prepared.env_remove(ballast::VARIABLE),
    };
    Ok(prepared)
}

/// How a run came to its end.
enum End {
    Exited(ExitStatus),
    /// It was killed for taking too long.
    Overdue,
    /// It was killed because of this signal to us.
    Stopped(usize),
}

impl ChildRun {
    /// Waits for the child's end, and sees to it that there is one.
    fn wait(&self, child: &mut Child, weight: Option<&mut Weight>) -> io::Result<End> {
        let ended = match weight {
            Some(weight) => self.watch_memory(child, weight),
            None => self.watch(child),
        };
        if !matches!(ended, Ok(End::Exited(_))) {
            // The child is not reaped yet, so its process id, and so its group, is still its own.
            let group = i32::try_from(child.id()).map_err(io::Error::other)?;
            // A group that is gone needs no signal.
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            child.wait()?;
        }
        ended
    }

    fn watch(&self, child: &mut Child) -> io::Result<End> {
        let start = Instant::now();
        loop {
            let left = self.limit.saturating_sub(start.elapsed());
            if let Some(end) = self.wait_for(child, left.min(LOOK), left)? {
                return Ok(end);
            }
        }
    }

    fn watch_memory(&self, child: &mut Child, weight: &mut Weight) -> io::Result<End> {
        let (start, mut pause) = (Instant::now(), memory::FIRST_PAUSE);
        loop {
            memory::look(child.id(), weight);
            let left = self.limit.saturating_sub(start.elapsed());
            if let Some(end) = self.wait_for(child, pause, left)? {
                return Ok(end);
            }
            pause = memory::next_pause(pause);
        }
    }

    /// Waits for a while, and tells how the child ended, or why it must.
    fn wait_for(
        &self,
        child: &mut Child,
        pause: Duration,
        left: Duration,
    ) -> io::Result<Option<End>> {
        if let Some(status) = child.wait_timeout(pause)? {
            return Ok(Some(End::Exited(status)));
        }
        Ok(match self.stopped() {
            Some(signal) => Some(End::Stopped(signal)),
            None if left.is_zero() => Some(End::Overdue),
            None => None,
        })
    }

    /// The signal that ends the comparison, once there was one.
    fn stopped(&self) -> Option<usize> {
        // Relaxed: the number is all that is passed on.
        Some(self.stop.load(Ordering::Relaxed)).filter(|&signal| signal != 0)
    }
}

fn text(mut file: File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn tail(file: File) -> io::Result<String> {
    let text = text(file)?;
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(STDERR_LINES)..].join("\n"))
}

#[cfg(test)]
mod tests;
