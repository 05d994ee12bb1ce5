//! What children used of the processors, as the kernel adds it up when it reaps them.
//!
//! The kernel's sum is over all children and what they reaped themselves. Only one child runs at a time, so the
//! difference between before and after is that child's.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};

/// What a run used of the processors, with all its processes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time in programs.
    pub user: Duration,
    /// Time in the kernel.
    pub sys: Duration,
    /// How often something was waited for.
    pub voluntary_switches: u64,
    /// How often a processor was taken away.
    pub involuntary_switches: u64,
}

impl Usage {
    /// What all children used that have been reaped so far.
    pub(crate) fn of_children() -> Option<Self> {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
        let time = |seconds: i64, micros: i64| {
            let whole = Duration::from_secs(u64::try_from(seconds).ok()?);
            Some(whole + Duration::from_micros(u64::try_from(micros).ok()?))
        };
        Some(Self {
            user: time(usage.user_time().tv_sec(), usage.user_time().tv_usec())?,
            sys: time(usage.system_time().tv_sec(), usage.system_time().tv_usec())?,
            voluntary_switches: u64::try_from(usage.voluntary_context_switches()).ok()?,
            involuntary_switches: u64::try_from(usage.involuntary_context_switches()).ok()?,
        })
    }

    /// What was added since then.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let switches = |now: u64, then: u64| now.saturating_sub(then);
        Self {
            user: self.user.saturating_sub(earlier.user),
            sys: self.sys.saturating_sub(earlier.sys),
            voluntary_switches: switches(self.voluntary_switches, earlier.voluntary_switches),
            involuntary_switches: switches(self.involuntary_switches, earlier.involuntary_switches),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_the_difference() {
        let usage = |user, switches| Usage {
            user: Duration::from_millis(user),
            sys: Duration::from_millis(2 * user),
            voluntary_switches: switches,
            involuntary_switches: 0,
        };
        let used = usage(30, 9).since(&usage(10, 4));
        let times = [20, 40].map(Duration::from_millis);
        assert_eq!([used.user, used.sys], times);
        assert_eq!(used.voluntary_switches, 5);
    }
}
