//! The program's side of the zygote: forking it, and opening sessions with it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::fd::{AsFd as _, IntoRawFd};
use std::os::unix::ffi::OsStrExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ipc_channel::ipc::{self, IpcSender};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, dup2_stdin, dup2_stdout, getpid, getppid, setpgid};

use crate::fault;
use crate::sys::process::{
    ForkError, Forked, exit_now, fork_single_threaded, ignore_signal, reset_signal_actions,
};
use crate::wire::control::Variable;
use crate::worker::kit::{WorkerChannels, set_up};
use crate::worker::serve::{EXIT_PROTOCOL, serve};
use crate::zygote::record::RECORD_BYTES;
use crate::zygote::server::{Role, Server, Spawns};
use crate::zygote::socket::RecordSocket;

/// Why there is no zygote to fork workers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// `init` was not called.
    #[error(
        "no fork server: call `init()` on the first line of main, or write `init_at_load!();` at the \
         level of a module where main is out of reach"
    )]
    NotCalled,
    /// `init` was called too late: threads do not survive a fork, but the locks they hold do.
    #[error(
        "no fork server: `init()` was called when {threads} threads were running already; call it on \
         the first line of main, or write `init_at_load!();` at the level of a module"
    )]
    Threads {
        /// How many threads there were.
        threads: usize,
    },
    /// The kernel refused the fork or what it needs.
    #[error("no fork server: the kernel refused it: {error}")]
    Kernel {
        /// The kernel's words.
        error: String,
    },
    /// This is a worker; it cannot start pools of its own yet.
    #[error("this is a worker process: start pools in the program itself")]
    InsideWorker,
    /// The fork server has died.
    #[error("the fork server is gone: {error}")]
    Gone {
        /// What was noticed.
        error: String,
    },
}

/// The connection to the zygote.
pub(crate) struct Zygote {
    owner: Pid,
    /// The environment that workers inherit.
    pub(crate) environment: Vec<(OsString, OsString)>,
    door: Mutex<Door>,
}

struct Door {
    socket: RecordSocket,
    openings: IpcSender<Spawns>,
}

static ZYGOTE: OnceLock<Result<Zygote, InitError>> = OnceLock::new();
static IS_WORKER: AtomicBool = AtomicBool::new(false);

/// Starts the fork server while this process has one thread. Call it on the first line of `main`; or
/// write [`init_at_load!`](crate::init_at_load!) at the level of a module where that is out of reach.
///
/// Workers see the program as of this call: statics, environment, loggers. It never fails loudly:
/// when it cannot do its work, starting a pool says why. Further calls do nothing.
pub fn init() {
    if ZYGOTE.get().is_none() && !IS_WORKER.load(Ordering::Relaxed) {
        let zygote = start();
        // Single-threaded programs have no race here, and others have no zygote.
        let _ = ZYGOTE.set(zygote);
    }
}

/// The zygote of this program.
pub(crate) fn zygote() -> Result<&'static Zygote, InitError> {
    if IS_WORKER.load(Ordering::Relaxed) {
        return Err(InitError::InsideWorker);
    }
    let zygote = ZYGOTE.get().ok_or(InitError::NotCalled)?;
    let zygote = zygote.as_ref().map_err(InitError::clone)?;
    if zygote.owner != getpid() {
        return Err(InitError::NotCalled);
    }
    Ok(zygote)
}

impl Zygote {
    /// Hands the zygote its ends of a new session.
    pub(crate) fn open_session(
        &self,
        socket: RecordSocket,
        spawns: Spawns,
    ) -> Result<(), InitError> {
        let mut door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = |error: String| InitError::Gone { error };
        door.openings
            .send(spawns)
            .map_err(|error| gone(error.to_string()))?;
        let descriptors = vec![socket.into_descriptor()];
        let sent = door.socket.send([0; RECORD_BYTES], descriptors);
        let sent = sent.and_then(|()| door.socket.flush());
        sent.map_err(|errno| gone(errno.to_string()))
    }
}

/// How the environment has changed since the zygote was forked, in batches that fit into a message.
pub(crate) fn environment_changes() -> impl Iterator<Item = Vec<Variable>> {
    const BATCH_BYTES: usize = 32 * 1024;
    let before: BTreeMap<_, _> = match zygote() {
        Ok(zygote) => zygote.environment.iter().cloned().collect(),
        Err(_) => BTreeMap::new(),
    };
    let now: BTreeMap<_, _> = std::env::vars_os().collect();
    let gone = before.keys().filter(|name| !now.contains_key(*name));
    let gone = gone.map(|name| (bytes(name), None));
    let new = now
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value));
    let new = new.map(|(name, value)| (bytes(name), Some(bytes(value))));
    let mut batches: Vec<Vec<Variable>> = Vec::new();
    let mut room = 0;
    for (name, value) in gone.chain(new) {
        let size = name.len() + value.as_ref().map_or(0, Vec::len);
        if size > room || batches.is_empty() {
            batches.push(Vec::new());
            room = BATCH_BYTES;
        }
        room = room.saturating_sub(size);
        if let Some(batch) = batches.last_mut() {
            batch.push((name, value));
        }
    }
    batches.into_iter()
}

fn bytes(text: &OsStr) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn start() -> Result<Zygote, InitError> {
    let kernel = |error: String| InitError::Kernel { error };
    open_standard_streams();
    fault::install();
    // What is buffered now would be printed by every process that inherits the buffer.
    let _ = std::io::stdout().flush();
    let (here, there) = RecordSocket::pair().map_err(|errno| kernel(errno.to_string()))?;
    let (openings, opened) = ipc::channel().map_err(|error| kernel(error.to_string()))?;
    let owner = getpid();
    match fork_single_threaded() {
        Err(ForkError::Threads(threads)) => Err(InitError::Threads { threads }),
        Err(ForkError::Kernel(errno)) => Err(kernel(errno.to_string())),
        Ok(Forked::Parent(_)) => Ok(Zygote {
            owner,
            environment: std::env::vars_os().collect(),
            door: Mutex::new(Door {
                socket: here,
                openings,
            }),
        }),
        Ok(Forked::Child) => {
            drop((here, openings));
            IS_WORKER.store(true, Ordering::Relaxed);
            // Nothing may unwind into the frames of the program that this is a copy of.
            let run = AssertUnwindSafe(|| {
                become_zygote(owner);
                Server::new(there, opened).map_or(EXIT_PROTOCOL, run_server)
            });
            exit_now(std::panic::catch_unwind(run).unwrap_or(EXIT_PANICKED))
        }
    }
}

/// The exit code of a process of ours that panicked outside of a task, as of any Rust program.
const EXIT_PANICKED: i32 = 101;

/// Serves as the zygote, and, in the processes it forks, as a worker. Returns the exit code.
fn run_server(mut server: Server) -> i32 {
    let role = server.serve();
    // In a worker this closes everything that belongs to the zygote.
    drop(server);
    match role {
        Role::Nobody => 0,
        Role::Worker(channels, descriptors) => run_worker(channels, descriptors),
    }
}

fn run_worker(channels: WorkerChannels, descriptors: crate::worker::kit::WorkerDescriptors) -> i32 {
    match set_up(channels, descriptors) {
        Some(worker) => serve(worker),
        None => EXIT_PROTOCOL,
    }
}

/// Makes the process that was just forked the zygote as far as the kernel is concerned.
fn become_zygote(program: Pid) {
    // A group of its own: what the terminal sends is for the program, which decides for its workers.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    // A signal that can be handled: the workers' groups are killed on the way out.
    let _ = prctl::set_pdeathsig(Signal::SIGTERM);
    if getppid() != program {
        exit_now(0);
    }
    let _ = prctl::set_name(c"anypool-zygote");
    reset_signal_actions();
    for signal in [
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGHUP,
        Signal::SIGTSTP,
    ] {
        ignore_signal(signal);
    }
    // The program's own input and output are not kept open when it closes them.
    if let Ok(nothing) = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")
    {
        let _ = dup2_stdin(&nothing);
        let _ = dup2_stdout(&nothing);
    }
}

/// Opens standard streams that are closed, so that no descriptor of ours takes their place. Rust's
/// start-up does this before `main`, but not before `init_at_load!`.
fn open_standard_streams() {
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    for stream in [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()] {
        if fcntl(stream, FcntlArg::F_GETFD) == Err(Errno::EBADF) {
            let nothing = std::fs::OpenOptions::new()
                .read(true)
                .write(true)
                .open("/dev/null");
            // The lowest free number is the one that is missing; it stays open for good.
            let _ = nothing.map(IntoRawFd::into_raw_fd);
        }
    }
}
