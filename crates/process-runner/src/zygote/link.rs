//! The way to this process's fork server: the program forks the zygote, a worker is born with a door to
//! whoever forked it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::{Pid, getpid};

use crate::fault;
use crate::sys::process::{ForkError, Forked, exit_now, fork_single_threaded, pidfd_open};
use crate::wire::control::Variable;
use crate::worker::kit::set_up;
use crate::worker::serve::{EXIT_PROTOCOL, serve};
use crate::zygote::birth::{Newborn, Role};
use crate::zygote::door::{self, Door};
use crate::zygote::guise::{become_zygote, nothing, open_standard_streams};
use crate::zygote::server::Server;
use crate::zygote::template;

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
    /// This is a template, which must stay as it is: a pool has threads, and what has threads cannot be
    /// forked.
    #[error(
        "no fork server: a `preload` cannot start pools; start them in the program or in a task"
    )]
    InsidePreload,
    /// The fork server does not answer.
    #[error(
        "no fork server: it has read nothing for {waited:?}; if somebody has stopped it, `kill -CONT` lets it go on"
    )]
    Silent {
        /// How long it was waited for.
        waited: Duration,
    },
    /// The fork server has died.
    #[error("the fork server is gone: {error}")]
    Gone {
        /// What was noticed.
        error: String,
    },
}

/// The way to the fork server of this process.
#[derive(Debug)]
pub(crate) struct Link {
    owner: Pid,
    /// Whether this is a worker, whose pools are served by templates alone.
    is_worker: bool,
    /// Names the program's zygote even when somebody else has collected its status. Where the kernel had
    /// none to give, nobody collects it.
    pidfd: Option<OwnedFd>,
    /// The environment that workers inherit.
    environment: Environment,
    door: Mutex<Door>,
}

/// The environment variables of a fork server. Taken once for each, and shared with all that it forks: a
/// copy in every worker would be memory of its own.
type Environment = Vec<(OsString, OsString)>;

static LINK: OnceLock<Result<Link, InitError>> = OnceLock::new();
/// Whether this process was forked by us.
static IS_FORKED: AtomicBool = AtomicBool::new(false);

/// Starts the fork server while this process has one thread. Call it on the first line of `main`; or
/// write [`init_at_load!`](crate::init_at_load!) at the level of a module where that is out of reach.
///
/// Workers see the program as of this call: statics, environment, loggers. It never fails loudly:
/// when it cannot do its work, starting a pool says why. Further calls do nothing.
pub fn init() {
    if LINK.get().is_none() && !IS_FORKED.load(Ordering::Relaxed) {
        let link = start();
        // Single-threaded programs have no race here, and others have no zygote.
        let _ = LINK.set(link);
    }
}

/// This process's link.
pub(crate) fn link() -> Result<&'static Link, InitError> {
    let Some(link) = LINK.get() else {
        return Err(if IS_FORKED.load(Ordering::Relaxed) {
            InitError::InsidePreload
        } else {
            InitError::NotCalled
        });
    };
    let link = link.as_ref().map_err(InitError::clone)?;
    if link.owner != getpid() {
        return Err(InitError::NotCalled);
    }
    Ok(link)
}

impl Link {
    /// The link of this process to a fork server with this environment.
    fn new(door: Door, environment: Environment) -> Self {
        Self {
            owner: getpid(),
            is_worker: false,
            pidfd: None,
            environment,
            door: Mutex::new(door),
        }
    }

    /// Whether this is a worker, whose pools are served by templates alone.
    pub(crate) fn is_worker(&self) -> bool {
        self.is_worker
    }

    /// The door, for one opening at a time.
    pub(crate) fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Collects the status of a zygote that has let go of its sockets, so that it does not stay in the
    /// process table as long as the program lives.
    pub(crate) fn collect(&self) {
        // The kernel closes a dying process's sockets a moment before the process has ended.
        const MOMENT: u16 = 1_000;
        let Some(pidfd) = &self.pidfd else { return };
        let mut ended = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
        let _ = poll(&mut ended, MOMENT);
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG;
        // Refused when another thread, or the program itself, has collected it.
        let _ = waitid(Id::PIDFd(pidfd.as_fd()), flags);
    }
}

/// How the environment has changed since the fork server was forked.
pub(crate) fn environment_changes() -> Vec<Variable> {
    let before: BTreeMap<_, _> = match link() {
        Ok(link) => link.environment.iter().cloned().collect(),
        Err(_) => BTreeMap::new(),
    };
    let now: BTreeMap<_, _> = std::env::vars_os().collect();
    let gone = before.keys().filter(|name| !now.contains_key(*name));
    let gone = gone.map(|name| (bytes(name), None));
    let new = now
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value));
    let new = new.map(|(name, value)| (bytes(name), Some(bytes(value))));
    gone.chain(new).collect()
}

fn bytes(text: &OsStr) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn start() -> Result<Link, InitError> {
    let kernel = |error: String| InitError::Kernel { error };
    open_standard_streams();
    fault::install();
    // What is buffered now would be printed by every process that inherits the buffer.
    let _ = std::io::stdout().flush();
    let (door, served) = door::pair().map_err(|error| kernel(error.to_string()))?;
    let nothing = nothing().map_err(|error| kernel(format!("/dev/null: {error}")))?;
    let environment: Environment = std::env::vars_os().collect();
    let program = getpid();
    match fork_single_threaded() {
        Err(ForkError::Threads(threads)) => Err(InitError::Threads { threads }),
        Err(ForkError::Uncounted(errno)) => Err(kernel(format!(
            "the threads in /proc/self/task cannot be counted: {errno}"
        ))),
        Err(ForkError::Kernel(errno)) => Err(kernel(errno.to_string())),
        Ok(Forked::Parent(child)) => Ok(Link {
            pidfd: pidfd_open(child).ok(),
            ..Link::new(door, environment)
        }),
        Ok(Forked::Child) => {
            drop(door);
            IS_FORKED.store(true, Ordering::Relaxed);
            // Nothing may unwind into the frames of the program that this is a copy of.
            let run = AssertUnwindSafe(|| {
                become_zygote(program, &nothing);
                drop(nothing);
                Server::of_program(served).map_or(EXIT_PROTOCOL, |server| live(server, environment))
            });
            exit_now(std::panic::catch_unwind(run).unwrap_or(EXIT_PANICKED))
        }
    }
}

/// The exit code of a process of ours that panicked outside of a task, as of any Rust program.
const EXIT_PANICKED: i32 = 101;

/// Serves as the zygote, and in the processes that it forks lives as what those are. Returns the exit code.
fn live(mut server: Server, mut environment: Environment) -> i32 {
    let mut is_template = false;
    loop {
        let role = server.serve();
        // In a child this closes everything that belongs to its parent.
        drop(server);
        match role {
            Role::Nobody => {
                if is_template {
                    // When it returns, there was nothing to end.
                    let _ = template::end_group();
                }
                return 0;
            }
            Role::Worker(newborn) => return work(newborn, environment),
            Role::Template(commission) => match template::prepare(commission) {
                Some(next) => {
                    (server, is_template) = (next, true);
                    // A preload may have changed it.
                    environment = std::env::vars_os().collect();
                }
                None => return EXIT_PROTOCOL,
            },
        }
    }
}

fn work(newborn: Newborn, environment: Environment) -> i32 {
    let link = newborn.door.map(|door| Link {
        is_worker: true,
        ..Link::new(door, environment)
    });
    let _ = LINK.set(link.map_err(|error| InitError::Kernel { error }));
    match set_up(newborn.channels, newborn.descriptors) {
        Some(worker) => serve(worker),
        None => EXIT_PROTOCOL,
    }
}
