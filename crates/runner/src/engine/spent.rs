//! What a run has used of the processors.

use nix::sys::resource::{UsageWho, getrusage};

/// The processor time of this process and of all children that it has waited for, in nanoseconds: their own code, and
/// the kernel.
pub(super) fn spent() -> (u64, u64) {
    let both = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN];
    let usages = both.into_iter().filter_map(|who| getrusage(who).ok());
    let nanoseconds = |time: nix::sys::time::TimeVal| {
        let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
        seconds * 1_000_000_000 + u64::try_from(time.tv_usec()).unwrap_or(0) * 1_000
    };
    usages.fold((0, 0), |(user, sys), usage| {
        (
            user + nanoseconds(usage.user_time()),
            sys + nanoseconds(usage.system_time()),
        )
    })
}
