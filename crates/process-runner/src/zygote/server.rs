//! The zygote's loop: orders from sessions, ends of workers, and the end of the program.
//!
//! The zygote never waits for a session: what a session does not read waits in memory. It ends when
//! the program's socket closes, whatever closed it, and takes all workers with it.

use std::collections::BTreeMap;
use std::os::fd::{AsFd as _, OwnedFd};

use ipc_channel::ipc::IpcReceiver;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::{Pid, getpid, getppid, setpgid};

use crate::fault::{self, Point};
use crate::sys::process::{
    ForkError, Forked, fork_single_threaded, pidfd_open, reset_signal_actions,
};
use crate::worker::kit::{WorkerChannels, WorkerDescriptors};
use crate::zygote::children::Children;
use crate::zygote::record::{Order, Report};
use crate::zygote::socket::RecordSocket;

/// What a session sends over its ipc-channel: the channel ends of the next worker.
pub(crate) type Spawns = IpcReceiver<WorkerChannels>;

/// What this process is to be next.
pub(crate) enum Role {
    /// Nothing: the program is gone.
    Nobody,
    /// A worker, which the zygote has just forked.
    Worker(WorkerChannels, WorkerDescriptors),
}

/// The zygote's state. All of it is closed when the value is dropped, in a worker first of all.
pub(crate) struct Server {
    program: RecordSocket,
    openings: IpcReceiver<Spawns>,
    signals: SignalFd,
    sessions: BTreeMap<u64, ServedSession>,
    next_session: u64,
    children: Children,
}

struct ServedSession {
    socket: RecordSocket,
    spawns: Spawns,
}

impl Server {
    pub(crate) fn new(program: RecordSocket, openings: IpcReceiver<Spawns>) -> Result<Self, Errno> {
        let mut watched = SigSet::empty();
        watched.add(Signal::SIGCHLD);
        watched.add(Signal::SIGTERM);
        watched.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self {
            program,
            openings,
            signals: SignalFd::with_flags(&watched, flags)?,
            sessions: BTreeMap::new(),
            next_session: 0,
            children: Children::default(),
        })
    }

    /// Serves until the program is gone. Returns in every forked worker as well.
    pub(crate) fn serve(&mut self) -> Role {
        loop {
            let Ok(ready) = self.wait() else {
                return self.end();
            };
            if ready.signals && self.take_signals() {
                return self.end();
            }
            if ready.program && self.open_sessions().is_err() {
                return self.end();
            }
            for session in ready.sessions {
                match self.serve_session(session) {
                    Ok(None) => {}
                    Ok(Some(role)) => return role,
                    Err(_) => self.close_session(session),
                }
            }
        }
    }

    fn wait(&self) -> Result<Ready, Errno> {
        let mut watched = vec![
            PollFd::new(self.program.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
        ];
        for session in self.sessions.values() {
            let mut events = PollFlags::POLLIN;
            events.set(PollFlags::POLLOUT, session.socket.is_congested());
            watched.push(PollFd::new(session.socket.as_fd(), events));
        }
        loop {
            match poll(&mut watched, PollTimeout::NONE) {
                Ok(_) => break,
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
        let is_ready = |polled: &PollFd<'_>| polled.any().unwrap_or(true);
        let sessions = self.sessions.keys().zip(&watched[2..]);
        Ok(Ready {
            program: is_ready(&watched[0]),
            signals: is_ready(&watched[1]),
            sessions: sessions
                .filter(|(_, polled)| is_ready(polled))
                .map(|(&session, _)| session)
                .collect(),
        })
    }

    /// Reads signals; true when the zygote itself is to end.
    fn take_signals(&mut self) -> bool {
        let mut ends = false;
        while let Ok(Some(signal)) = self.signals.read_signal() {
            ends |= signal.ssi_signo == Signal::SIGTERM as u32;
        }
        let sessions = &mut self.sessions;
        self.children.reap_ended(|session, pid, how| {
            fault::reach(Point::ZygoteReaped);
            if let Some(session) = sessions.get_mut(&session) {
                // A session that is broken is closed when its socket says so.
                let _ = session
                    .socket
                    .send(Report::Ended { pid, how }.encode(), Vec::new());
            }
        });
        ends
    }

    /// Takes new sessions in. Fails when the program is gone.
    fn open_sessions(&mut self) -> Result<(), Errno> {
        while let Some((_, mut descriptors)) = self.program.receive()? {
            // The program sends the channel before the record, so this does not wait.
            let spawns = self.openings.recv().map_err(|_| Errno::ECONNRESET)?;
            let socket = descriptors.pop().ok_or(Errno::EPROTO)?;
            let socket = RecordSocket::from_descriptor(socket);
            self.sessions
                .insert(self.next_session, ServedSession { socket, spawns });
            self.next_session += 1;
            fault::reach(Point::ZygoteOpened);
        }
        Ok(())
    }

    fn close_session(&mut self, session: u64) {
        self.sessions.remove(&session);
        self.children.kill_session(session);
    }

    fn serve_session(&mut self, number: u64) -> Result<Option<Role>, Errno> {
        let Some(session) = self.sessions.get_mut(&number) else {
            return Ok(None);
        };
        session.socket.resume()?;
        while let Some((record, descriptors)) = session.socket.receive()? {
            match Order::decode(record).ok_or(Errno::EPROTO)? {
                Order::Signal { pid, signal } => self.children.signal(number, pid, signal),
                Order::Spawn { ticket } => {
                    // Sent before the record, so this does not wait.
                    let channels = session.spawns.recv().map_err(|_| Errno::ECONNRESET)?;
                    let descriptors =
                        WorkerDescriptors::from_vec(descriptors).ok_or(Errno::EPROTO)?;
                    let (report, pidfd) = match spawn(ticket) {
                        Spawned::Here => return Ok(Some(Role::Worker(channels, descriptors))),
                        Spawned::There(pid, pidfd) => {
                            self.children.add(pid, number);
                            let pid = pid.as_raw();
                            (Report::Spawned { ticket, pid }, pidfd)
                        }
                        Spawned::Refused(report) => (report, None),
                    };
                    let pidfd = pidfd.into_iter().collect();
                    session.socket.send(report.encode(), pidfd)?;
                    fault::reach(Point::ZygoteReported);
                }
            }
        }
        Ok(None)
    }

    fn end(&self) -> Role {
        self.children.kill_all();
        Role::Nobody
    }
}

struct Ready {
    program: bool,
    signals: bool,
    sessions: Vec<u64>,
}

enum Spawned {
    /// This is the new worker.
    Here,
    There(Pid, Option<OwnedFd>),
    Refused(Report),
}

/// Forks a worker.
fn spawn(ticket: u32) -> Spawned {
    let zygote = getpid();
    let refused = |errno: Errno| {
        let errno = errno as i32;
        Spawned::Refused(Report::Refused { ticket, errno })
    };
    let allowed = fault::attempt(Point::ZygoteForking).map_err(ForkError::Kernel);
    match allowed.and_then(|()| fork_single_threaded()) {
        Ok(Forked::Child) => {
            fault::reach(Point::WorkerForked);
            become_worker(zygote);
            Spawned::Here
        }
        Ok(Forked::Parent(pid)) => {
            // The worker does the same; whoever is first, its group exists from now on.
            let _ = setpgid(pid, pid);
            // Without a pidfd, for want of a descriptor, the pool learns of the worker's end by the
            // report alone. It cannot be taken back: it may have said hello and been given jobs.
            let allowed = fault::attempt(Point::ZygoteForked);
            Spawned::There(pid, allowed.and_then(|()| pidfd_open(pid)).ok())
        }
        Err(ForkError::Kernel(errno)) => refused(errno),
        Err(ForkError::Threads(_)) => refused(Errno::EBUSY),
    }
}

/// Makes the process that was just forked a worker as far as the kernel is concerned: a group of its
/// own, the default signals, and an end with its zygote's.
fn become_worker(zygote: Pid) {
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    if getppid() != zygote {
        // The zygote ended before the wish above could reach the kernel.
        crate::sys::process::exit_now(0);
    }
    let _ = prctl::set_name(c"anypool-worker");
    reset_signal_actions();
    let _ = SigSet::all().thread_unblock();
}
