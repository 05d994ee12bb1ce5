//! Catching panics with their message and place.
//!
//! The place of a panic is known only to the panic hook, so the first catch wraps the program's hook
//! with one that, inside [`catch`], keeps a note of it. What the program's own hook prints stays as
//! it was.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{self, PanicHookInfo, UnwindSafe};
use std::sync::Once;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::ran_by::{RanBy, subject};

/// What a panic said and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanicReport {
    /// The panic's message; a note of its type when the payload was no string.
    pub message: String,
    /// `file:line:column` of the panic, when known.
    pub location: Option<String>,
    /// The stack, when `RUST_BACKTRACE` asks for it.
    pub backtrace: Option<String>,
    /// The worker whose job it was, if it was a job's.
    pub worker: Option<RanBy>,
}

impl fmt::Display for PanicReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = subject(self.worker.as_ref());
        write!(f, "{subject}panicked: {:?}", self.message)?;
        match &self.location {
            Some(location) => write!(f, " at {location}"),
            None => Ok(()),
        }
    }
}

/// Why a piece of user code did not return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwound {
    /// It panicked.
    Panicked(PanicReport),
    /// It was told to stop, and a checkpoint ended it.
    Stopped,
}

impl fmt::Display for Unwound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(report) => report.fmt(f),
            Self::Stopped => f.write_str("was told to stop"),
        }
    }
}

/// The payload with which a checkpoint unwinds.
struct Stop;

/// Leaves the running task by unwinding; [`catch`] reports it as [`Unwound::Stopped`].
pub(crate) fn stop() -> ! {
    panic::resume_unwind(Box::new(Stop))
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// Whether there may be a note. Looked at by every catch; the note itself has a destructor, which makes
    /// it slower to reach than a tiny task is to run.
    static NOTED: Cell<bool> = const { Cell::new(false) };
    static NOTE: RefCell<Option<(Option<String>, Option<String>)>> = const { RefCell::new(None) };
}

/// Keeps the program's panic hook from printing panics that [`catch`] reports, on this thread.
///
/// For executors whose caller shows every failure itself.
pub fn set_quiet(quiet: bool) {
    QUIET.set(quiet);
}

/// Panics with what was said of a panic elsewhere, as in another process: [`catch`] gives that report as it is.
///
/// ```
/// use anypool_core::{PanicReport, Unwound, catch, panic_again};
///
/// let there = PanicReport { message: "no".to_owned(), location: Some("there.rs:7:1".to_owned()), backtrace: None, worker: None };
/// let here = catch(|| panic_again(there.clone()));
/// assert_eq!(here, Err::<(), _>(Unwound::Panicked(there)));
/// ```
pub fn panic_again(report: PanicReport) -> ! {
    panic::resume_unwind(Box::new(report))
}

/// Runs `f`; a panic in it becomes a value.
///
/// # Errors
///
/// Says how `f` was left when it did not return.
#[inline]
pub fn catch<R>(f: impl FnOnce() -> R + UnwindSafe) -> Result<R, Unwound> {
    install_hook();
    if DEPTH.get() == 0 && NOTED.replace(false) {
        // Left by a panic that user code caught itself. Deeper, it may belong to one under way.
        NOTE.set(None);
    }
    DEPTH.set(DEPTH.get() + 1);
    let outcome = panic::catch_unwind(f);
    DEPTH.set(DEPTH.get() - 1);
    outcome.map_err(report)
}

/// What a caught payload says.
#[cold]
fn report(payload: Box<dyn Any + Send>) -> Unwound {
    if payload.is::<Stop>() {
        return Unwound::Stopped;
    }
    let payload = match payload.downcast::<PanicReport>() {
        Ok(report) => return Unwound::Panicked(*report),
        Err(payload) => payload,
    };
    let (location, backtrace) = NOTE.take().unwrap_or_default();
    let message = message_of(payload.as_ref());
    discard(payload);
    Unwound::Panicked(PanicReport {
        message,
        location,
        backtrace,
        worker: None,
    })
}

/// Drops user data whose destructor may panic; the panic hook reports it, and that is all.
pub(crate) fn discard<T>(value: T) {
    let drop_it = panic::AssertUnwindSafe(move || drop(value));
    if let Err(again) = panic::catch_unwind(drop_it) {
        std::mem::forget(again);
    }
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic payload that is not a string".to_owned()
    }
}

/// Whether the program's panic hook has been wrapped.
static INSTALLED: Once = Once::new();

#[inline]
fn install_hook() {
    if !INSTALLED.is_completed() {
        wrap_hook();
    }
}

#[cold]
fn wrap_hook() {
    if thread::panicking() {
        // The hook cannot be changed now. Until a later catch does, panics lack their place.
        return;
    }
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if DEPTH.get() > 0 {
                take_note(info);
            }
            if DEPTH.get() == 0 || !QUIET.get() {
                previous(info);
            }
        }));
    });
}

fn take_note(info: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    let backtrace = match backtrace.status() {
        BacktraceStatus::Captured => Some(backtrace.to_string()),
        _ => None,
    };
    let location = info.location().map(ToString::to_string);
    NOTED.set(true);
    NOTE.set(Some((location, backtrace)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_and_place_are_kept() {
        set_quiet(true);
        let Err(Unwound::Panicked(report)) = catch(|| panic!("no {}", 7)) else {
            panic!("a panic must be caught");
        };
        assert_eq!(report.message, "no 7");
        let location = report.location.unwrap();
        assert!(location.contains("panics.rs:"), "{location}");
    }

    #[test]
    fn a_panic_without_a_place_does_not_get_that_of_an_earlier_one() {
        set_quiet(true);
        let swallowed = catch(|| drop(panic::catch_unwind(|| panic!("the task keeps it"))));
        assert!(swallowed.is_ok());
        let caught = catch(|| panic::resume_unwind(Box::new("from another thread")));
        let Err(Unwound::Panicked(report)) = caught else {
            panic!("a panic must be caught");
        };
        assert_eq!(report.message, "from another thread");
        assert_eq!(report.location, None);
    }

    #[test]
    fn a_stop_is_not_a_panic() {
        assert_eq!(catch(|| stop()).unwrap_err(), Unwound::Stopped);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_survived() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        set_quiet(true);
        let caught = catch(|| panic::panic_any(Bomb));
        assert!(matches!(caught, Err(Unwound::Panicked(_))));
    }
}
