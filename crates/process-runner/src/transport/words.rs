//! What a worker says over the control plane: a socket that keeps messages apart.
//!
//! The other direction is an ipc-channel, and this one is not, on purpose. The receiver of an
//! ipc-channel believes what stands in a packet: it takes memory for any length, unwraps channels that
//! did not come, and maps descriptors that did. A worker trusts its parent that far; the parent trusts
//! no worker. Here the kernel says how long a message is, and descriptors are never taken in.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};

use crate::wire::control::FRAGMENT_BYTES;

/// The longest message: a piece of the data stream and the byte that says so.
const MAX_WORDS_BYTES: usize = FRAGMENT_BYTES + 1;

/// The parent's end. It does not block.
#[derive(Debug)]
pub(crate) struct WordsIn {
    /// `None` when no more will come.
    socket: Option<OwnedFd>,
}

/// The worker's end. It blocks while the parent does not read.
#[derive(Debug)]
pub(crate) struct WordsOut(OwnedFd);

/// Makes a connection. The worker's end is a descriptor that is yet to be sent away.
pub(crate) fn pair() -> Result<(WordsIn, OwnedFd), Errno> {
    let kind = SockType::SeqPacket;
    let (here, there) = socketpair(AddressFamily::Unix, kind, None, SockFlag::SOCK_CLOEXEC)?;
    Ok((WordsIn { socket: Some(here) }, there))
}

impl WordsIn {
    /// The next message; `None` when none has come.
    ///
    /// # Errors
    ///
    /// A message that no honest worker sends: one that is too long.
    pub(crate) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; MAX_WORDS_BYTES];
        let Some(socket) = &self.socket else {
            return Ok(None);
        };
        // With this flag the kernel tells a message's length even if it is more than the room for it.
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_TRUNC;
        loop {
            match recv(socket.as_raw_fd(), &mut buffer, flags) {
                // The end, or an empty message, which says nothing and is not worth telling apart.
                Ok(0) => self.socket = None,
                Ok(len) => {
                    let message = buffer.get(..len);
                    let message = message.ok_or_else(|| too_long(len))?;
                    return Ok(Some(message.to_vec()));
                }
                Err(Errno::EINTR) => continue,
                Err(Errno::EAGAIN) => {}
                Err(_) => self.socket = None,
            }
            return Ok(None);
        }
    }

    /// What to poll for reading.
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.socket.as_ref()?.as_fd())
    }
}

fn too_long(len: usize) -> io::Error {
    io::Error::other(format!(
        "a control message of {len} bytes came; {MAX_WORDS_BYTES} are the limit"
    ))
}

impl WordsOut {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self(socket)
    }

    /// Sends one message.
    pub(crate) fn send(&self, message: &[u8]) -> io::Result<()> {
        loop {
            match send(self.0.as_raw_fd(), message, MsgFlags::MSG_NOSIGNAL) {
                Ok(_) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use nix::sys::socket::{ControlMessage, sendmsg};

    use super::*;

    #[test]
    fn messages_come_one_by_one_until_the_end() {
        let (mut words, there) = pair().unwrap();
        let out = WordsOut::new(there);
        assert_eq!(words.next().unwrap(), None);
        let longest = vec![7; MAX_WORDS_BYTES];
        out.send(b"one").unwrap();
        out.send(&longest).unwrap();
        assert_eq!(words.next().unwrap().as_deref(), Some(&b"one"[..]));
        assert_eq!(words.next().unwrap(), Some(longest));
        assert_eq!(words.next().unwrap(), None);
        assert!(words.descriptor().is_some());
        drop(out);
        assert_eq!(words.next().unwrap(), None);
        assert!(words.descriptor().is_none(), "the end is told once");
    }

    #[test]
    fn a_message_that_is_too_long_is_an_error_with_both_figures() {
        let (mut words, there) = pair().unwrap();
        WordsOut::new(there)
            .send(&[0; MAX_WORDS_BYTES + 1])
            .unwrap();
        let error = words.next().unwrap_err().to_string();
        assert!(
            error.contains("32770") && error.contains("32769"),
            "{error}"
        );
    }

    #[test]
    fn descriptors_that_come_with_a_message_are_not_taken_in() {
        let (mut words, there) = pair().unwrap();
        let (reader, writer) = io::pipe().unwrap();
        let sent = [writer.as_raw_fd()];
        let parts = [IoSlice::new(b"here, take this")];
        let rights = [ControlMessage::ScmRights(&sent)];
        let flags = MsgFlags::empty();
        sendmsg::<()>(there.as_raw_fd(), &parts, &rights, flags, None).unwrap();
        drop(writer);
        assert!(words.next().unwrap().is_some());
        // Nobody holds the other end any more, or this would wait for ever.
        let mut rest = Vec::new();
        io::Read::read_to_end(&mut { reader }, &mut rest).unwrap();
        assert!(rest.is_empty());
    }
}
