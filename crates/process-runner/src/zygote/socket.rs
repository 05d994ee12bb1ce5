//! A Unix socket that keeps records apart and carries descriptors.

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Instant;

use nix::cmsg_space;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::sockopt::SndBuf;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg,
    sendmsg, setsockopt, socketpair,
};

use crate::sys::descriptors::own_received;
use crate::zygote::record::RECORD_BYTES;

/// The most descriptors of one record.
const MAX_DESCRIPTORS: usize = 8;

/// One end of a connection. It does not block; records that find no room wait inside.
#[derive(Debug)]
pub(crate) struct RecordSocket {
    socket: OwnedFd,
    waiting: VecDeque<([u8; RECORD_BYTES], Vec<OwnedFd>)>,
}

/// A record with the descriptors that came with it.
pub(crate) type Received = ([u8; RECORD_BYTES], Vec<OwnedFd>);

impl RecordSocket {
    /// Both ends of a new connection.
    pub(crate) fn pair() -> Result<(Self, Self), Errno> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (one, other) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        Ok((Self::from_descriptor(one), Self::from_descriptor(other)))
    }

    pub(crate) fn from_descriptor(socket: OwnedFd) -> Self {
        Self {
            socket,
            waiting: VecDeque::new(),
        }
    }

    pub(crate) fn into_descriptor(self) -> OwnedFd {
        self.socket
    }

    /// Sends a record, or keeps it until [`RecordSocket::resume`] finds room.
    pub(crate) fn send(
        &mut self,
        record: [u8; RECORD_BYTES],
        descriptors: Vec<OwnedFd>,
    ) -> Result<(), Errno> {
        self.waiting.push_back((record, descriptors));
        self.resume()
    }

    /// Sends what waits, as far as there is room.
    pub(crate) fn resume(&mut self) -> Result<(), Errno> {
        while let Some((record, descriptors)) = self.waiting.front() {
            match send_one(&self.socket, record, descriptors) {
                Ok(()) => drop(self.waiting.pop_front()),
                // Too many descriptors under way counts as a lack of room: the other end takes them.
                Err(Errno::EAGAIN | Errno::ETOOMANYREFS) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    /// Waits until every record has found room.
    pub(crate) fn flush(&mut self) -> Result<(), Errno> {
        while self.is_congested() {
            let mut watched = [PollFd::new(self.socket.as_fd(), PollFlags::POLLOUT)];
            match poll(&mut watched, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
            self.resume()?;
        }
        Ok(())
    }

    /// Lets no more than so many bytes lie unread, as the kernel counts them, before there is said to be no room.
    pub(crate) fn bound(&self, bytes: usize) -> Result<(), Errno> {
        setsockopt(&self.socket, SndBuf, &bytes)
    }

    /// Waits until there is plenty of room; `false` when there is none by then.
    pub(crate) fn await_room(&self, deadline: Instant) -> Result<bool, Errno> {
        self.await_event(PollFlags::POLLOUT, deadline)
    }

    /// Waits until a record has come, or the other end is closed; `false` when neither has happened by then.
    pub(crate) fn await_record(&self, deadline: Instant) -> Result<bool, Errno> {
        self.await_event(PollFlags::POLLIN, deadline)
    }

    fn await_event(&self, event: PollFlags, deadline: Instant) -> Result<bool, Errno> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            let mut watched = [PollFd::new(self.socket.as_fd(), event)];
            match poll(&mut watched, timeout) {
                Ok(0) if left.is_zero() => return Ok(false),
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => return Ok(true),
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Whether records wait for room.
    pub(crate) fn is_congested(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The next record; `None` when none has come.
    ///
    /// # Errors
    ///
    /// `ECONNRESET` when the other end is closed.
    pub(crate) fn receive(&self) -> Result<Option<Received>, Errno> {
        let mut record = [0; RECORD_BYTES];
        let mut control = cmsg_space!([RawFd; MAX_DESCRIPTORS]);
        let mut parts = [IoSliceMut::new(&mut record)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_DONTWAIT;
        let fd = self.socket.as_raw_fd();
        let message = loop {
            match recvmsg::<()>(fd, &mut parts, Some(&mut control), flags) {
                Ok(message) => break message,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return Ok(None),
                Err(errno) => return Err(errno),
            }
        };
        let mut descriptors = Vec::new();
        for part in message.cmsgs()? {
            if let ControlMessageOwned::ScmRights(received) = part {
                descriptors.extend(own_received(received));
            }
        }
        // A longer packet is cut to a record's size, and is none.
        let is_cut = message.flags.contains(MsgFlags::MSG_TRUNC);
        match message.bytes {
            0 => Err(Errno::ECONNRESET),
            RECORD_BYTES if !is_cut => Ok(Some((record, descriptors))),
            _ => Err(Errno::EPROTO),
        }
    }
}

impl AsFd for RecordSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn send_one(
    socket: &OwnedFd,
    record: &[u8; RECORD_BYTES],
    descriptors: &[OwnedFd],
) -> Result<(), Errno> {
    let numbers: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&numbers)];
    let control = if numbers.is_empty() {
        &[][..]
    } else {
        &rights[..]
    };
    let parts = [IoSlice::new(record)];
    // A socket that somebody else made may be one that blocks.
    let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
    sendmsg::<()>(socket.as_raw_fd(), &parts, control, flags, None).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_wait_for_room_and_bring_descriptors() {
        let (mut here, there) = RecordSocket::pair().unwrap();
        let mut sent = 0u8;
        while !here.is_congested() {
            let null = std::fs::File::open("/dev/null").unwrap();
            here.send([sent; RECORD_BYTES], vec![null.into()]).unwrap();
            sent = sent.wrapping_add(1);
        }
        let mut seen = 0u8;
        while let Some((record, descriptors)) = there.receive().unwrap() {
            assert_eq!((record, descriptors.len()), ([seen; RECORD_BYTES], 1));
            seen = seen.wrapping_add(1);
            here.resume().unwrap();
        }
        assert_eq!(seen, sent);
        drop(here);
        assert_eq!(there.receive().unwrap_err(), Errno::ECONNRESET);
    }

    #[test]
    fn who_waits_for_room_is_told_that_nobody_reads() {
        let (mut here, there) = RecordSocket::pair().unwrap();
        here.bound(32 * 1024).unwrap();
        let now = Instant::now();
        let mut sent = 0;
        while here.await_room(now).unwrap() {
            here.send([1; RECORD_BYTES], Vec::new()).unwrap();
            sent += 1;
        }
        // There is more room than is told of, and less than in a channel that is not bounded.
        assert!(!here.is_congested() && (8..128).contains(&sent), "{sent}");
        assert!(!here.await_record(now).unwrap());
        while there.receive().unwrap().is_some() {}
        let later = now + std::time::Duration::from_secs(60);
        assert!(here.await_room(later).unwrap());
        drop(there);
        assert!(here.await_record(later).unwrap());
    }
}
