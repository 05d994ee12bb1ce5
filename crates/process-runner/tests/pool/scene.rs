//! What the tests stage their scenes with: gates and logs in a folder, pools, and patience.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anypool_core::{JobError, Outcome, RanBy, StoppedBy};
use nix::sys::stat::Mode;
use process_runner::{ProcessPool, ProcessPoolBuilder, Transport};
use serde::{Deserialize, Serialize};

use crate::recorder::Recorder;

/// How long anything may take on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Both ways for jobs to travel.
pub(crate) const TRANSPORTS: [Transport; 3] = Transport::ALL;

/// A folder of one test's own, with a gate and a log.
pub(crate) struct Scene {
    directory: PathBuf,
    pub(crate) gate: Gate,
    pub(crate) log: Log,
}

/// Keeps tasks waiting until it is opened.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Gate(PathBuf);

/// Lines that tasks append, one write each.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Log(PathBuf);

impl Scene {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // Numbers of processes are reused, and killed programs leave their folders behind.
        let directory = loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("anypool-{}-{number}", std::process::id());
            let directory = std::env::temp_dir().join(name);
            match fs::create_dir(&directory) {
                Ok(()) => break directory,
                Err(error) => assert_eq!(error.kind(), ErrorKind::AlreadyExists),
            }
        };
        let log = Log(directory.join("log"));
        File::create(&log.0).unwrap();
        let gate = Gate::new(directory.join("gate"));
        Self {
            directory,
            gate,
            log,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// A gate beside the first one.
    pub(crate) fn gate(&self, name: &str) -> Gate {
        Gate::new(self.directory.join(name))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Gate {
    fn new(path: PathBuf) -> Self {
        nix::unistd::mkfifo(&path, Mode::S_IRWXU).unwrap();
        Self(path)
    }

    /// In a task: waits until the gate is open.
    pub(crate) fn pass(&self) {
        // Opening a FIFO for reading waits for a writer.
        File::open(&self.0).unwrap();
    }

    /// Lets everybody pass, as long as the guard lives.
    #[must_use]
    pub(crate) fn open(&self) -> File {
        let both = OpenOptions::new().read(true).write(true).open(&self.0);
        both.unwrap()
    }
}

impl Log {
    pub(crate) fn note(&self, line: impl std::fmt::Display) {
        let mut file = OpenOptions::new().append(true).open(&self.0).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.0).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until the log has `line`.
    pub(crate) fn wait_for(&self, line: &str) {
        eventually(line, || self.lines().iter().any(|seen| seen == line));
    }

    /// Waits until the log has a line that begins with `prefix`; returns the rest of it.
    pub(crate) fn wait_for_number(&self, prefix: &str) -> i32 {
        let mut found = None;
        eventually(prefix, || {
            found = self.number(prefix);
            found.is_some()
        });
        found.unwrap()
    }

    /// The rest of a line that begins with `prefix`, if there is one by now.
    pub(crate) fn number(&self, prefix: &str) -> Option<i32> {
        let lines = self.lines();
        let rest = lines.iter().find_map(|line| line.strip_prefix(prefix));
        rest.and_then(|rest| rest.trim().parse().ok())
    }
}

/// A task that says when it starts, waits at a gate, and says when it ends.
pub(crate) fn gated(input: (Gate, Log), n: u32) -> u32 {
    let (gate, log) = input;
    log.note(format_args!("start {n}"));
    gate.pass();
    log.note(format_args!("end {n}"));
    n
}

/// A task that says that it ran.
pub(crate) fn logged(log: Log, n: u32) -> u32 {
    log.note(format_args!("ran {n}"));
    n
}

pub(crate) fn square(n: u64) -> u64 {
    n * n
}

/// The limit that a job ran over, and what ended it.
#[track_caller]
pub(crate) fn overrun<T: std::fmt::Debug>(outcome: Outcome<T>) -> (Duration, StoppedBy) {
    match outcome {
        Err(JobError::TimedOut {
            limit,
            stopped_by,
            worker: Some(RanBy::Process { .. }),
        }) => (limit, stopped_by),
        other => panic!("{other:?}"),
    }
}

/// A builder for a pool whose output goes to nobody's terminal.
pub(crate) fn quiet(workers: usize, transport: Transport) -> ProcessPoolBuilder {
    ProcessPool::builder()
        .workers(workers)
        .transport(transport)
        .host(Arc::new(Recorder::default()))
}

/// A pool whose output goes to nobody's terminal.
pub(crate) fn pool(workers: usize, transport: Transport) -> ProcessPool {
    quiet(workers, transport).start().unwrap()
}

/// The same, in which what is to stop has all the time that it needs for that on a busy machine.
pub(crate) fn patient(workers: usize, transport: Transport) -> ProcessPool {
    let pool = quiet(workers, transport).grace(PATIENCE);
    pool.start().unwrap()
}

/// Waits until `holds`; for what no event tells.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether no process with this number runs; one that only waits to be reaped does not.
pub(crate) fn is_gone(pid: i32) -> bool {
    matches!(state_of(pid), None | Some('Z' | 'X'))
}

/// The letter for what a process does: `R`uns, `S`leeps, is s`T`opped, a `Z`ombie.
pub(crate) fn state_of(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')').next()?.trim().chars().next()
}

const ALONE: &str = "ANYPOOL_TEST_ALONE";

/// This test program again, running nothing but `test`.
pub(crate) fn program(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command.arg("--include-ignored");
    command.env(ALONE, test);
    command
}

/// Whether this process was started to run nothing but `test`.
pub(crate) fn is_alone(test: &str) -> bool {
    std::env::var(ALONE).is_ok_and(|alone| alone == test)
}

/// For tests that need a process of their own: runs `test` in one, unless this is it.
/// Returns whether the body of the test is to run here.
#[track_caller]
pub(crate) fn alone(test: &str) -> bool {
    if is_alone(test) {
        return true;
    }
    must_pass(program(test), ":");
    false
}

/// Runs a test program after a shell command; it must report one test that passed.
#[track_caller]
pub(crate) fn must_pass(program: Command, after: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{after} && exec \"$0\" \"$@\"")]);
    shell.arg(program.get_program()).args(program.get_args());
    shell.envs(
        program
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell.output().unwrap();
    let (out, err) = (output.stdout, output.stderr);
    let text = [String::from_utf8_lossy(&out), String::from_utf8_lossy(&err)].concat();
    assert!(
        text.contains("1 passed") && output.status.success(),
        "{text}"
    );
}
