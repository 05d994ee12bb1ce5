//! Bytes there and back: through arenas that are mapped once, a pair of pipes, or a stream socket.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicU32;

use crossbeam_utils::CachePadded;

use super::bell::{self, Bell, Waiting};
use crate::sys::child::Child;
use crate::sys::shared::{Arena, share};

/// Gives bytes back.
pub(crate) trait Echo {
    /// Sends them, and puts what comes back in their place.
    fn echo(&mut self, bytes: &mut Vec<u8>) -> io::Result<()>;
}

/// Two arenas and two bells.
pub(crate) struct Arenas {
    there: Arena,
    back: Arena,
    request: &'static CachePadded<Bell>,
    reply: &'static CachePadded<Bell>,
    turn: u32,
    _partner: Child,
}

impl Arenas {
    /// Starts the partner, for so many bytes at a time.
    pub(crate) fn start(bytes: usize) -> nix::Result<Self> {
        let (there, back) = (Arena::new(bytes)?, Arena::new(bytes)?);
        let request = share::<CachePadded<[AtomicU32; 2]>>()?;
        let reply = share::<CachePadded<[AtomicU32; 2]>>()?;
        let partner = Child::fork(|| {
            // As a task would have it: in memory of its own, from which its value is written.
            let mut own = vec![0; bytes];
            let mut turn = 0;
            loop {
                turn = bell::wait(request, turn, Waiting::Spinning);
                there.read(&mut own);
                back.write(&own);
                bell::ring(reply, turn);
            }
        })?;
        Ok(Self {
            there,
            back,
            request,
            reply,
            turn: 0,
            _partner: partner,
        })
    }
}

impl Echo for Arenas {
    fn echo(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let old = self.turn;
        self.turn = self.turn.wrapping_add(1);
        self.there.write(bytes);
        bell::ring(self.request, self.turn);
        bell::wait(self.reply, old, Waiting::Spinning);
        self.back.read(bytes);
        Ok(())
    }
}

/// A stream each way.
pub(crate) struct Streams<W, R> {
    requests: W,
    replies: R,
    _partner: Child,
}

impl Streams<io::PipeWriter, io::PipeReader> {
    /// Starts the partner behind two pipes.
    pub(crate) fn pipes(bytes: usize) -> io::Result<Self> {
        let (requests, ours) = io::pipe()?;
        let (theirs, replies) = io::pipe()?;
        let partner = Child::fork(|| serve(bytes, requests, replies))?;
        Ok(Self {
            requests: ours,
            replies: theirs,
            _partner: partner,
        })
    }
}

impl Streams<UnixStream, UnixStream> {
    /// Starts the partner behind a socket.
    pub(crate) fn socket(bytes: usize) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let (requests, replies) = (theirs.try_clone()?, theirs);
        let partner = Child::fork(|| serve(bytes, requests, replies))?;
        Ok(Self {
            requests: ours.try_clone()?,
            replies: ours,
            _partner: partner,
        })
    }
}

fn serve(bytes: usize, mut requests: impl Read, mut replies: impl Write) {
    let mut own = vec![0; bytes];
    while requests.read_exact(&mut own).is_ok() && replies.write_all(&own).is_ok() {}
}

impl<W: Write, R: Read> Echo for Streams<W, R> {
    fn echo(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        self.requests.write_all(bytes)?;
        self.replies.read_exact(bytes)
    }
}
