//! What a unit is granted, and what is expected of it.

use std::time::Duration;

use crate::event::Verdict;

/// What a unit is granted, and what is expected of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Terms {
    /// How long a try may run.
    pub(crate) timeout: Option<Duration>,
    /// The time between telling it to stop and making it.
    pub(crate) grace: Duration,
    /// When it is told that a try takes long.
    pub(crate) slow_after: Option<Duration>,
    /// Whether it is tried again.
    pub(crate) retries: Retries,
    /// How it is to end.
    pub(crate) expect: Verdict,
    /// The group whose members share a limit; its place among the plan's groups.
    pub(crate) group: Option<usize>,
    /// How many worker slots it takes.
    pub(crate) weight: usize,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            timeout: None,
            grace: Duration::from_secs(2),
            slow_after: None,
            retries: Retries::default(),
            expect: Verdict::Ok,
            group: None,
            weight: 1,
        }
    }
}

/// Whether and when a unit is tried again after it failed, panicked, timed out, or crashed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Retries {
    /// How often at most.
    pub(crate) count: u32,
    /// How the pauses between tries grow.
    pub(crate) backoff: Backoff,
    /// The first pause.
    pub(crate) delay: Duration,
    /// The longest pause.
    pub(crate) max_delay: Duration,
    /// Whether pauses are shortened by chance, up to half, so that what failed together is not tried again together.
    pub(crate) jitter: bool,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            count: 0,
            backoff: Backoff::Fixed,
            delay: Duration::ZERO,
            max_delay: Duration::from_secs(60),
            jitter: false,
        }
    }
}

/// How the pauses between tries grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Backoff {
    /// They do not.
    #[default]
    Fixed,
    /// Each is twice the one before.
    Exponential,
}

impl Retries {
    /// The pause before the try after `attempt`, which failed. `chance` is between 0 and 1.
    pub(crate) fn pause(&self, attempt: u32, chance: f64) -> Duration {
        let doubled = match self.backoff {
            Backoff::Fixed => 0,
            Backoff::Exponential => attempt.saturating_sub(1).min(31),
        };
        let grown = self.delay.saturating_mul(1 << doubled).min(self.max_delay);
        if self.jitter {
            grown.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
        } else {
            grown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_double_up_to_the_longest() {
        let retries = Retries {
            count: 9,
            backoff: Backoff::Exponential,
            delay: SECOND,
            max_delay: 5 * SECOND,
            jitter: false,
        };
        let pauses = [1, 2, 3, 4, u32::MAX].map(|attempt| retries.pause(attempt, 0.5).as_secs());
        assert_eq!(pauses, [1, 2, 4, 5, 5]);
        let fixed = Retries {
            backoff: Backoff::Fixed,
            ..retries
        };
        assert_eq!(fixed.pause(4, 0.5), SECOND);
    }

    #[test]
    fn chance_shortens_a_pause_by_half_at_most() {
        let retries = Retries {
            delay: SECOND,
            jitter: true,
            ..Retries::default()
        };
        assert_eq!(retries.pause(1, 0.0), SECOND);
        assert_eq!(retries.pause(1, 1.0), SECOND / 2);
    }
}
