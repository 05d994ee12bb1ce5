//! What a process uses.

use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::{Pid, SysconfVar, sysconf};

/// The CPU time that all threads of a process have used since it started; zero for one that is gone.
pub(crate) fn cpu_time(pid: i32) -> Duration {
    let clock = clock_getcpuclockid(Pid::from_raw(pid));
    clock
        .and_then(ClockId::now)
        .map_or(Duration::ZERO, Duration::from)
}

/// How many bytes of a process are in memory; `None` for one that is gone.
pub(crate) fn resident_bytes(pid: i32) -> Option<u64> {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * page_bytes())
}

fn page_bytes() -> u64 {
    let bytes = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
    bytes
        .and_then(|bytes| u64::try_from(bytes).ok())
        .unwrap_or(4096)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_time_and_memory_and_a_gone_one_nothing() {
        let own = std::process::id().cast_signed();
        let before = cpu_time(own);
        let mut numbers = 0u64;
        while cpu_time(own) == before {
            numbers = std::hint::black_box(numbers + 1);
        }
        assert!(resident_bytes(own).is_some_and(|bytes| bytes > 100_000));
        // Numbers of processes end before this one.
        let nobody = (1 << 22) + 1;
        assert_eq!(
            (cpu_time(nobody), resident_bytes(nobody)),
            (Duration::ZERO, None)
        );
    }
}
