//! An arm that is measured, as the bench sees it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::mode::Mode;

/// The numbers of one round, by metric.
pub type Reading = BTreeMap<String, f64>;

/// What one round is to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    /// About how long to measure, where that can be chosen.
    pub budget: Duration,
    /// The share of the full work, where the time cannot be chosen.
    pub scale: f64,
    /// How many or how large, where that grows.
    pub at: Option<u64>,
}

/// Why an arm gives no numbers, or no more of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Absence {
    /// It is not there, or does not do this.
    #[error("not measured: {0}")]
    Skipped(String),
    /// It failed, or was lost.
    #[error("failed: {0}")]
    Failed(String),
    /// A signal ended the bench.
    #[error("stopped by signal {0}")]
    Stopped(usize),
}

/// An arm that is ready. Dropping it ends it.
pub trait Contender {
    /// Has it begin a round.
    ///
    /// # Errors
    ///
    /// It is gone.
    fn ask(&mut self, request: Request) -> Result<(), Absence>;

    /// Waits for the numbers of the round that it was asked for.
    ///
    /// # Errors
    ///
    /// It failed, is gone, or takes too long.
    fn answer(&mut self) -> Result<Reading, Absence>;
}

/// Brings arms on.
pub trait Stage {
    /// Starts an arm for a row, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// It is not there, or does not start.
    fn enter(&mut self, arm: &str, row: &str, mode: Mode) -> Result<Box<dyn Contender>, Absence>;
}
