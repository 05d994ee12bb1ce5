//! What a process uses.

use std::fs::File;
use std::io::Read as _;
use std::time::Duration;

use nix::sched::{CpuSet, sched_getaffinity};
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::{Pid, SysconfVar, sysconf};

/// The CPU time that all threads of a process have used since it started; zero for one that is gone.
pub(crate) fn cpu_time(pid: i32) -> Duration {
    let clock = clock_getcpuclockid(Pid::from_raw(pid));
    clock
        .and_then(ClockId::now)
        .map_or(Duration::ZERO, Duration::from)
}

/// On how many CPUs this process may run.
pub(crate) fn usable_cpus() -> u32 {
    let set = sched_getaffinity(Pid::from_raw(0)).unwrap_or_else(|_| CpuSet::new());
    let usable = |&cpu: &usize| set.is_set(cpu).unwrap_or(false);
    let cpus = (0..CpuSet::count()).filter(usable).count();
    u32::try_from(cpus).unwrap_or(u32::MAX).max(1)
}

/// How many bytes of a process are in memory; `None` for one that is gone.
pub(crate) fn resident_bytes(pid: i32) -> Option<u64> {
    let statm = read_small(&format!("/proc/{pid}/statm"))?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * page_bytes())
}

/// How many processes the kernel has killed for want of memory since it started.
pub(crate) fn oom_kills() -> u64 {
    let stat = read_small("/proc/vmstat").unwrap_or_default();
    let count = stat.lines().find_map(|line| line.strip_prefix("oom_kill "));
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or(0)
}

/// The mask for modes of new files. Asking the kernel by a call would change it for a moment.
pub(crate) fn file_mode_mask() -> Option<u32> {
    let status = read_small("/proc/self/status")?;
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("Umask:"))?;
    u32::from_str_radix(mask.trim(), 8).ok()
}

/// Reads a file of the kernel's, which makes it anew for every call that reads of it: a buffer in which all
/// of it finds room takes a tenth of the time that one takes which grows.
fn read_small(path: &str) -> Option<String> {
    const ROOM: usize = 16 * 1024;
    let mut text = String::with_capacity(ROOM);
    let file = File::open(path).ok()?;
    // Not the file itself, which would ask for its size: that is 0.
    file.take(ROOM as u64).read_to_string(&mut text).ok()?;
    Some(text)
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
