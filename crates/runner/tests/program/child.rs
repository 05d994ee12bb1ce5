//! Running the program, to its end or line by line, and seeing to it that nothing is left behind.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _};
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a run printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code as a shell shows it: 128 and the signal for a death by one.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with these arguments, split at spaces, and nothing to read.
pub(crate) fn program(arguments: &str) -> Command {
    let mut command = Command::new(crate::PROGRAM);
    command
        .args(arguments.split_whitespace())
        .env_remove("CLICOLOR_FORCE")
        .env_remove("RUST_BACKTRACE")
        // Whoever runs the tests may have a config file.
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &str) -> Ran {
    Live::start(program(arguments)).finish()
}

/// A running program. When it takes longer than any test waits, it is killed, and the test sees its output end.
pub(crate) struct Live {
    pub(crate) child: Child,
    out: Option<BufReader<ChildStdout>>,
    err: File,
    /// All processes of the run carry it in their environment.
    mark: String,
    /// Ends the watch over the time when it is dropped.
    _watch: Sender<()>,
}

/// Signals that the terminal or the shell may have this process ignore, as one without job control does for what
/// it starts in the background. Children would inherit that, but not that a signal is caught: so it is, here.
fn hear_what_is_ignored() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
        for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP] {
            if mask & (1_u64 << (signal as u32 - 1)) != 0 {
                let heard = signal_hook::flag::register(signal as i32, Arc::default());
                heard.unwrap();
            }
        }
    });
}

impl Live {
    pub(crate) fn start(mut command: Command) -> Self {
        hear_what_is_ignored();
        static RUNS: AtomicU32 = AtomicU32::new(0);
        // Relaxed: only uniqueness matters.
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let run = format!("{}-{run}-", std::process::id());
        let err = tempfile::tempfile().unwrap();
        command.env("ANYPOOL_TEST_RUN", &run);
        command.stderr(err.try_clone().unwrap());
        let mut child = command.spawn().unwrap();
        Self {
            out: child.stdout.take().map(BufReader::new),
            err,
            mark: format!("ANYPOOL_TEST_RUN={run}"),
            _watch: watch(child.id()),
            child,
        }
    }

    /// The next line of standard output, as soon as it is there.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        let out = self.out.as_mut().unwrap();
        out.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "a whole line must come, not {line:?}");
        line.trim_end().to_owned()
    }

    /// Reads so many bytes of standard output, and forgets them.
    pub(crate) fn skip(&mut self, bytes: u64) {
        if bytes > 0 {
            let mut out = self.out.as_mut().unwrap().take(bytes);
            assert_eq!(io::copy(&mut out, &mut io::sink()).unwrap(), bytes);
        }
    }

    /// The most that the program has ever had resident.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = peak.unwrap().trim().trim_end_matches(" kB");
        kibibytes.parse::<u64>().unwrap() << 10
    }

    /// Reads no more.
    pub(crate) fn close(&mut self) {
        self.out = None;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(pid(self.child.id()), signal).unwrap();
    }

    /// Waits until this stands on standard error.
    pub(crate) fn wait_until_told(&self, text: &str) {
        wait_until(text, || self.told().contains(text));
    }

    /// Asks what runs, again and again, until it has been told all of this: a run that has just begun does not know
    /// yet what will wait.
    pub(crate) fn ask_until_told(&self, texts: &[&str]) {
        let answers = || self.told().matches(" running, ").count();
        while !texts.iter().all(|text| self.told().contains(text)) {
            let before = answers();
            self.signal(Signal::SIGUSR1);
            wait_until(&format!("an answer with {texts:?}"), || answers() > before);
        }
    }

    /// The beginning of what stands on standard error, as far as it is there.
    fn told(&self) -> String {
        let mut told = vec![0; 1 << 20];
        let read = self.err.read_at(&mut told, 0).unwrap();
        String::from_utf8_lossy(&told[..read]).into_owned()
    }

    /// Waits until a thread of the run keeps `SIGINT` from itself, as a stubborn task does.
    pub(crate) fn wait_until_stubborn(&self) {
        let interrupt = 1_u64 << (Signal::SIGINT as u32 - 1);
        wait_until("a stubborn task", || {
            let threads = self.processes().into_iter().flat_map(threads);
            threads.into_iter().any(|status| {
                let mut lines = status.lines();
                let blocked = lines.find_map(|line| line.strip_prefix("SigBlk:"));
                blocked.is_some_and(|mask| {
                    u64::from_str_radix(mask.trim(), 16).unwrap() & interrupt != 0
                })
            })
        });
    }

    /// Waits until a task has used so much processor time, or all is over.
    pub(crate) fn wait_until_busy(&self, time: Duration) {
        wait_until("a busy task", || {
            let processes = self.processes();
            processes.is_empty() || processes.iter().any(|process| used(process) >= time)
        });
    }

    /// Waits until all processes are stopped, but for the fork server, which serves on.
    ///
    /// A shell waits uninterruptibly for a child to which it has lent its memory until that is a program: when the child
    /// is stopped, the shell is as good as stopped, too.
    pub(crate) fn wait_until_stopped(&self) {
        wait_until("a suspended run", || {
            let processes = self.processes();
            let stats = processes
                .iter()
                .filter_map(|process| Some((process, stat(process)?)));
            let stats: Vec<_> = stats
                .filter(|(_, (name, _))| name != "anypool-zygote")
                .collect();
            let stopped = stats.iter().filter(|(_, (_, fields))| fields[0] == "T");
            let parents: Vec<String> = stopped
                .map(|(_, (_, fields))| format!("/proc/{}", fields[1]))
                .collect();
            let mut states = stats
                .iter()
                .map(|(process, (_, fields))| match &*fields[0] {
                    "T" => true,
                    "D" => parents.contains(process),
                    _ => false,
                });
            states.all(|is_stopped| is_stopped)
        });
    }

    /// Waits for the program's end, and for the end of all that it started.
    pub(crate) fn finish(mut self) -> Ran {
        let mut out = String::new();
        if let Some(rest) = &mut self.out {
            rest.read_to_string(&mut out).unwrap();
        }
        let status = self.child.wait().unwrap();
        wait_until("the end of every process", || self.processes().is_empty());
        let mut err = String::new();
        self.err.rewind().unwrap();
        self.err.read_to_string(&mut err).unwrap();
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        Ran {
            code: code.unwrap(),
            out,
            err,
        }
    }

    /// The processes of this run that are alive, by their folders.
    pub(crate) fn processes(&self) -> Vec<String> {
        let folders = fs::read_dir("/proc").unwrap().map_while(Result::ok);
        let ours = folders.filter(|folder| {
            // Processes may end while we look, and others are not ours to read.
            let environment = fs::read(folder.path().join("environ")).unwrap_or_default();
            let mut variables = environment.split(|&byte| byte == 0);
            variables.any(|variable| variable == self.mark.as_bytes())
        });
        ours.map(|folder| folder.path().display().to_string())
            .collect()
    }
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(id.try_into().unwrap())
}

fn watch(id: u32) -> Sender<()> {
    let (sender, ended) = mpsc::channel();
    let watcher = thread::Builder::new().name("watch".to_owned());
    let watching = watcher.spawn(move || {
        if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let _ = kill(pid(id), Signal::SIGKILL);
        }
    });
    watching.unwrap();
    sender
}

pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::park_timeout(Duration::from_millis(2));
    }
}

/// A process's name, and what the system says about it from its state on.
fn stat(process: &String) -> Option<(String, Vec<String>)> {
    let stat = fs::read_to_string(format!("{process}/stat")).ok()?;
    let (before, fields) = stat.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    let fields = fields.split_whitespace().map(str::to_owned);
    Some((name.to_owned(), fields.collect()))
}

/// The processor time that a process has used.
fn used(process: &String) -> Duration {
    let ticks = stat(process).map_or(0, |(_, fields)| {
        // User and system time, the 14th and 15th of all.
        let ticks = |at: usize| fields[at].parse::<u64>().unwrap();
        ticks(11) + ticks(12)
    });
    // The kernel tells times in hundredths of a second, on all of our platforms.
    Duration::from_millis(10 * ticks)
}

/// What the system says about each thread of a process.
fn threads(process: String) -> Vec<String> {
    let tasks = fs::read_dir(process + "/task").into_iter().flatten();
    let statuses = tasks
        .map_while(Result::ok)
        .map(|task| task.path().join("status"));
    statuses
        .filter_map(|status| fs::read_to_string(status).ok())
        .collect()
}
