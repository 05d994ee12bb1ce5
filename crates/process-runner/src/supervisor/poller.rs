//! Waiting for the next events.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::time::TimeSpec;

use crate::inbox::WorkerKey;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Another thread left something in the inbox.
    Inbox,
    /// The zygote reports, or is gone.
    Zygote,
    /// A worker's data plane can be read.
    Reply(WorkerKey),
    /// A worker has said something over the control plane.
    Words(WorkerKey),
    /// A worker's data plane has room again.
    Room(WorkerKey),
    /// A worker wrote to its standard output (0) or error (1).
    Output(WorkerKey, usize),
    /// A worker's process has ended.
    Ended(WorkerKey),
}

/// What an epoll instance cannot wait for: it counts milliseconds.
const SHORT: Duration = Duration::from_millis(1);

/// How many events are taken at a time.
const BATCH: usize = 64;

/// Bits of the token that tell what of a worker an event is about.
const KIND_BITS: u32 = 3;

/// An epoll instance.
#[derive(Debug)]
pub(crate) struct Poller(Epoll);

impl Poller {
    pub(crate) fn new() -> Result<Self, Errno> {
        Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map(Self)
    }

    /// Watches a descriptor for `event`. It is forgotten when the descriptor is closed.
    pub(crate) fn watch(&self, descriptor: BorrowedFd<'_>, event: Event) -> Result<(), Errno> {
        let flags = match event {
            Event::Room(_) => EpollFlags::EPOLLOUT,
            _ => EpollFlags::EPOLLIN,
        };
        self.0.add(descriptor, EpollEvent::new(flags, token(event)))
    }

    /// Stops watching a descriptor.
    pub(crate) fn forget(&self, descriptor: impl AsFd) {
        // It may not have been watched.
        let _ = self.0.delete(descriptor);
    }

    /// Waits for events, at most until `deadline`.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Result<Vec<Event>, Errno> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if let Some(left) = left.filter(|left| *left < SHORT) {
            return self.wait_briefly(left);
        }
        self.take(timeout(left))
    }

    /// As [`Poller::wait`], for less than the kernel's own poll can wait.
    fn wait_briefly(&self, left: Duration) -> Result<Vec<Event>, Errno> {
        let mut ready = [PollFd::new(self.0.0.as_fd(), PollFlags::POLLIN)];
        match ppoll(&mut ready, Some(TimeSpec::from_duration(left)), None) {
            Ok(_) | Err(Errno::EINTR) => self.take(EpollTimeout::ZERO),
            Err(errno) => Err(errno),
        }
    }

    fn take(&self, timeout: EpollTimeout) -> Result<Vec<Event>, Errno> {
        let mut events = [EpollEvent::empty(); BATCH];
        let count = match self.0.wait(&mut events, timeout) {
            Ok(count) => count,
            Err(Errno::EINTR) => 0,
            Err(errno) => return Err(errno),
        };
        let event = |event: &EpollEvent| event_of(event.data());
        Ok(events[..count].iter().filter_map(event).collect())
    }
}

/// Rounded up: waking early would be waking again.
fn timeout(left: Option<Duration>) -> EpollTimeout {
    let Some(left) = left else {
        return EpollTimeout::NONE;
    };
    let millis = left.as_nanos().div_ceil(1_000_000);
    EpollTimeout::try_from(millis.min(60_000)).unwrap_or(EpollTimeout::ZERO)
}

fn token(event: Event) -> u64 {
    let worker = |key: WorkerKey, kind: u64| (key << KIND_BITS) | kind;
    match event {
        Event::Inbox => 0,
        Event::Zygote => 1,
        Event::Reply(key) => worker(key, 2),
        Event::Room(key) => worker(key, 3),
        Event::Ended(key) => worker(key, 4),
        Event::Output(key, stream) => worker(key, 5 + stream as u64),
        Event::Words(key) => worker(key, 7),
    }
}

fn event_of(token: u64) -> Option<Event> {
    let key = token >> KIND_BITS;
    Some(match token & ((1 << KIND_BITS) - 1) {
        0 => Event::Inbox,
        1 => Event::Zygote,
        2 => Event::Reply(key),
        3 => Event::Room(key),
        4 => Event::Ended(key),
        5 => Event::Output(key, 0),
        6 => Event::Output(key, 1),
        7 => Event::Words(key),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_tell_their_events() {
        for event in [
            Event::Inbox,
            Event::Zygote,
            Event::Reply(0),
            Event::Words(7),
            Event::Room(7),
            Event::Ended(1 << 40),
            Event::Output(7, 0),
            Event::Output(7, 1),
        ] {
            assert_eq!(event_of(token(event)), Some(event));
        }
    }
}
