//! How sessions are opened. Everyone who may start pools has a *door* to their fork server: the program
//! to the zygote, a worker to the zygote or template that forked it.
//!
//! A door is a Unix socket for records and an ipc-channel for the receiving end of the session's own
//! channel, which cannot travel as a descriptor. A server reads no ipc-channel of a worker's, for who
//! sends half a message could hold it up for ever: it forks a template, which reads it.
//!
//! A fork server that somebody has stopped reads nothing. The ipc-channel's `send` would wait for it for ever once the
//! channel is full; the socket is full long before, and is asked first.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use ipc_channel::IpcError;
use ipc_channel::ipc::{self, IpcReceiver, IpcSender};
use nix::errno::Errno;

use crate::worker::outfit::WorkerChannels;
use crate::zygote::record::Opening;
use crate::zygote::socket::RecordSocket;

/// What a session sends over its ipc-channel: the channel ends of the next worker.
pub(crate) type Spawns = IpcReceiver<WorkerChannels>;

/// The end of whoever starts pools.
#[derive(Debug)]
pub(crate) struct Door {
    socket: RecordSocket,
    openings: IpcSender<(u32, Spawns)>,
    next_ticket: u32,
    /// Left over from a session that was refused.
    unused: Option<TicketedChannel>,
    /// Of a session that was given up before its template had taken its channel out.
    late: Option<RecordSocket>,
}

/// How much may lie in the socket unread, in bytes as the kernel counts them: some twenty records, which is far fewer
/// than the channel beside it holds messages.
const LYING_BYTES: usize = 32 * 1024;

/// The sending end of a session's channel, and the ticket under which the other end travels.
pub(crate) type TicketedChannel = (u32, IpcSender<WorkerChannels>);

/// The fork server's end.
#[derive(Debug)]
pub(crate) struct ServedDoor {
    socket: RecordSocket,
    openings: IpcReceiver<(u32, Spawns)>,
}

/// A wish that came through a door.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) opening: Opening,
    /// The server's end of the session.
    pub(crate) session: RecordSocket,
    /// The input of the preload, where there is one.
    pub(crate) input: Option<OwnedFd>,
}

/// Makes both ends of a door.
pub(crate) fn pair() -> io::Result<(Door, ServedDoor)> {
    let (here, there) = RecordSocket::pair()?;
    here.bound(LYING_BYTES)?;
    let (openings, opened) = ipc::channel()?;
    let door = Door {
        socket: here,
        openings,
        next_ticket: 0,
        unused: None,
        late: None,
    };
    let served = ServedDoor {
        socket: there,
        openings: opened,
    };
    Ok((door, served))
}

impl Door {
    /// Waits until the server has read what came before; `false` when it has not by then. Only then is there room for
    /// what is sent next.
    pub(crate) fn is_open(&mut self, deadline: Instant) -> Result<bool, Errno> {
        if let Some(late) = &self.late {
            // Its template takes its channel out first, and says so or closes its end.
            if !late.await_record(deadline)? {
                return Ok(false);
            }
            self.late = None;
        }
        self.socket.await_room(deadline)
    }

    /// Gives a session up whose template has not answered. It may yet take its channel out.
    pub(crate) fn give_up(&mut self, session: RecordSocket) {
        self.late = Some(session);
    }

    /// A channel for a new session, whose other end is on its way to the server under a ticket.
    pub(crate) fn channel(&mut self) -> io::Result<TicketedChannel> {
        if let Some(unused) = self.unused.take() {
            return Ok(unused);
        }
        let (spawns, spawned) = ipc::channel()?;
        let ticket = self.next_ticket;
        self.next_ticket = ticket.wrapping_add(1);
        let sent = self.openings.send((ticket, spawned));
        sent.map_err(|error| match error {
            IpcError::Io(error) => error,
            IpcError::Disconnected => ErrorKind::BrokenPipe.into(),
            error => io::Error::other(error),
        })?;
        Ok((ticket, spawns))
    }

    /// Takes a channel back whose session was refused: its other end has not been taken out, and what is
    /// not taken out would fill this door in the end.
    pub(crate) fn give_back(&mut self, channel: TicketedChannel) {
        self.unused = Some(channel);
    }

    /// Asks for a session. The channel of its ticket was sent before: nobody waits for it who has the
    /// record.
    pub(crate) fn ask(
        &mut self,
        opening: Opening,
        session: RecordSocket,
        input: Option<OwnedFd>,
    ) -> io::Result<()> {
        let session = session.into_descriptor();
        let descriptors = [session].into_iter().chain(input).collect();
        self.socket.send(opening.encode(), descriptors)?;
        Ok(self.socket.flush()?)
    }
}

impl ServedDoor {
    /// The next wish. Does not wait.
    ///
    /// # Errors
    ///
    /// The other end is closed, or sends what no door of ours does.
    pub(crate) fn next_visit(&self) -> Result<Option<Visit>, Errno> {
        let Some((record, descriptors)) = self.socket.receive()? else {
            return Ok(None);
        };
        let opening = Opening::decode(record).ok_or(Errno::EPROTO)?;
        let mut descriptors = descriptors.into_iter();
        let session = descriptors.next().ok_or(Errno::EPROTO)?;
        Ok(Some(Visit {
            opening,
            session: RecordSocket::from_descriptor(session),
            input: descriptors.next(),
        }))
    }

    /// The channel that was sent under `ticket`. Waits as long as whoever opens the session likes.
    pub(crate) fn take_spawns(&self, ticket: u32) -> Result<Spawns, Errno> {
        loop {
            match self.openings.recv() {
                Ok((found, spawns)) if found == ticket => return Ok(spawns),
                // It belongs to a session that could not be opened.
                Ok(_) => {}
                Err(IpcError::Io(error)) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Errno::ECONNRESET),
            }
        }
    }
}

impl AsFd for ServedDoor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
