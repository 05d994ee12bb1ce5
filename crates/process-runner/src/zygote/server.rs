//! A fork server's loop: doors, orders from sessions, ends of children, and the end of the program.
//!
//! The zygote and every template run it. It never waits for anybody: what is not read waits in memory,
//! and nothing that a worker may send is read but records of one size. It ends when its *lifeline*
//! closes, whatever closed it, and takes all workers with it: the zygote's is the door of the program, a
//! template's its session.

use std::collections::BTreeMap;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::resource::rlim_t;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::fault::{self, Point};
use crate::worker::outfit::WorkerDescriptors;
use crate::zygote::birth::{Born, Commission, Newborn, Role, fork_template, fork_worker};
use crate::zygote::children::Children;
use crate::zygote::door::{self, ServedDoor, Spawns, Visit};
use crate::zygote::guise::raise_open_files;
use crate::zygote::record::{Opening, Order, Report};
use crate::zygote::socket::RecordSocket;
use crate::zygote::sources::{Source, Watched, wait};

/// How long a server that ends waits for its templates to end.
const END_PATIENCE: Duration = Duration::from_secs(5);

/// A server's state. All of it is closed when the value is dropped, in its children first of all.
pub(crate) struct Server {
    /// The lifeline of the zygote; a template has none.
    program: Option<ServedDoor>,
    signals: SignalFd,
    sessions: BTreeMap<u64, ServedSession>,
    next_session: u64,
    children: Children,
    /// The workers' doors.
    doors: BTreeMap<i32, ServedDoor>,
    /// The limit of open files that workers get back.
    open_files: Option<rlim_t>,
}

struct ServedSession {
    socket: RecordSocket,
    spawns: Spawns,
}

impl Server {
    /// The zygote's server.
    pub(crate) fn of_program(door: ServedDoor) -> Result<Self, Errno> {
        Self::new(Some(door), raise_open_files())
    }

    /// A template's server.
    pub(crate) fn of_session(
        socket: RecordSocket,
        spawns: Spawns,
        open_files: Option<rlim_t>,
    ) -> Result<Self, Errno> {
        let mut server = Self::new(None, open_files)?;
        server.add_session(socket, spawns);
        Ok(server)
    }

    fn new(program: Option<ServedDoor>, open_files: Option<rlim_t>) -> Result<Self, Errno> {
        let mut watched = SigSet::empty();
        watched.add(Signal::SIGCHLD);
        watched.add(Signal::SIGTERM);
        watched.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self {
            program,
            signals: SignalFd::with_flags(&watched, flags)?,
            sessions: BTreeMap::new(),
            next_session: 0,
            children: Children::default(),
            doors: BTreeMap::new(),
            open_files,
        })
    }

    /// Serves until its lifeline closes. Returns in every forked child as well.
    pub(crate) fn serve(&mut self) -> Role {
        loop {
            let Ok(ready) = self.wait(self.children.next_deadline()) else {
                return self.end();
            };
            self.children.kill_overdue();
            for source in ready {
                match self.take(source) {
                    Ok(None) => {}
                    Ok(Some(Role::Nobody)) => return self.end(),
                    Ok(Some(role)) => return role,
                    Err(_) => self.close(source),
                }
            }
            if self.program.is_none() && self.sessions.is_empty() {
                return self.end();
            }
        }
    }

    /// Waits until something can be read, at most until `deadline`.
    fn wait(&self, deadline: Option<Instant>) -> Result<Vec<Source>, Errno> {
        wait(&self.sources(), deadline)
    }

    fn sources(&self) -> Vec<Watched<'_>> {
        let readable = PollFlags::POLLIN;
        let mut sources = vec![(Source::Signals, self.signals.as_fd(), readable)];
        let program = self.program.as_ref().map(ServedDoor::as_fd);
        sources.extend(program.map(|door| (Source::Program, door, readable)));
        sources.extend(self.sessions.iter().map(|(&number, session)| {
            let mut events = readable;
            events.set(PollFlags::POLLOUT, session.socket.is_congested());
            (Source::Session(number), session.socket.as_fd(), events)
        }));
        let doors = self.doors.iter();
        sources.extend(doors.map(|(&pid, door)| (Source::Door(pid), door.as_fd(), readable)));
        sources
    }

    /// Takes in what a source has. Of a door it takes one wish, however many there are.
    fn take(&mut self, source: Source) -> Result<Option<Role>, Errno> {
        match source {
            Source::Signals => Ok(self.take_signals().then_some(Role::Nobody)),
            Source::Session(number) => self.serve_session(number),
            Source::Program => {
                let door = self.program.as_ref().ok_or(Errno::EBADF)?;
                let Some(visit) = door.next_visit()? else {
                    return Ok(None);
                };
                match visit.opening {
                    Opening::Plain { ticket } => {
                        // The program has sent it before, so this does not wait.
                        let spawns = door.take_spawns(ticket)?;
                        self.add_session(visit.session, spawns);
                        Ok(None)
                    }
                    Opening::Template { .. } => Ok(self.commission(visit, None)),
                }
            }
            Source::Door(pid) => {
                // Its worker may have been reaped in the same round.
                let visit = self.doors.get(&pid).map(ServedDoor::next_visit);
                match visit.transpose()?.flatten() {
                    None => Ok(None),
                    Some(visit) if matches!(visit.opening, Opening::Plain { .. }) => {
                        Err(Errno::EPROTO)
                    }
                    Some(visit) => Ok(self.commission(visit, Some(pid))),
                }
            }
        }
    }

    fn close(&mut self, source: Source) {
        match source {
            Source::Signals => {}
            Source::Program => {
                self.program = None;
                // What the program had is closed as well, or will be in a moment.
                self.sessions.clear();
            }
            Source::Session(number) => {
                self.sessions.remove(&number);
                self.children.kill_session(number);
            }
            Source::Door(pid) => drop(self.doors.remove(&pid)),
        }
    }

    /// Reads signals; true when the server itself is to end.
    fn take_signals(&mut self) -> bool {
        let mut ends = false;
        while let Ok(Some(signal)) = self.signals.read_signal() {
            ends |= signal.ssi_signo == Signal::SIGTERM as u32;
        }
        let (sessions, doors) = (&mut self.sessions, &mut self.doors);
        self.children.reap_ended(|session, pid, how| {
            fault::reach(Point::ZygoteReaped);
            doors.remove(&pid);
            if let Some(session) = sessions.get_mut(&session) {
                // A session that is broken is closed when its socket says so.
                let report = Report::Ended { pid, how }.encode();
                let _ = session.socket.send(report, Vec::new());
            }
        });
        ends
    }

    fn add_session(&mut self, socket: RecordSocket, spawns: Spawns) {
        let session = ServedSession { socket, spawns };
        self.sessions.insert(self.next_session, session);
        self.next_session += 1;
        fault::reach(Point::ZygoteOpened);
    }

    /// Forks a template for a visitor: the program, or the worker `owner`.
    fn commission(&mut self, mut visit: Visit, owner: Option<i32>) -> Option<Role> {
        match fork_template() {
            Born::Here => {
                let door = match owner {
                    None => self.program.take(),
                    Some(pid) => self.doors.remove(&pid),
                };
                let open_files = self.open_files;
                let commission = |door| {
                    Role::Template(Commission {
                        door,
                        visit,
                        open_files,
                    })
                };
                Some(door.map_or(Role::Nobody, commission))
            }
            Born::There(pid, ()) => {
                self.children.add_template(pid, owner, visit.session);
                None
            }
            Born::Refused(errno) => {
                let (ticket, errno) = (0, errno as i32);
                // Nobody is waited for who does not listen.
                let report = Report::Refused { ticket, errno }.encode();
                let _ = visit.session.send(report, Vec::new());
                None
            }
        }
    }

    fn serve_session(&mut self, number: u64) -> Result<Option<Role>, Errno> {
        let Some(session) = self.sessions.get_mut(&number) else {
            return Ok(None);
        };
        session.socket.resume()?;
        while let Some((record, descriptors)) = session.socket.receive()? {
            match Order::decode(record).ok_or(Errno::EPROTO)? {
                Order::Signal { pid, signal } => self.children.signal(number, pid, signal),
                Order::Spawn { ticket, extras } => {
                    // Sent before the record, so this does not wait, except in the template of a worker
                    // that has not sent it: that serves nobody else.
                    let channels = session.spawns.recv().map_err(|_| Errno::ECONNRESET)?;
                    let descriptors = WorkerDescriptors::from_vec(descriptors, extras);
                    let descriptors = descriptors.ok_or(Errno::EPROTO)?;
                    // A worker does without a door, unless it wants to start pools.
                    let (door, served) = match door::pair() {
                        Ok((door, served)) => (Ok(door), Some(served)),
                        Err(error) => (Err(error.to_string()), None),
                    };
                    let (report, pidfd) = match fork_worker(self.open_files) {
                        Born::Here => {
                            return Ok(Some(Role::Worker(Newborn {
                                channels,
                                descriptors,
                                door,
                            })));
                        }
                        Born::There(pid, pidfd) => {
                            self.children.add_worker(pid, number);
                            let pid = pid.as_raw();
                            self.doors.extend(served.map(|served| (pid, served)));
                            (Report::Spawned { ticket, pid }, pidfd)
                        }
                        Born::Refused(errno) => {
                            let errno = errno as i32;
                            (Report::Refused { ticket, errno }, None)
                        }
                    };
                    let pidfd = pidfd.into_iter().collect();
                    session.socket.send(report.encode(), pidfd)?;
                    fault::reach(Point::ZygoteReported);
                }
            }
        }
        Ok(None)
    }

    /// Ends all children, and waits for templates, which end theirs.
    fn end(&mut self) -> Role {
        self.sessions.clear();
        self.children.end_all();
        let deadline = Instant::now() + END_PATIENCE;
        while self.children.has_templates() && Instant::now() < deadline {
            let next = self.children.next_deadline();
            let signals = (Source::Signals, self.signals.as_fd(), PollFlags::POLLIN);
            if wait(&[signals], next.or(Some(deadline))).is_err() {
                break;
            }
            self.take_signals();
            self.children.kill_overdue();
        }
        Role::Nobody
    }
}
