//! Waiting for whatever a fork server serves.

use std::os::fd::BorrowedFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Where something can be read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Signals,
    Program,
    Session(u64),
    Door(i32),
}

/// What is watched for which events.
pub(crate) type Watched<'a> = (Source, BorrowedFd<'a>, PollFlags);

/// Waits until something has happened, at most until `deadline`. Returns where.
pub(crate) fn wait(
    sources: &[Watched<'_>],
    deadline: Option<Instant>,
) -> Result<Vec<Source>, Errno> {
    let mut polled: Vec<_> = sources
        .iter()
        .map(|&(_, descriptor, events)| PollFd::new(descriptor, events))
        .collect();
    match poll(&mut polled, timeout(deadline)) {
        Ok(_) => {}
        Err(Errno::EINTR) => return Ok(Vec::new()),
        Err(errno) => return Err(errno),
    }
    let ready = sources.iter().zip(&polled);
    let ready = ready.filter(|(_, polled)| polled.any().unwrap_or(true));
    Ok(ready.map(|(&(source, ..), _)| source).collect())
}

/// Rounded up: waking early would be waking again.
fn timeout(deadline: Option<Instant>) -> PollTimeout {
    let Some(deadline) = deadline else {
        return PollTimeout::NONE;
    };
    let left = deadline.saturating_duration_since(Instant::now());
    let millis = left.as_nanos().div_ceil(1_000_000);
    PollTimeout::try_from(millis.min(60_000)).unwrap_or(PollTimeout::ZERO)
}
