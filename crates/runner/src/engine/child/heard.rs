//! What a watch over a program needs, and what it tells.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use super::clock::Clock;
use super::groups::Groups;
use super::start::Wiring;
use crate::event::OutputStream;
use crate::sys::children::Reaped;

/// What a watch needs of the run that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Post<'a> {
    pub(in crate::engine) slot: usize,
    pub(in crate::engine) wiring: Wiring,
    pub(in crate::engine) clock: &'a Clock,
    pub(in crate::engine) groups: &'a Groups,
    /// Its other end is closed when all that runs is to stop.
    pub(in crate::engine) stop: BorrowedFd<'a>,
}

/// What happens while a program runs.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) enum Heard<'a> {
    /// It was started.
    Started(u32),
    /// It has printed something.
    Output(OutputStream, &'a [u8]),
    /// It takes long, so long by now.
    Slow(Duration),
    /// It was asked to stop, after so long.
    Stopping(Duration, StopReason),
}

/// Why a program is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum StopReason {
    /// It ran as long as it may.
    Timeout,
    /// The run stops.
    Run,
}

/// How a program ended.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Ended {
    pub(in crate::engine) reaped: Reaped,
    /// How long it ran.
    pub(in crate::engine) run: Duration,
    /// Why it was stopped, if it was.
    pub(in crate::engine) stopped: Option<StopReason>,
    /// Whether it had to be killed.
    pub(in crate::engine) killed: bool,
    /// Whether it took longer than it is expected to.
    pub(in crate::engine) slow: bool,
    /// What it had left running.
    pub(in crate::engine) leaked: Option<String>,
}
