//! Runs a command line as a child process, with a limit on its time.
//!
//! What the child prints goes to unnamed files, so that no thread of ours reads while it is being measured. It leads a
//! process group of its own, so that a run that hangs is ended with all that it started. What the terminal sends
//! (Ctrl-C) does not reach that group; whoever catches the signal says so in [`ChildRun::stop`].

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use wait_timeout::ChildExt as _;

use crate::command::CommandLine;
use crate::run::{Finished, Run, RunError};

/// The real runner: each run is a child process.
#[derive(Debug, Clone)]
pub struct ChildRun {
    /// How long a run may take before it is killed.
    pub limit: Duration,
    /// The number of a signal that ends the comparison, with the run that is on its way; 0 while there is none.
    pub stop: Arc<AtomicUsize>,
}

/// How long a stop may go unseen. Looking this seldom costs the measured run nothing.
const LOOK: Duration = Duration::from_millis(100);

/// How much of a failed run's stderr is kept, in lines.
const STDERR_LINES: usize = 20;

/// Variables with this prefix set the runners' flags, and would make the arms differ from the plan.
const RUNNER_VARIABLES: &str = "RUNNER_";

impl Run for ChildRun {
    fn run(&mut self, command: &CommandLine) -> Result<Finished, RunError> {
        if let Some(signal) = self.stopped() {
            return Err(RunError::Stopped { signal });
        }
        let (stdout, stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut prepared = prepare(command, &stdout, &stderr)?;
        let start = Instant::now();
        let mut child = prepared.spawn()?;
        let status = self.wait(&mut child, start);
        let wall = start.elapsed();
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
            End::Exited(_) => Ok(Finished {
                wall,
                stdout: text(stdout)?,
            }),
        }
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
    fn wait(&self, child: &mut Child, start: Instant) -> io::Result<End> {
        let ended = self.watch(child, start);
        if !matches!(ended, Ok(End::Exited(_))) {
            // The child is not reaped yet, so its process id, and so its group, is still its own.
            let group = i32::try_from(child.id()).map_err(io::Error::other)?;
            // A group that is gone needs no signal.
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            child.wait()?;
        }
        ended
    }

    fn watch(&self, child: &mut Child, start: Instant) -> io::Result<End> {
        loop {
            let left = self.limit.saturating_sub(start.elapsed());
            if let Some(status) = child.wait_timeout(left.min(LOOK))? {
                return Ok(End::Exited(status));
            }
            if let Some(signal) = self.stopped() {
                return Ok(End::Stopped(signal));
            }
            if left.is_zero() {
                return Ok(End::Overdue);
            }
        }
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
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Finished, RunError> {
        let arguments = vec!["-c".to_owned(), script.to_owned()];
        runner(limit).run(&CommandLine {
            program: PathBuf::from("/bin/sh"),
            arguments,
        })
    }

    fn runner(limit: Duration) -> ChildRun {
        let stop = Arc::default();
        ChildRun { limit, stop }
    }

    #[test]
    fn a_run_gives_its_output_and_its_time() {
        let sample = shell("echo one; echo two >&2", Duration::from_secs(20)).unwrap();
        assert_eq!(sample.stdout, "one\n");
        assert!(sample.wall > Duration::ZERO);
    }

    #[test]
    fn a_failed_run_says_how_and_what_it_said() {
        let error = shell("echo broken >&2; exit 3", Duration::from_secs(20)).unwrap_err();
        assert_eq!(error.to_string(), "ended with exit status: 3\n  | broken");
    }

    #[test]
    fn a_run_that_hangs_is_killed_with_its_group() {
        // The shell says which process it started; that one must be gone, too.
        let script = "sleep 60 & echo $! >&2; wait";
        let error = shell(script, Duration::from_secs(1)).unwrap_err();
        let RunError::Hung { stderr, .. } = error else {
            panic!("not a hang: {error}");
        };
        assert!(stderr.parse::<u32>().is_ok(), "no process id: {stderr}");
        let deadline = Instant::now() + Duration::from_secs(10);
        while is_alive(&stderr) {
            assert!(Instant::now() < deadline, "{stderr} outlived its group");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_stop_kills_what_runs() {
        let mut runner = runner(Duration::from_secs(3600));
        let stop = Arc::clone(&runner.stop);
        // The run says where it is by making the file, and only then the stop comes.
        let folder = tempfile::tempdir().unwrap();
        let running = folder.path().join("running");
        let command = CommandLine {
            program: PathBuf::from("/bin/sh"),
            arguments: vec![
                "-c".to_owned(),
                format!(
                    "echo $$ > {0}.new; mv {0}.new {0}; exec sleep 3600",
                    running.display()
                ),
            ],
        };
        let (error, pid) = std::thread::scope(|scope| {
            let stopper = scope.spawn(|| {
                while !running.exists() {
                    std::thread::yield_now();
                }
                stop.store(15, Ordering::Relaxed);
                std::fs::read_to_string(&running).unwrap()
            });
            let error = runner.run(&command).unwrap_err();
            (error, stopper.join().unwrap())
        });
        assert!(!is_alive(pid.trim()), "{pid} was not stopped");
        assert!(matches!(error, RunError::Stopped { signal: 15 }), "{error}");
        let again = runner.run(&command).unwrap_err();
        assert!(matches!(again, RunError::Stopped { signal: 15 }), "{again}");
    }

    /// A process that nobody waited for yet is dead all the same.
    fn is_alive(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| !rest.starts_with('Z'))
    }

    #[test]
    fn a_program_that_is_not_there_is_not_run() {
        let command = CommandLine {
            program: PathBuf::from("/no/such/program"),
            arguments: Vec::new(),
        };
        let error = runner(Duration::from_secs(1)).run(&command).unwrap_err();
        assert!(matches!(error, RunError::NotRun(_)), "{error}");
    }
}
