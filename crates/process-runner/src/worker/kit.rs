//! How a worker sets itself up with what it inherits.

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
use crate::sys::mapping::TrustedMemory;
use crate::sys::memory::SharedMemory;
use crate::sys::process::set_nice;
use crate::trace;
use crate::transport::ends::WorkerEnd;
use crate::transport::inputs::REGION_BYTES;
use crate::transport::ipc::IpcWorker;
use crate::transport::pipe::PipeWorker;
use crate::transport::region::SHARED_BYTES;
use crate::transport::results::ResultWriter;
use crate::transport::shm::ShmWorker;
use crate::transport::words::WordsOut;
use crate::wire::control::{Control, Hello, Setup, Variable};
use crate::wire::slate::Slate;
use crate::wire::status::StatusPage;
use crate::worker::init;
use crate::worker::outfit::{DataEnds, WorkerChannels, WorkerDescriptors};

/// A worker that has been set up.
pub(crate) struct Worker {
    pub(crate) number: u32,
    pub(crate) identity: Identity,
    pub(crate) page: StatusPage,
    pub(crate) slate: Slate,
    pub(crate) end: Box<dyn WorkerEnd>,
    /// Where large inputs are read.
    pub(crate) inputs: Option<Arc<TrustedMemory>>,
    /// Where large results are written.
    pub(crate) results: Option<ResultWriter>,
    /// What the initializer has made.
    pub(crate) state: Option<Box<dyn Any>>,
}

/// Sets this process up as its parent says, says hello, and runs its initializer. `None` when the
/// parent is gone or wants something else than a worker, or when the initializer has failed.
pub(crate) fn set_up(
    channels: WorkerChannels,
    mut descriptors: WorkerDescriptors,
) -> Option<Worker> {
    let WorkerChannels { from_parent } = channels;
    let memory = Arc::new(map_page(&descriptors)?);
    let (inputs, results) = map_regions(&mut descriptors, &memory);
    let to_parent = WordsOut::new(descriptors.words);
    let wired = wire_streams(&descriptors.stdout, &descriptors.stderr);
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
    let mut hello = Hello::new(&tasks, complaint);
    hello.reads_inputs = inputs.is_some();
    let hello = Control::Hello(hello).encode().ok()?;
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
        inputs,
        results,
        state,
    })
}

/// Maps what this worker shares with its parent, but for its results.
fn map_page(descriptors: &WorkerDescriptors) -> Option<SharedMemory> {
    let mapped = match descriptors.data {
        DataEnds::Bell(_) => SharedMemory::map_first(&descriptors.page, SHARED_BYTES),
        DataEnds::None | DataEnds::Pipes(_) => SharedMemory::map(&descriptors.page),
    };
    mapped.ok()
}

/// Maps the regions for large payloads, as far as there are any. No task finds a descriptor of them.
fn map_regions(
    descriptors: &mut WorkerDescriptors,
    memory: &Arc<SharedMemory>,
) -> (Option<Arc<TrustedMemory>>, Option<ResultWriter>) {
    let inputs = descriptors.inputs.take();
    let inputs = inputs.and_then(|file| TrustedMemory::map(file, 0..REGION_BYTES).ok());
    let has_results = matches!(descriptors.data, DataEnds::Bell(_));
    let results = has_results.then(|| ResultWriter::map(&descriptors.page, Arc::clone(memory)));
    (inputs.map(Arc::new), results.and_then(Result::ok))
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
