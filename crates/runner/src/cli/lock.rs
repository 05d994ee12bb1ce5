//! The flag of the modelled global lock.

use std::time::Duration;

use clap::Args;

const LOCK: &str = "Lock";

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct LockAsk {
    /// Give each process one lock that a task holds while it computes, as some interpreters have it: the task hands it
    /// over when another has waited for so long (5ms where no time is given), and while it waits for something itself.
    /// External programs know nothing of it
    #[arg(
        long,
        value_name = "TIME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5ms",
        value_parser = interval,
        help_heading = LOCK
    )]
    pub(super) gil: Option<Duration>,
}

/// A run that is to stop is noticed by those who wait for the lock after an interval.
const LONGEST: Duration = Duration::from_secs(1);

fn interval(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(interval) if !interval.is_zero() && interval <= LONGEST => Ok(interval),
        Ok(_) => Err("expected a time up to 1s".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
