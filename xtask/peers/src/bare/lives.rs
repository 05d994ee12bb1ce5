//! Processes that are forked, answer, are killed and noticed.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::pause;

use crate::sys::child::Child;
use crate::sys::pidfd;

/// Forks so many children, reads a byte from each, and reaps them.
pub(crate) fn start(children: usize) -> io::Result<Duration> {
    let begin = Instant::now();
    let (mut answers, line) = io::pipe()?;
    let mut forked = Vec::new();
    for _ in 0..children {
        forked.push(Child::fork(|| {
            // A parent that does not read is no concern of the child's.
            let _ = (&line).write_all(&[1]);
        })?);
    }
    answers.read_exact(&mut vec![0; children])?;
    for child in forked {
        child.reap()?;
    }
    Ok(begin.elapsed())
}

/// Kills a child that waits: until its end is seen, and until another one has answered.
pub(crate) fn die() -> io::Result<(Duration, Duration)> {
    let child = Child::fork(pause)?;
    let descriptor = pidfd::open(child.pid())?;
    // It must be waiting, and not on its way there.
    std::thread::sleep(Duration::from_millis(1));
    let begin = Instant::now();
    kill(child.pid(), Signal::SIGKILL)?;
    let mut seen = [PollFd::new(descriptor.as_fd(), PollFlags::POLLIN)];
    poll(&mut seen, PollTimeout::NONE)?;
    let noticed = begin.elapsed();
    child.reap()?;
    let (mut answers, line) = io::pipe()?;
    let next = Child::fork(|| {
        let _ = (&line).write_all(&[1]);
    })?;
    answers.read_exact(&mut [0])?;
    let served = begin.elapsed();
    next.reap()?;
    Ok((noticed, served))
}
