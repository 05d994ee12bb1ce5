//! Signals to the program: Ctrl-C, `SIGTERM` and `SIGHUP` stop the run, and stop it at once when a second one comes;
//! Ctrl-Z suspends it, and `SIGCONT` has it go on; `SIGUSR1` asks what runs.
//!
//! A signal that the program was started to ignore stays ignored: `nohup` means `SIGHUP`, a shell means the Ctrl-C of
//! others.

use std::io;
use std::sync::Arc;
use std::thread;

use nix::sys::signal::{Signal, raise};
use signal_hook::iterator::Signals;

use crate::halt::{Cause, Halt};
use crate::keyboard;
use crate::report;
use crate::sys::ignored::is_ignored;

/// What is listened for.
const HEARD: [Signal; 6] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGTSTP,
    Signal::SIGCONT,
    Signal::SIGUSR1,
];

/// Listens from now on, on a thread of its own.
///
/// # Errors
///
/// The system refuses the handlers or the thread.
pub(crate) fn listen(program: &'static str, halt: Arc<Halt>) -> io::Result<()> {
    let heard = HEARD.into_iter().filter(|signal| !is_ignored(*signal));
    let mut signals = Signals::new(heard.map(|signal| signal as i32))?;
    let name = "anypool-signals".to_owned();
    let listener = move || {
        for signal in signals.forever() {
            match Signal::try_from(signal) {
                Ok(Signal::SIGTSTP) => halt.suspend_while(stop_here),
                Ok(Signal::SIGCONT) => keyboard::take(),
                Ok(Signal::SIGUSR1) => describe(program, &halt),
                Ok(Signal::SIGTERM) => stop(program, &halt, Cause::Terminated, "terminated"),
                Ok(Signal::SIGHUP) => stop(program, &halt, Cause::HungUp, "hung up"),
                _ => stop(program, &halt, Cause::Interrupted, "interrupted"),
            }
        }
    };
    thread::Builder::new().name(name).spawn(listener).map(drop)
}

/// Tells what runs.
fn describe(program: &str, halt: &Halt) {
    let known = halt.describe();
    let known = known
        .unwrap_or_else(|| "nobody follows what runs; with --status, somebody does\n".to_owned());
    report::say(&format!("{program}: {known}"));
}

fn stop(program: &str, halt: &Halt, cause: Cause, what: &str) {
    let tell = || report::say(&format!("{program}: {what}; stopping (again: at once)\n"));
    if !halt.request(cause, tell) {
        halt.leave();
    }
}

/// Stops this process, as `SIGTSTP` does where nobody listens for it; returns when `SIGCONT` has come.
fn stop_here() {
    // What is drawn must not stay while a shell has the terminal.
    report::say("");
    keyboard::give_back();
    // It cannot fail: the signal exists, and nobody may refuse it.
    let _ = raise(Signal::SIGSTOP);
}
