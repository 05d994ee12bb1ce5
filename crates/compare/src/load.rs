//! What the rest of the machine does while arms run: read before and after a round, from files of the kernel.

use std::fs;
use std::time::{Duration, Instant};

use crate::report::MachineLoad;

/// How busy the machine has been, from its start until now; `None` is what cannot be known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// When it was taken.
    pub(crate) at: Option<Instant>,
    /// Processor time of all kinds.
    pub(crate) processors: Option<Processors>,
    /// For how long something waited for a processor.
    pub(crate) cpu_waits: Option<Duration>,
    /// For how long something waited for memory.
    pub(crate) memory_waits: Option<Duration>,
    /// For how long something waited for a disk.
    pub(crate) io_waits: Option<Duration>,
    /// For how long a quota kept us from running.
    pub(crate) throttled: Option<Duration>,
}

/// What all processors did, in the kernel's ticks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Processors {
    /// How many there are.
    pub(crate) count: u32,
    /// Ticks of all kinds.
    pub(crate) all: u64,
    /// Ticks in which they worked.
    pub(crate) busy: u64,
    /// Ticks in which the hypervisor let others run.
    pub(crate) stolen: u64,
}

impl Reading {
    /// Reads what the kernel tells now.
    pub(crate) fn now() -> Self {
        let read = |file: &str| fs::read_to_string(file).ok();
        let waits = |of: &str| pressure(&read(&format!("/proc/pressure/{of}"))?);
        Self {
            at: Some(Instant::now()),
            processors: read("/proc/stat").and_then(|text| processors(&text)),
            cpu_waits: waits("cpu"),
            memory_waits: waits("memory"),
            io_waits: waits("io"),
            throttled: read("/sys/fs/cgroup/cpu.stat").and_then(|text| throttled(&text)),
        }
    }

    /// The load from an earlier reading until this one, in which the arms themselves computed for so long.
    pub(crate) fn since(&self, earlier: &Self, arms: Duration) -> MachineLoad {
        let elapsed = self.at.zip(earlier.at).map(|(now, then)| now - then);
        let share = |now: Option<Duration>, then: Option<Duration>| {
            let waited = now?.checked_sub(then?)?;
            Some((waited.as_secs_f64() / elapsed?.as_secs_f64()).clamp(0.0, 1.0))
        };
        let (foreign_cpu, steal) = match self.processors.zip(earlier.processors).zip(elapsed) {
            Some(((now, then), elapsed)) => now.shares(&then, arms, elapsed),
            None => (None, None),
        };
        let throttled = self.throttled.zip(earlier.throttled);
        MachineLoad {
            foreign_cpu,
            steal,
            cpu_pressure: share(self.cpu_waits, earlier.cpu_waits),
            memory_pressure: share(self.memory_waits, earlier.memory_waits),
            io_pressure: share(self.io_waits, earlier.io_waits),
            throttled_ns: throttled
                .and_then(|(now, then)| u64::try_from(now.saturating_sub(then).as_nanos()).ok()),
        }
    }
}

impl Processors {
    /// The shares that others than the arms took, and that the hypervisor took.
    fn shares(self, then: &Self, arms: Duration, elapsed: Duration) -> (Option<f64>, Option<f64>) {
        let ticks = |now: u64, then: u64| u32::try_from(now.saturating_sub(then)).ok();
        let all = ticks(self.all, then.all).filter(|all| *all > 0);
        let of_all = |now, then| Some(f64::from(ticks(now, then)?) / f64::from(all?));
        let ours = arms.as_secs_f64() / (elapsed.as_secs_f64() * f64::from(self.count));
        let foreign = of_all(self.busy, then.busy).map(|busy| (busy - ours).max(0.0));
        (foreign, of_all(self.stolen, then.stolen))
    }
}

/// Reads `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
fn processors(text: &str) -> Option<Processors> {
    let mut lines = text.lines();
    let ticks = lines.next()?.strip_prefix("cpu ")?.split_whitespace();
    let ticks: Vec<u64> = ticks
        .take(8)
        .map(|tick| tick.parse().ok())
        .collect::<Option<_>>()?;
    let [_, _, _, idle, waiting, _, _, stolen] = ticks[..] else {
        return None;
    };
    let all: u64 = ticks.iter().sum();
    Some(Processors {
        count: u32::try_from(lines.filter(|line| line.starts_with("cpu")).count()).ok()?,
        all,
        busy: all - idle - waiting - stolen,
        stolen,
    })
}

/// Reads a file of `/proc/pressure`: `some avg10=0.00 avg60=0.00 avg300=0.00 total=12345`, in microseconds.
fn pressure(text: &str) -> Option<Duration> {
    let line = text.lines().find(|line| line.starts_with("some "))?;
    let (_, total) = line.rsplit_once("total=")?;
    Some(Duration::from_micros(total.trim().parse().ok()?))
}

/// Reads a control group's `cpu.stat`.
fn throttled(text: &str) -> Option<Duration> {
    let micros = text
        .lines()
        .find_map(|line| line.strip_prefix("throttled_usec "))?;
    Some(Duration::from_micros(micros.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  100 0 50 800 50 0 0 20 0 0\ncpu0 1 1 1\ncpu1 1 1 1\nintr 5\n";

    fn reading(at: Instant, busy: u64, all: u64) -> Reading {
        Reading {
            at: Some(at),
            processors: Some(Processors {
                count: 2,
                all,
                busy,
                stolen: all / 10,
            }),
            cpu_waits: Some(Duration::from_millis(all)),
            ..Reading::default()
        }
    }

    #[test]
    fn what_the_arms_did_not_use_is_foreign() {
        let start = Instant::now();
        let earlier = reading(start, 1_000, 10_000);
        let later = reading(start + Duration::from_secs(1), 1_150, 10_200);
        // 150 of 200 ticks were busy, and the arms had one of two processors for all of the second.
        let load = later.since(&earlier, Duration::from_secs(1));
        assert!((load.foreign_cpu.unwrap() - 0.25).abs() < 1e-9, "{load:?}");
        assert!((load.steal.unwrap() - 0.1).abs() < 1e-9, "{load:?}");
        assert!((load.cpu_pressure.unwrap() - 0.2).abs() < 1e-9, "{load:?}");
        assert_eq!(load.throttled_ns, None);
    }

    #[test]
    fn what_cannot_be_read_is_not_known() {
        let nothing = Reading::default();
        assert_eq!(
            nothing.since(&nothing, Duration::ZERO),
            MachineLoad::default()
        );
        assert_eq!(processors("what else"), None);
        assert_eq!(processors("cpu 1 2\n"), None);
        assert_eq!(pressure("some avg10=0.00"), None);
        assert_eq!(throttled("nr_periods 3\n"), None);
    }

    #[test]
    fn the_kernels_files_are_understood() {
        let expected = Processors {
            count: 2,
            all: 1_020,
            busy: 150,
            stolen: 20,
        };
        assert_eq!(processors(STAT), Some(expected));
        let some = "some avg10=1.00 avg60=2.00 avg300=0.10 total=12345\nfull avg10=0.00 total=9\n";
        assert_eq!(pressure(some), Some(Duration::from_micros(12_345)));
        assert_eq!(
            throttled("nr_throttled 1\nthrottled_usec 70\n"),
            Some(Duration::from_micros(70))
        );
        assert!(Reading::now().at.is_some());
    }
}
