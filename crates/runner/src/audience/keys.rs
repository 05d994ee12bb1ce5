//! Keys that are typed while a run goes on: `t` asks what runs, as `SIGUSR1` does.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd as _;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::{Pid, read};

use super::listener::Listener;
use crate::keyboard;

/// How often it is looked whether this process has come to the foreground while another one's keys are typed.
const BACKGROUND_MILLIS: u16 = 1_000;

/// Listens to keys until it is closed.
pub(super) struct Keys(Mutex<Option<(PipeWriter, JoinHandle<()>)>>);

impl Keys {
    /// Listens from now on.
    ///
    /// # Errors
    ///
    /// The system refuses another thread, or a pipe.
    pub(super) fn start() -> io::Result<Self> {
        let (end, closer) = io::pipe()?;
        let listener = thread::Builder::new().name("anypool-keys".to_owned());
        let thread = listener.spawn(move || listen(&end))?;
        keyboard::want();
        Ok(Self(Mutex::new(Some((closer, thread)))))
    }
}

impl Listener for Keys {
    fn close(&self) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((closer, thread)) = running.take() {
            drop(closer);
            // It does nothing that could panic.
            let _ = thread.join();
            keyboard::leave();
        }
    }
}

/// Listens until nobody is at the other end of `end`, or the terminal is gone.
fn listen(end: &PipeReader) {
    // In the background, a thread that reads would stop the process; with this it gets an error.
    let mut mine = SigSet::empty();
    mine.add(Signal::SIGTTIN);
    if mine.thread_block().is_err() {
        return;
    }
    let mut is_ours = keyboard::is_ours();
    loop {
        let stdin = io::stdin();
        let mut fds = [
            PollFd::new(end.as_fd(), PollFlags::POLLIN),
            PollFd::new(stdin.as_fd(), PollFlags::POLLIN),
        ];
        let (watched, patience) = match is_ours {
            true => (&mut fds[..], PollTimeout::NONE),
            false => (&mut fds[..1], PollTimeout::from(BACKGROUND_MILLIS)),
        };
        match poll(watched, patience) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
        let [closed, typed] = fds.map(|fd| fd.revents().unwrap_or(PollFlags::empty()));
        if !closed.is_empty() || typed.intersects(PollFlags::POLLHUP | PollFlags::POLLERR) {
            return;
        }
        if keyboard::is_ours() != is_ours {
            is_ours = !is_ours;
            // A shell that brings what runs to the foreground sends it nothing.
            keyboard::take();
        }
        if is_ours && typed.contains(PollFlags::POLLIN) && !hear() {
            return;
        }
    }
}

/// Reads what was typed, and does it; `false` where nothing can be typed any more.
fn hear() -> bool {
    let mut keys = [0; 64];
    match read(io::stdin(), &mut keys) {
        Ok(0) => false,
        Ok(count) => {
            if keys[..count]
                .iter()
                .any(|key| key.eq_ignore_ascii_case(&b't'))
            {
                // Whoever hears that signal tells, and nobody does where it is to be ignored.
                let _ = kill(Pid::this(), Signal::SIGUSR1);
            }
            true
        }
        // Another process has come to the foreground meanwhile, or a signal has come.
        Err(Errno::EIO | Errno::EINTR | Errno::EAGAIN) => true,
        Err(_) => false,
    }
}
