//! Two anonymous pipes, one each way.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

use crate::fault::{self, Point};
use crate::transport::ends::{ParentEnd, WorkerEnd};
use crate::wire::control::Control;

/// The capacity of a pipe; as much is read at a time.
pub(crate) const PIPE_BYTES: usize = 64 * 1024;

/// More than this is seldom there at once, unless payloads are large.
const SHORT_BYTES: usize = 1024;

/// How much a worker reads at a time at first.
const FIRST_BUFFER_BYTES: usize = 2 * 1024;

/// The parent's ends of the pipes; they do not block.
#[derive(Debug)]
pub(crate) struct PipeParent {
    /// `None` once it is closed.
    requests: Option<File>,
    /// `None` once the worker has closed it.
    replies: Option<File>,
    unsent: VecDeque<u8>,
}

/// The worker's ends of the pipes.
#[derive(Debug)]
pub(crate) struct PipeWorker {
    requests: File,
    replies: File,
    /// Grows as more comes at a time, up to what a pipe holds: a worker with small inputs touches little.
    buffer: Vec<u8>,
}

/// The descriptors that a worker needs for its [`PipeWorker`], in this order.
pub(crate) type WorkerPipes = [OwnedFd; 2];

/// Makes both pipes.
pub(crate) fn pair() -> io::Result<(PipeParent, WorkerPipes)> {
    let (requests_out, requests_in) = pipe2(OFlag::O_CLOEXEC)?;
    let (replies_out, replies_in) = pipe2(OFlag::O_CLOEXEC)?;
    for end in [&requests_in, &replies_out] {
        fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    }
    let parent = PipeParent {
        requests: Some(File::from(requests_in)),
        replies: Some(File::from(replies_out)),
        unsent: VecDeque::new(),
    };
    Ok((parent, [requests_out, replies_in]))
}

impl ParentEnd for PipeParent {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(requests) = &mut self.requests else {
            return Ok(());
        };
        let mut rest = bytes;
        if self.unsent.is_empty() {
            rest = &bytes[write_some(requests, bytes)?..];
        }
        self.unsent.extend(rest);
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        let Some(requests) = &mut self.requests else {
            return Ok(());
        };
        while !self.unsent.is_empty() {
            let written = match write_some(requests, self.unsent.as_slices().0) {
                Ok(0) => return Ok(()),
                Ok(written) => written,
                Err(error) => {
                    // Nobody will read the rest: the poller would tell of room again and again.
                    self.close();
                    return Err(error);
                }
            };
            self.unsent.drain(..written);
        }
        // A large request is gone; its memory need not stay.
        self.unsent.shrink_to(PIPE_BYTES);
        Ok(())
    }

    fn unsent_bytes(&self) -> usize {
        self.unsent.len()
    }

    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        // Clearing memory for all that a pipe holds would cost several times what a short reply does otherwise.
        if self.read_all(&mut [0; SHORT_BYTES], into)? == SHORT_BYTES {
            // As much as a pipe holds and no more: others have answered, too.
            self.read_all(&mut [0; PIPE_BYTES - SHORT_BYTES], into)?;
        }
        Ok(())
    }

    fn control(&mut self, _: &Control<'_>) -> io::Result<bool> {
        Ok(false)
    }

    fn readable(&self) -> Option<BorrowedFd<'_>> {
        Some(self.replies.as_ref()?.as_fd())
    }

    fn writable(&self) -> Option<BorrowedFd<'_>> {
        Some(self.requests.as_ref()?.as_fd())
    }

    fn close(&mut self) {
        self.requests = None;
        self.unsent.clear();
    }
}

impl PipeParent {
    /// Reads what is there, at most as much as the buffer holds, and tells how much it was.
    fn read_all(&mut self, buffer: &mut [u8], into: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
        let mut done = 0;
        while let Some(replies) = self.replies.as_mut().filter(|_| done < buffer.len()) {
            match replies.read(&mut buffer[done..]) {
                // Closed here as well: the poller would tell of the end again and again.
                Ok(0) => self.replies = None,
                Ok(len) => {
                    into(&buffer[done..done + len]);
                    done += len;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

/// Writes what there is room for.
fn write_some(file: &mut File, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match file.write(&bytes[written..]) {
            Ok(len) => written += len,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

impl PipeWorker {
    pub(crate) fn new([requests, replies]: WorkerPipes) -> Self {
        Self {
            requests: File::from(requests),
            replies: File::from(replies),
            buffer: vec![0; FIRST_BUFFER_BYTES],
        }
    }
}

impl WorkerEnd for PipeWorker {
    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        loop {
            match self.requests.read(&mut self.buffer) {
                Ok(0) => return Ok(false),
                Ok(len) => {
                    into(&self.buffer[..len]);
                    if len == self.buffer.len() && len < PIPE_BYTES {
                        self.buffer.resize(2 * len, 0);
                    }
                    return Ok(true);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        // One call would write a pipe's capacity at a time as well, and wait in between.
        let mut rest = bytes;
        while rest.len() > PIPE_BYTES {
            let (piece, more) = rest.split_at(PIPE_BYTES);
            self.replies.write_all(piece)?;
            fault::reach(Point::WorkerWriting);
            rest = more;
        }
        self.replies.write_all(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_pipe_keeps_the_rest_and_goes_on_later() {
        let (mut parent, worker) = pair().unwrap();
        let mut worker = PipeWorker::new(worker);
        let sent: Vec<u8> = (0..1 << 20).map(|n: u32| n.to_le_bytes()[1]).collect();
        parent.send(&sent).unwrap();
        assert!(parent.unsent_bytes() > 0);
        let mut seen = Vec::new();
        while seen.len() < sent.len() {
            worker
                .receive(&mut |piece| seen.extend_from_slice(piece))
                .unwrap();
            parent.resume().unwrap();
        }
        assert_eq!(seen, sent);
        assert_eq!(parent.unsent_bytes(), 0);
        parent.close();
        assert!(!worker.receive(&mut |_| ()).unwrap());
    }

    #[test]
    fn one_reading_takes_no_more_than_a_pipe_holds_and_the_end_is_told_once() {
        let (mut parent, [_, replies]) = pair().unwrap();
        fcntl(&replies, FcntlArg::F_SETPIPE_SZ(4 << 16)).unwrap();
        let written = vec![7; 3 * PIPE_BYTES];
        File::from(replies).write_all(&written).unwrap();
        let mut read = 0;
        parent.receive(&mut |piece| read += piece.len()).unwrap();
        assert_eq!(read, PIPE_BYTES);
        while parent.readable().is_some() {
            parent.receive(&mut |piece| read += piece.len()).unwrap();
        }
        assert_eq!(read, written.len());
    }

    #[test]
    fn nothing_waits_for_a_worker_that_has_hung_up() {
        let (mut parent, [requests, _]) = pair().unwrap();
        parent.send(&vec![7; 4 * PIPE_BYTES]).unwrap();
        assert!(parent.unsent_bytes() > 0);
        drop(requests);
        assert!(parent.resume().is_err());
        assert_eq!(
            (parent.unsent_bytes(), parent.writable().is_none()),
            (0, true)
        );
    }
}
