//! When an item that failed is tried again, and when it is given up.

use std::time::Duration;

use crate::job_error::JobError;

/// How an idempotent task is tried again: how often, after which pauses, and when it counts as
/// poison.
///
/// Tried again are items that panicked, ran too long, used too much, or whose worker died. An item
/// that was cancelled, killed on request or could not be encoded is not.
///
/// On threads, an item that ran too long is not tried again either: its thread cannot be stopped, so
/// two attempts could run at the same time, and a task that may run twice need not be one that may
/// run beside itself.
///
/// [`Context::attempt`](crate::Context::attempt) tells a task which attempt it is. Between two
/// attempts no worker is held; the job can be cancelled as if it were queued, and whoever shuts its
/// pool down waits for it as for any other.
///
/// ```
/// use anypool_core::Retries;
/// use std::time::Duration;
///
/// let retries = Retries::new(4).delay(Duration::from_millis(100)).jitter(false);
/// assert_eq!(retries.pause(1, 0), Duration::from_millis(100));
/// assert_eq!(retries.pause(3, 0), Duration::from_millis(400));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retries {
    /// How often an item is tried again after its first failure.
    pub count: u32,
    /// The pause before the first retry; it doubles with each.
    pub delay: Duration,
    /// The longest pause.
    pub max_delay: Duration,
    /// Whether a pause is shortened by up to half, at random, so that jobs that failed together do
    /// not come back together.
    pub jitter: bool,
    /// How many workers an item may have cost until it is *poison*, which is not tried again.
    pub poison_after: u32,
}

impl Default for Retries {
    /// None.
    fn default() -> Self {
        Self::new(0)
    }
}

impl Retries {
    /// Tries again up to `count` times: 10 ms after the first failure, then after twice as long each
    /// time, 10 s at most, with jitter. An item that has cost two workers is given up.
    #[must_use]
    pub const fn new(count: u32) -> Self {
        Self {
            count,
            delay: Duration::from_millis(10),
            max_delay: Duration::from_secs(10),
            jitter: true,
            poison_after: 2,
        }
    }

    /// The pause before the first retry.
    #[must_use]
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The longest pause.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Whether pauses are shortened at random.
    #[must_use]
    pub const fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// How many workers an item may cost until it is given up as poison; at least one.
    #[must_use]
    pub const fn poison_after(mut self, workers: u32) -> Self {
        self.poison_after = if workers == 0 { 1 } else { workers };
        self
    }

    /// The pause before retry number `retry` (from 1); `random` is any number, the source of the
    /// jitter.
    #[must_use]
    pub fn pause(&self, retry: u32, random: u64) -> Duration {
        let factor = 2u32.saturating_pow(retry.saturating_sub(1));
        let pause = self.delay.saturating_mul(factor).min(self.max_delay);
        if !self.jitter {
            return pause;
        }
        let share = u32::try_from(random % 1_000).unwrap_or(0);
        // Divided first: the longest pause there is must not overflow.
        pause - pause / 2_000 * share
    }

    /// Decides about an item whose failures so far, in order, are `causes`: whether it is tried
    /// again, and if not, what it ends as.
    ///
    /// # Errors
    ///
    /// The item's final error: the only cause, or all of them.
    pub fn decide(&self, causes: Vec<JobError>) -> Result<Vec<JobError>, JobError> {
        let retryable = causes.last().is_some_and(JobError::is_retryable);
        let retries = causes.len().saturating_sub(1);
        let costs = causes.iter().filter(|cause| cause.cost_a_worker()).count();
        let poison = costs >= self.poison_after.max(1) as usize;
        let spent = retries >= self.count as usize;
        if retryable && !poison && !spent {
            return Ok(causes);
        }
        Err(final_error(causes, poison))
    }
}

/// One cause speaks for itself; several are told in order, except that an order to stop is the end
/// whatever was before.
fn final_error(mut causes: Vec<JobError>, poison: bool) -> JobError {
    let stopped = causes.last().is_some_and(|last| !last.is_retryable());
    match causes.pop() {
        None => JobError::Cancelled,
        Some(only) if causes.is_empty() || stopped => only,
        Some(last) => {
            causes.push(last);
            let attempts = causes;
            if poison {
                JobError::Poison { attempts }
            } else {
                JobError::RetriesExhausted { attempts }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job_error::StoppedBy;
    use crate::panics::PanicReport;

    fn panicked() -> JobError {
        JobError::Panicked(PanicReport {
            message: "no".to_owned(),
            location: None,
            backtrace: None,
            worker: None,
        })
    }

    fn killed() -> JobError {
        JobError::TimedOut {
            limit: Duration::from_secs(1),
            stopped_by: StoppedBy::Kill,
            worker: None,
        }
    }

    #[test]
    fn a_job_without_retries_ends_with_its_only_cause() {
        assert_eq!(Retries::default().decide(vec![killed()]), Err(killed()));
    }

    #[test]
    fn retries_are_counted_and_told_when_they_are_spent() {
        let retries = Retries::new(2);
        assert!(retries.decide(vec![panicked()]).is_ok());
        assert!(retries.decide(vec![panicked(), panicked()]).is_ok());
        let spent = retries.decide(vec![panicked(), panicked(), panicked()]);
        let Err(JobError::RetriesExhausted { attempts }) = spent else {
            panic!("{spent:?}");
        };
        assert_eq!(attempts.len(), 3);
    }

    #[test]
    fn an_item_that_cost_two_workers_is_poison() {
        let retries = Retries::new(9);
        let causes = vec![killed(), panicked()];
        let causes = retries.decide(causes).unwrap();
        let given_up = retries.decide([causes, vec![killed()]].concat());
        assert_eq!(
            given_up,
            Err(JobError::Poison {
                attempts: vec![killed(), panicked(), killed()]
            })
        );
        assert!(retries.poison_after(3).decide(vec![killed(); 2]).is_ok());
    }

    #[test]
    fn an_order_to_stop_is_final() {
        let causes = vec![panicked(), JobError::Killed];
        assert_eq!(Retries::new(9).decide(causes), Err(JobError::Killed));
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_jitter_takes_at_most_half() {
        let retries = Retries::new(9)
            .delay(Duration::from_millis(100))
            .max_delay(Duration::from_millis(350));
        let exact = retries.jitter(false);
        let pauses = [1, 2, 3, 40].map(|retry| exact.pause(retry, 7).as_millis());
        assert_eq!(pauses, [100, 200, 350, 350]);
        let forever = Retries::new(1)
            .delay(Duration::MAX)
            .max_delay(Duration::MAX);
        assert!(forever.pause(9, 999) >= Duration::MAX / 2);
        for random in 0..2_000 {
            let pause = retries.pause(2, random).as_millis();
            assert!((100..=200).contains(&pause), "{pause}");
        }
    }
}
