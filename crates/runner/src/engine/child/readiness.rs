//! Waiting for several descriptors at once.

use std::os::fd::BorrowedFd;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How often is looked again where waiting is not possible.
pub(super) const LOOK: Duration = Duration::from_millis(10);

/// Waits until one of these has something to read or an end, and tells which have; `None` waits for as long as it takes.
pub(super) fn ready_of<const N: usize>(
    wanted: [Option<BorrowedFd<'_>>; N],
    patience: Option<Duration>,
) -> [bool; N] {
    let mut fds = Vec::with_capacity(N);
    fds.extend(
        wanted
            .iter()
            .flatten()
            .map(|fd| PollFd::new(*fd, PollFlags::POLLIN)),
    );
    match poll(&mut fds, timeout(patience)) {
        Ok(_) | Err(Errno::EINTR) => {}
        // Nothing of this can be wrong with what was just opened; and a wait that is none ends nothing.
        Err(_) => thread::sleep(LOOK),
    }
    let mut answers = fds.iter();
    wanted.map(|fd| {
        let answer = fd.and_then(|_| answers.next()?.any());
        answer.unwrap_or(false)
    })
}

/// In whole milliseconds, as the call wants it, and never too early.
fn timeout(patience: Option<Duration>) -> PollTimeout {
    let Some(patience) = patience else {
        return PollTimeout::NONE;
    };
    let ms = patience.as_micros().div_ceil(1_000);
    PollTimeout::try_from(ms).unwrap_or(PollTimeout::MAX)
}
