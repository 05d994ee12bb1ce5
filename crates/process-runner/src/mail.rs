//! What is left for a supervisor beside jobs: words of what has happened, and orders.

use std::sync::mpsc::SyncSender;

use nix::sys::signal::Signal;

use crate::attend::WorkerKey;

/// What is left for the supervisor beside jobs.
#[derive(Debug)]
pub(crate) enum Mail {
    /// The output courier has room again.
    OutputRoom,
    /// All workers are to get a signal.
    Signal(Signal),
    /// A job was withdrawn between two attempts.
    Withdrawn,
    /// What a worker was given under this sequence is to end.
    Kill(WorkerKey, u64),
    /// The pool is to be held; the answer comes when it is.
    Suspend(SyncSender<()>),
    /// It is to go on.
    Resume,
    /// A courier that was told that no more comes has run what it had.
    CourierEnded(Errands),
    /// Somebody wants the pool's figures.
    Census,
    /// The pool is to stop.
    Stop(StopOrder),
}

/// What one of a pool's couriers is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errands {
    /// Writing output, and settling jobs in its order.
    Deliveries,
    /// Telling events.
    Events,
    /// Calling callbacks.
    Callbacks,
}

/// How a pool is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopOrder {
    /// When all accepted work is done.
    Drain,
    /// At once: cancel what waits, end what runs.
    Now,
}
