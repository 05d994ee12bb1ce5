//! A pool's connection to its fork server.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use ipc_channel::ipc::IpcSender;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;

use crate::fault::{self, Point};
use crate::initializer::SealedInitializer;
use crate::sealed;
use crate::worker::outfit::{WorkerChannels, WorkerDescriptors};
use crate::zygote::door::Door;
use crate::zygote::link::{InitError, Link, link};
use crate::zygote::record::{Opening, Order, Report};
use crate::zygote::socket::RecordSocket;

/// How much of a failed preload's words is taken in.
const MAX_REASON_BYTES: usize = 32 * 1024;

/// How long a fork server may take to read what it is sent. One that runs takes microseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A session; when it is dropped, its workers are killed, and its template if it has one.
#[derive(Debug)]
pub(crate) struct Session {
    socket: RecordSocket,
    spawns: IpcSender<WorkerChannels>,
    next_ticket: u32,
    /// Whether the zygote itself serves it.
    is_plain: bool,
}

/// Why there is no session.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// There is no fork server, or it is out of reach.
    Init(InitError),
    /// The kernel refused a template.
    Template(String),
    /// The preload failed.
    Preload(String),
}

impl Session {
    /// Opens a session, with a template if this is a worker or there is something to preload. Waits until
    /// that is loaded.
    pub(crate) fn open(preload: Option<&SealedInitializer>) -> Result<Self, OpenError> {
        let link = link().map_err(OpenError::Init)?;
        if preload.is_none() && !link.is_worker() {
            return Self::open_plain(link);
        }
        let mut session = Self::open_template(link, preload)?;
        if preload.is_some() {
            session.await_preload()?;
        }
        Ok(session)
    }

    /// Opens a session with the zygote itself.
    fn open_plain(link: &Link) -> Result<Self, OpenError> {
        let deadline = Instant::now() + PATIENCE;
        let (socket, theirs) = RecordSocket::pair().map_err(|errno| refused(&errno.into()))?;
        let mut door = open_door(link, deadline)?;
        let (ticket, spawns) = door.channel().map_err(|error| refused(&error))?;
        let asked = door.ask(Opening::Plain { ticket }, theirs, None);
        asked.map_err(|error| refused(&error))?;
        let plain = Self::new(socket, spawns);
        Ok(Self {
            is_plain: true,
            ..plain
        })
    }

    /// Opens a session with a template. The door is kept until the template has taken the channel out, so
    /// that no other takes it.
    fn open_template(link: &Link, preload: Option<&SealedInitializer>) -> Result<Self, OpenError> {
        let (socket, theirs) = RecordSocket::pair().map_err(|errno| refused(&errno.into()))?;
        let input = preload.map(SealedInitializer::input).transpose();
        let input = input.map_err(|error| OpenError::Template(error.to_string()))?;
        let deadline = Instant::now() + PATIENCE;
        let mut door = open_door(link, deadline)?;
        let (ticket, spawns) = door.channel().map_err(|error| refused(&error))?;
        let preload = preload.map_or(0, |preload| preload.address);
        let opening = Opening::Template { ticket, preload };
        door.ask(opening, theirs, input)
            .map_err(|error| refused(&error))?;
        let mut session = Self::new(socket, spawns);
        match session.socket.await_record(deadline) {
            Ok(true) => {}
            Ok(false) => {
                door.give_up(session.socket);
                return Err(OpenError::Init(InitError::Silent { waited: PATIENCE }));
            }
            Err(errno) => return Err(gone(errno)),
        }
        match session.await_report() {
            Ok((Report::Opened, _)) => Ok(session),
            Ok((Report::Refused { errno, .. }, _)) => {
                door.give_back((ticket, session.spawns));
                Err(OpenError::Template(Errno::from_raw(errno).to_string()))
            }
            Ok((Report::Ended { how, .. }, _)) => {
                Err(OpenError::Template(format!("it {}", how.cause())))
            }
            Ok(_) => Err(gone(Errno::EPROTO)),
            Err(errno) => Err(gone(errno)),
        }
    }

    /// Waits for the end of the preload, as long as that takes.
    fn await_preload(&mut self) -> Result<(), OpenError> {
        let reason = match self.await_report() {
            Ok((Report::Ready, _)) => return Ok(()),
            Ok((Report::Failed, words)) => words
                .and_then(|words| sealed::read(words, MAX_REASON_BYTES).ok())
                .map_or_else(String::new, |words| {
                    String::from_utf8_lossy(&words).into_owned()
                }),
            Ok((Report::Ended { how, .. }, _)) => format!("its process {}", how.cause()),
            Ok(_) => return Err(gone(Errno::EPROTO)),
            Err(errno) => return Err(gone(errno)),
        };
        Err(OpenError::Preload(reason))
    }

    fn new(socket: RecordSocket, spawns: IpcSender<WorkerChannels>) -> Self {
        Self {
            socket,
            spawns,
            next_ticket: 0,
            is_plain: false,
        }
    }

    /// The server is gone: collects it, if it was this process's own child.
    pub(crate) fn collect_server(&self) {
        if self.is_plain
            && let Ok(link) = link()
        {
            link.collect();
        }
    }

    /// Orders a worker; the report comes later, under the ticket that is returned.
    pub(crate) fn spawn(
        &mut self,
        channels: WorkerChannels,
        descriptors: WorkerDescriptors,
    ) -> io::Result<u32> {
        let ticket = self.next_ticket;
        self.next_ticket = ticket.wrapping_add(1);
        // The channel ends first: the zygote does not wait for them once it has the record.
        self.spawns.send(channels).map_err(io::Error::other)?;
        fault::reach(Point::ParentOrdering);
        let extras = descriptors.extras();
        let record = Order::Spawn { ticket, extras }.encode();
        self.socket.send(record, descriptors.into_vec())?;
        fault::reach(Point::ParentOrdered);
        Ok(ticket)
    }

    /// Signals a worker's process group, if the worker has not been reaped.
    pub(crate) fn signal(&mut self, pid: i32, signal: Signal) -> Result<(), Errno> {
        let signal = signal as i32;
        self.socket
            .send(Order::Signal { pid, signal }.encode(), Vec::new())
    }

    /// Waits until the zygote has been sent everything.
    pub(crate) fn flush(&mut self) -> Result<(), Errno> {
        // The zygote never waits for a session, so there is room soon.
        self.socket.flush()
    }

    /// The next report, with the descriptor that came with it: the pidfd of a new worker.
    ///
    /// # Errors
    ///
    /// When the fork server is gone.
    pub(crate) fn next_report(&mut self) -> Result<Option<(Report, Option<OwnedFd>)>, Errno> {
        self.socket.resume()?;
        let Some((record, mut descriptors)) = self.socket.receive()? else {
            return Ok(None);
        };
        let report = Report::decode(record).ok_or(Errno::EPROTO)?;
        Ok(Some((report, descriptors.pop())))
    }

    fn await_report(&mut self) -> Result<(Report, Option<OwnedFd>), Errno> {
        loop {
            if let Some(report) = self.next_report()? {
                return Ok(report);
            }
            let mut watched = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            match poll(&mut watched, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }
}

/// The door, when what was sent through it before has been read.
fn open_door(link: &Link, deadline: Instant) -> Result<MutexGuard<'_, Door>, OpenError> {
    let mut door = link.door();
    match door.is_open(deadline) {
        Ok(true) => Ok(door),
        Ok(false) => Err(OpenError::Init(InitError::Silent { waited: PATIENCE })),
        Err(errno) => Err(gone(errno)),
    }
}

/// The fork server has closed its end, or says what none does.
fn gone(errno: Errno) -> OpenError {
    let error = errno.to_string();
    OpenError::Init(InitError::Gone { error })
}

/// The session could not be asked for.
fn refused(error: &io::Error) -> OpenError {
    let is_gone = matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    );
    if is_gone && let Ok(link) = link() {
        link.collect();
    }
    let error = error.to_string();
    OpenError::Init(if is_gone {
        InitError::Gone { error }
    } else {
        InitError::Kernel { error }
    })
}

impl AsFd for Session {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
