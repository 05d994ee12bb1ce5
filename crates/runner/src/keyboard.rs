//! The keyboard of the terminal while a run goes on: keys come one by one, and are not shown.
//!
//! That is a state of the terminal, which outlives this process and is everybody's: so it is changed only while this
//! process is in the foreground, and put back at the end, before a suspension, and before the process is ended by force.
//! Ctrl-C and Ctrl-Z stay what they are.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileTypeExt as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::termios::{
    LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
};
use nix::unistd::{getpgrp, tcgetpgrp};

/// The state of the keyboard.
static KEYBOARD: Mutex<Keyboard> = Mutex::new(Keyboard {
    is_wanted: false,
    before: None,
});

struct Keyboard {
    /// Whether keys are to come one by one.
    is_wanted: bool,
    /// How the terminal was, while it is changed.
    before: Option<Termios>,
}

/// Whether standard input is a terminal that nobody else reads, as far as can be seen. Whoever reads a pipe that this
/// process writes to may be a pager, whose keys they are.
pub(crate) fn is_free() -> bool {
    let out = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    let kind = out
        .and_then(|out| out.metadata())
        .map(|found| found.file_type());
    let is_read = kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket());
    io::stdin().is_terminal() && !is_read
}

/// From now on keys come one by one, whenever this process is in the foreground.
pub(crate) fn want() {
    keyboard().is_wanted = true;
    take();
}

/// Puts the terminal back, and lets it be from now on.
pub(crate) fn leave() {
    keyboard().is_wanted = false;
    give_back();
}

/// Has keys come one by one, if that is wanted: this process may just have come to the foreground.
pub(crate) fn take() {
    let mut keyboard = keyboard();
    if !keyboard.is_wanted || !is_ours() {
        return;
    }
    let Ok(now) = tcgetattr(io::stdin()) else {
        return;
    };
    let mut ours = now.clone();
    ours.local_flags
        .remove(LocalFlags::ICANON | LocalFlags::ECHO);
    ours.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
    ours.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
    // It has not heard of any of this where it fails.
    if tcsetattr(io::stdin(), SetArg::TCSANOW, &ours).is_ok() {
        keyboard.before.get_or_insert(now);
    }
}

/// Puts the terminal back as it was.
pub(crate) fn give_back() {
    let before = keyboard().before.take();
    // Whoever has brought another process to the foreground has set the terminal for that one.
    if let Some(before) = before.filter(|_| is_ours()) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &before);
    }
}

/// Whether standard input is the terminal that this process is in the foreground of.
pub(crate) fn is_ours() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|foreground| foreground == getpgrp())
}

fn keyboard() -> MutexGuard<'static, Keyboard> {
    KEYBOARD.lock().unwrap_or_else(PoisonError::into_inner)
}
