//! A worker's standard output or error, read without ever waiting for it.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

use crate::clock::monotonic_nanos;
use crate::lines::Lines;
use crate::transport::pipe::PIPE_BYTES;

/// One of a worker's output streams.
#[derive(Debug)]
pub(crate) struct OutputStream {
    /// `None` when it has ended.
    pub(crate) file: Option<File>,
    pub(crate) lines: Lines,
}

impl OutputStream {
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.file.as_ref()?.as_fd())
    }

    /// Reads what has been written, at most as much as a pipe holds: what was in it when this was
    /// called, and no end of what is written meanwhile. Returns whole lines, one block a read.
    pub(crate) fn read(&mut self) -> Vec<Vec<u8>> {
        let mut blocks = Vec::new();
        let mut buffer = [0; 16 * 1024];
        let mut room = PIPE_BYTES;
        while let Some(file) = self.file.as_mut().filter(|_| room > 0) {
            match file.read(&mut buffer) {
                Ok(0) => {
                    self.file = None;
                    blocks.extend(self.lines.finish());
                }
                Ok(len) => {
                    room = room.saturating_sub(len);
                    blocks.extend(self.lines.push(&buffer[..len], monotonic_nanos()));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => self.file = None,
            }
        }
        blocks
    }
}

/// Makes an output stream, and the end that the worker writes to.
pub(crate) fn output_pipe() -> Result<(OutputStream, OwnedFd), nix::Error> {
    let (out, writer) = pipe2(OFlag::O_CLOEXEC)?;
    fcntl(&out, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let stream = OutputStream {
        file: Some(File::from(out)),
        lines: Lines::default(),
    };
    Ok((stream, writer))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn one_reading_takes_no_more_than_a_pipe_holds() {
        let (mut stream, writer) = output_pipe().unwrap();
        let room = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(4 << 16)).unwrap();
        let written = vec![b'\n'; usize::try_from(room).unwrap()];
        File::from(writer).write_all(&written).unwrap();
        let read = |stream: &mut OutputStream| stream.read().concat().len();
        assert_eq!(read(&mut stream), PIPE_BYTES);
        let mut rest = 0;
        while stream.descriptor().is_some() {
            rest += read(&mut stream);
        }
        assert_eq!(PIPE_BYTES + rest, written.len());
    }
}
