//! A pool's connection to the zygote.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use ipc_channel::ipc::{self, IpcSender};
use nix::errno::Errno;
use nix::sys::signal::Signal;

use crate::fault::{self, Point};
use crate::worker::kit::{WorkerChannels, WorkerDescriptors};
use crate::zygote::link::{InitError, zygote};
use crate::zygote::record::{Order, Report};
use crate::zygote::socket::RecordSocket;

/// A session; when it is dropped, the zygote kills the workers it still has.
#[derive(Debug)]
pub(crate) struct Session {
    socket: RecordSocket,
    spawns: IpcSender<WorkerChannels>,
    next_ticket: u32,
}

impl Session {
    pub(crate) fn open() -> Result<Self, InitError> {
        let zygote = zygote()?;
        let kernel = |error: String| InitError::Kernel { error };
        let (socket, theirs) = RecordSocket::pair().map_err(|errno| kernel(errno.to_string()))?;
        let (spawns, spawned) = ipc::channel().map_err(|error| kernel(error.to_string()))?;
        zygote.open_session(theirs, spawned)?;
        Ok(Self {
            socket,
            spawns,
            next_ticket: 0,
        })
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
        let record = Order::Spawn { ticket }.encode();
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

    /// The next report, with the pidfd of a new worker.
    ///
    /// # Errors
    ///
    /// When the zygote is gone.
    pub(crate) fn next_report(&mut self) -> Result<Option<(Report, Option<OwnedFd>)>, Errno> {
        self.socket.resume()?;
        let Some((record, mut descriptors)) = self.socket.receive()? else {
            return Ok(None);
        };
        let report = Report::decode(record).ok_or(Errno::EPROTO)?;
        Ok(Some((report, descriptors.pop())))
    }
}

impl AsFd for Session {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
