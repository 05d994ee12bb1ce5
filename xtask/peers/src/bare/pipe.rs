//! Many numbers in flight through a pair of pipes: whatever is there is read at once, and answered at once.

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};

use crate::sys::child::Child;

/// A process and the two pipes between it and us.
pub(crate) struct Pipes {
    requests: PipeWriter,
    replies: PipeReader,
    buffer: Vec<u8>,
    _partner: Child,
}

const NUMBER: usize = size_of::<u64>();

impl Pipes {
    /// Starts the partner; it reads at most so many numbers at once.
    pub(crate) fn start(at_once: usize) -> io::Result<Self> {
        let (mut requests, ours) = io::pipe()?;
        let (theirs, mut replies) = io::pipe()?;
        let partner = Child::fork(|| {
            let mut buffer = vec![0; at_once * NUMBER];
            let mut filled = 0;
            loop {
                match requests.read(&mut buffer[filled..]) {
                    Ok(0) | Err(_) => return,
                    Ok(read) => filled += read,
                }
                let whole = filled - filled % NUMBER;
                buffer[..whole].chunks_exact_mut(NUMBER).for_each(|bytes| {
                    let number = number(bytes) + 1;
                    bytes.copy_from_slice(&number.to_ne_bytes());
                });
                if replies.write_all(&buffer[..whole]).is_err() {
                    return;
                }
                buffer.copy_within(whole..filled, 0);
                filled -= whole;
            }
        })?;
        Ok(Self {
            requests: ours,
            replies: theirs,
            buffer: vec![0; at_once * NUMBER],
            _partner: partner,
        })
    }

    /// Sends the numbers from 0, of which so many are in flight, and adds up what comes back.
    pub(crate) fn each(&mut self, count: u64, in_flight: u64) -> io::Result<u64> {
        let half = (in_flight / 2).max(1);
        let (mut sent, mut got, mut sum) = (0, 0, 0);
        while got < count {
            while sent < count && sent + half <= got + in_flight {
                let upto = (sent + half).min(count);
                let bytes: Vec<u8> = (sent..upto).flat_map(u64::to_ne_bytes).collect();
                self.requests.write_all(&bytes)?;
                sent = upto;
            }
            let expected = usize::try_from(half.min(sent - got)).map_err(io::Error::other)?;
            let buffer = &mut self.buffer[..expected * NUMBER];
            self.replies.read_exact(buffer)?;
            sum += buffer.chunks_exact(NUMBER).map(number).sum::<u64>();
            got += half.min(sent - got);
        }
        Ok(sum)
    }
}

fn number(bytes: &[u8]) -> u64 {
    let mut whole = [0; NUMBER];
    whole.copy_from_slice(bytes);
    u64::from_ne_bytes(whole)
}
