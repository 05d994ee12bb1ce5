//! What goes on when a pool that is held does.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::inbox::WorkerKey;
use crate::supervisor::worker::Stage;

/// The timers of a pool that is held, each with the time it had left.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) since: Instant,
    /// The same on the clock that workers share.
    pub(super) since_nanos: u64,
    /// How much patience was left with a worker's stage.
    pub(super) patience: BTreeMap<WorkerKey, (Stage, Duration)>,
    /// How long until limits are checked.
    pub(super) check: Option<Duration>,
    /// How long until a slot gets a new worker.
    pub(super) vacancies: Vec<(Duration, usize)>,
}
