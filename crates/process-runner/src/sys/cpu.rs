//! Where this thread runs.

/// The number of the CPU on which this thread runs now; it may be another one at once.
pub(crate) fn current_cpu() -> u64 {
    // SAFETY: the call takes nothing and changes nothing.
    let cpu = unsafe { libc::sched_getcpu() };
    u64::try_from(cpu).unwrap_or(u64::MAX)
}
