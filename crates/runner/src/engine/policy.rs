//! What holds for a run as a whole: how many workers, when it stops, what it waits for.

use std::num::NonZeroU64;
use std::time::Duration;

/// What holds for a run as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Policy {
    /// How many units run side by side.
    pub(crate) workers: usize,
    /// How many units are read ahead of those that run.
    pub(crate) queue: usize,
    /// When failures end the run.
    pub(crate) max_fail: MaxFail,
    /// After how many units that ended as expected the rest is given up.
    pub(crate) until_success: Option<NonZeroU64>,
    /// Whether a unit that is ok only after several tries is a failure.
    pub(crate) flaky_fails: bool,
    /// How long the whole run may take.
    pub(crate) run_timeout: Option<Duration>,
    /// The least time between two starts.
    pub(crate) delay: Option<Duration>,
    /// Nothing is started while as many processes want a processor.
    pub(crate) max_load: Option<f64>,
    /// Nothing is started while less memory is free, in bytes.
    pub(crate) min_free_mem: Option<u64>,
    /// What chance goes by: two runs with one seed shorten their pauses alike.
    pub(crate) seed: u64,
    /// How often all of it is done.
    pub(crate) repeat: Repeat,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            workers: 1,
            queue: 2,
            max_fail: MaxFail::default(),
            until_success: None,
            flaky_fails: false,
            run_timeout: None,
            delay: None,
            max_load: None,
            min_free_mem: None,
            seed: 0,
            repeat: Repeat::default(),
        }
    }
}

/// When failures end the run: nothing more is started then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MaxFail {
    /// How many it takes.
    pub(crate) limit: FailLimit,
    /// What becomes of those that run.
    pub(crate) then: Then,
}

/// How many failures it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FailLimit {
    /// All may fail.
    #[default]
    All,
    /// So many.
    Count(NonZeroU64),
    /// So many of a hundred that have ended, once a hundred have or all have been started.
    Percent(u8),
}

/// What becomes of the units that run when it was enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Then {
    /// They are waited for.
    #[default]
    Wait,
    /// They are stopped.
    Now,
}

/// How often all of it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// So often.
    Times(NonZeroU64),
    /// Again and again, until so much time has passed.
    For(Duration),
}

impl Default for Repeat {
    fn default() -> Self {
        Self::Times(NonZeroU64::MIN)
    }
}
