//! What a worker inherits from its parent, and setting itself up with it.

use std::any::Any;
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt as _;
use std::sync::Arc;

use anypool_core::{MAX_PAYLOAD_BYTES, Registry};
use ipc_channel::IpcError;
use ipc_channel::ipc::IpcBytesReceiver;
use nix::errno::Errno;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Pid, dup2_stderr, dup2_stdout};

use crate::fault::{self, Point};
use crate::sealed;
use crate::sys::environment;
use crate::sys::identity::Identity;
use crate::sys::memory::SharedMemory;
use crate::sys::process::set_nice;
use crate::trace;
use crate::transport::ends::WorkerEnd;
use crate::transport::ipc::IpcWorker;
use crate::transport::pipe::{PipeWorker, WorkerPipes};
use crate::transport::shm::ShmWorker;
use crate::transport::words::WordsOut;
use crate::wire::control::{Control, Hello, Setup, Variable};
use crate::wire::slate::Slate;
use crate::wire::status::StatusPage;
use crate::worker::init;

/// The worker's end of the control plane's ipc-channel.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct WorkerChannels {
    pub(crate) from_parent: IpcBytesReceiver,
}

/// The descriptors that a worker inherits.
#[derive(Debug)]
pub(crate) struct WorkerDescriptors {
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
    pub(crate) page: OwnedFd,
    /// For [`WordsOut`].
    pub(crate) words: OwnedFd,
    /// Changes to the environment, where they are too many for a message.
    pub(crate) environment: Option<OwnedFd>,
    /// The input of the worker initializer, where there is one.
    pub(crate) init: Option<OwnedFd>,
    pub(crate) data: DataEnds,
}

/// A worker's end of its data plane, in descriptors.
#[derive(Debug)]
pub(crate) enum DataEnds {
    /// It goes over the control plane.
    None,
    /// The bell; the rings lie behind the status page.
    Bell(OwnedFd),
    /// Two pipes.
    Pipes(WorkerPipes),
}

impl DataEnds {
    fn into_vec(self) -> Vec<OwnedFd> {
        match self {
            Self::None => Vec::new(),
            Self::Bell(bell) => vec![bell],
            Self::Pipes(pipes) => pipes.into(),
        }
    }

    /// Undoes [`DataEnds::into_vec`]; `None` when the number is wrong.
    fn from_vec(mut descriptors: Vec<OwnedFd>) -> Option<Self> {
        let last = descriptors.pop();
        match (descriptors.pop(), last, descriptors.is_empty()) {
            (None, None, _) => Some(Self::None),
            (None, Some(bell), _) => Some(Self::Bell(bell)),
            (Some(requests), Some(replies), true) => Some(Self::Pipes([requests, replies])),
            _ => None,
        }
    }
}

/// Which descriptors there are that not every worker has; told with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extras {
    pub(crate) environment: bool,
    pub(crate) init: bool,
}

impl WorkerDescriptors {
    pub(crate) fn extras(&self) -> Extras {
        Extras {
            environment: self.environment.is_some(),
            init: self.init.is_some(),
        }
    }

    /// All of them, in the order in which they travel.
    pub(crate) fn into_vec(self) -> Vec<OwnedFd> {
        let fixed = [self.stdout, self.stderr, self.page, self.words];
        let some = self.environment.into_iter().chain(self.init);
        let all = fixed.into_iter().chain(some);
        all.chain(self.data.into_vec()).collect()
    }

    /// Undoes [`WorkerDescriptors::into_vec`]; `None` when the number is wrong.
    pub(crate) fn from_vec(descriptors: Vec<OwnedFd>, extras: Extras) -> Option<Self> {
        let mut descriptors = descriptors.into_iter();
        let mut next = || descriptors.next();
        let (stdout, stderr, page, words) = (next()?, next()?, next()?, next()?);
        let environment = if extras.environment {
            Some(next()?)
        } else {
            None
        };
        let init = if extras.init { Some(next()?) } else { None };
        let data = DataEnds::from_vec(descriptors.collect())?;
        Some(Self {
            stdout,
            stderr,
            page,
            words,
            environment,
            init,
            data,
        })
    }
}

/// A worker that has been set up.
pub(crate) struct Worker {
    pub(crate) number: u32,
    pub(crate) identity: Identity,
    pub(crate) page: StatusPage,
    pub(crate) slate: Slate,
    pub(crate) end: Box<dyn WorkerEnd>,
    /// What the initializer has made.
    pub(crate) state: Option<Box<dyn Any>>,
}

/// Sets this process up as its parent says, says hello, and runs its initializer. `None` when the
/// parent is gone or wants something else than a worker, or when the initializer has failed.
pub(crate) fn set_up(channels: WorkerChannels, descriptors: WorkerDescriptors) -> Option<Worker> {
    let WorkerChannels { from_parent } = channels;
    let to_parent = WordsOut::new(descriptors.words);
    let wired = wire_streams(&descriptors.stdout, &descriptors.stderr);
    let memory = Arc::new(SharedMemory::map(&descriptors.page).ok()?);
    let page = StatusPage::new(Arc::clone(&memory));
    let slate = Slate::new(Arc::clone(&memory))?;
    if let Some(changes) = descriptors.environment {
        change_environment(read_environment(changes)?);
    }
    let setup = receive_setup(&from_parent)?;
    trace::forward(setup.log_level);
    let tasks = registry_at(setup.registry).map_or_else(String::new, |tasks| tasks.table());
    let complaint = wired.and_then(|()| apply(&setup)).err();
    anypool_core::set_quiet(setup.quiet_panics);
    let hello = Control::Hello(Hello::new(&tasks, complaint))
        .encode()
        .ok()?;
    fault::reach(Point::WorkerBeforeHello);
    to_parent.send(&hello).ok()?;
    fault::reach(Point::WorkerAfterHello);
    let state = match descriptors.init {
        Some(input) => Some(initialize(setup.init, input, &to_parent)?),
        None => None,
    };
    let end: Box<dyn WorkerEnd> = match descriptors.data {
        DataEnds::Pipes(pipes) => Box::new(PipeWorker::new(pipes)),
        DataEnds::None => Box::new(IpcWorker::new(from_parent, to_parent)),
        DataEnds::Bell(bell) => Box::new(ShmWorker::new(memory, bell)?),
    };
    Some(Worker {
        number: setup.worker,
        identity: Identity::of_this_process(),
        page,
        slate,
        end,
        state,
    })
}

/// Runs the initializer and tells the parent how it went.
fn initialize(address: u64, input: OwnedFd, to_parent: &WordsOut) -> Option<Box<dyn Any>> {
    let made = init::run(address, input);
    let outcome = made.as_ref().map(|_| ()).map_err(|reason| {
        // The message must fit into one packet, which nobody has to wait for.
        reason.chars().take(MAX_REASON_CHARS).collect()
    });
    let message = Control::Initialized(outcome).encode().ok()?;
    to_parent.send(&message).ok()?;
    made.ok()
}

/// How much of a failed initializer's words is passed on.
const MAX_REASON_CHARS: usize = 8 * 1024;

/// Leads what is printed to the parent. Standard input is the fork server's, which is empty.
fn wire_streams(stdout: &OwnedFd, stderr: &OwnedFd) -> Result<(), String> {
    dup2_stdout(stdout)
        .and_then(|()| dup2_stderr(stderr))
        .map_err(|errno| format!("its standard streams cannot be set: {errno}"))
}

/// Reads the environment's changes and the setup that follows them.
fn receive_setup(from_parent: &IpcBytesReceiver) -> Option<Setup> {
    loop {
        let message = match from_parent.recv() {
            Ok(message) => message,
            Err(IpcError::Io(error)) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return None,
        };
        match Control::parse(&message).ok()? {
            Control::Environment(variables) => change_environment(variables),
            Control::Setup(setup) => return Some(setup),
            _ => return None,
        }
    }
}

/// Reads changes to the environment that are too many for a message.
fn read_environment(changes: OwnedFd) -> Option<Vec<Variable>> {
    let message = sealed::read(changes, MAX_PAYLOAD_BYTES).ok()?;
    match Control::parse(&message).ok()? {
        Control::Environment(variables) => Some(variables),
        _ => None,
    }
}

fn change_environment(variables: Vec<Variable>) {
    variables.into_iter().for_each(set_variable);
}

fn set_variable((name, value): Variable) {
    let value = value.map(OsString::from_vec);
    environment::set_variable(&OsString::from_vec(name), value.as_ref());
}

fn apply(setup: &Setup) -> Result<(), String> {
    if let Some(mask) = setup.umask {
        umask(Mode::from_bits_truncate(mask));
    }
    if let Some(nice) = setup.nice {
        set_nice(nice).map_err(|errno| format!("it cannot be as nice as {nice}: {errno}"))?;
    }
    let cpus = &setup.cpus;
    bind(cpus).map_err(|errno| format!("it cannot run on the CPUs {cpus:?}: {errno}"))?;
    if let Some(bytes) = setup.memory_bytes {
        let bounded = bound_memory(bytes);
        bounded
            .map_err(|errno| format!("its memory cannot be limited to {bytes} bytes: {errno}"))?;
    }
    let Some(directory) = &setup.directory else {
        return Ok(());
    };
    let directory = OsString::from_vec(directory.clone());
    std::env::set_current_dir(&directory)
        .map_err(|error| format!("it cannot enter {}: {error}", directory.display()))
}

/// Confines this process to some CPUs.
fn bind(cpus: &[u64]) -> Result<(), Errno> {
    if cpus.is_empty() {
        return Ok(());
    }
    let mut set = CpuSet::new();
    for &cpu in cpus {
        set.set(usize::try_from(cpu).map_err(|_| Errno::EINVAL)?)?;
    }
    sched_setaffinity(Pid::from_raw(0), &set)
}

/// What may be reserved beyond the limit without being used: stacks of threads, arenas.
const UNUSED_BYTES: u64 = 64 << 20;

/// Has the kernel refuse this process more than `bytes` of memory of its own, beyond what it has
/// inherited and some that is never touched. What is really used is watched by the parent; this
/// stops what would be too fast for that.
fn bound_memory(bytes: u64) -> Result<(), Errno> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let inherited = status.lines().find_map(|line| line.strip_prefix("VmData:"));
    let inherited = inherited.and_then(|size| size.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let most = inherited.ok_or(Errno::ENOENT)?.saturating_mul(1024);
    let most = most.saturating_add(bytes).saturating_add(UNUSED_BYTES);
    let (_, hard) = getrlimit(Resource::RLIMIT_DATA)?;
    let most = most.min(hard);
    setrlimit(Resource::RLIMIT_DATA, most, most)
}

/// The registry that the function at `address` makes.
fn registry_at(address: u64) -> Option<Registry> {
    let make = crate::sys::entry::registry_function(address)?;
    Some(make())
}
