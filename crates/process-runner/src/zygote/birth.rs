//! Forking a fork server's children.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::resource::rlim_t;
use nix::unistd::{Pid, getpid, setpgid};

use crate::fault::{self, Point};
use crate::sys::process::{ForkError, Forked, fork_single_threaded, pidfd_open};
use crate::worker::outfit::{WorkerChannels, WorkerDescriptors};
use crate::zygote::door::{Door, ServedDoor, Visit};
use crate::zygote::guise::{become_template, become_worker};

/// What a process that serves is to be next.
#[derive(Debug)]
pub(crate) enum Role {
    /// Nothing: whom it served is gone.
    Nobody,
    /// A worker, which has just been forked.
    Worker(Newborn),
    /// A template, which has just been forked.
    Template(Commission),
}

/// What a new worker is born with.
#[derive(Debug)]
pub(crate) struct Newborn {
    pub(crate) channels: WorkerChannels,
    pub(crate) descriptors: WorkerDescriptors,
    /// Its door to its fork server, or why there is none.
    pub(crate) door: Result<Door, String>,
}

/// What a new template is to do.
#[derive(Debug)]
pub(crate) struct Commission {
    /// Through which door it was asked for.
    pub(crate) door: ServedDoor,
    pub(crate) visit: Visit,
    /// The limit of open files that workers get back.
    pub(crate) open_files: Option<rlim_t>,
}

/// Which side of a birth this is.
#[derive(Debug)]
pub(crate) enum Born<T> {
    /// This is the new process.
    Here,
    There(Pid, T),
    Refused(Errno),
}

/// Forks a worker; its parent gets a descriptor that names it.
///
/// Without one, for want of a descriptor, the pool learns of the worker's end by the report alone. The
/// worker cannot be taken back: it may have said hello and been given jobs.
pub(crate) fn fork_worker(open_files: Option<rlim_t>) -> Born<Option<OwnedFd>> {
    let server = getpid();
    if let Err(errno) = fault::attempt(Point::ZygoteForking) {
        return Born::Refused(errno);
    }
    match fork() {
        Born::Here => {
            fault::reach(Point::WorkerForked);
            become_worker(server, open_files);
            Born::Here
        }
        Born::Refused(errno) => Born::Refused(errno),
        Born::There(pid, ()) => {
            let allowed = fault::attempt(Point::ZygoteForked);
            Born::There(pid, allowed.and_then(|()| pidfd_open(pid)).ok())
        }
    }
}

/// Forks a template.
pub(crate) fn fork_template() -> Born<()> {
    let server = getpid();
    if let Err(errno) = fault::attempt(Point::TemplateForking) {
        return Born::Refused(errno);
    }
    let born = fork();
    if matches!(born, Born::Here) {
        become_template(server);
        fault::reach(Point::TemplateForked);
    }
    born
}

fn fork() -> Born<()> {
    match fork_single_threaded() {
        Ok(Forked::Child) => Born::Here,
        Ok(Forked::Parent(pid)) => {
            // The child does the same; whoever is first, its group exists from now on.
            let _ = setpgid(pid, pid);
            Born::There(pid, ())
        }
        Err(ForkError::Kernel(errno) | ForkError::Uncounted(errno)) => Born::Refused(errno),
        Err(ForkError::Threads(_)) => Born::Refused(Errno::EBUSY),
    }
}
