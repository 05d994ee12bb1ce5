//! What a run waits for before it starts another unit: time, a machine that is not too busy, memory.

use std::fs;
use std::time::{Duration, Instant};

use super::policy::Policy;

/// How often the machine is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// What is looked at before a unit starts.
pub(super) trait Machine: Send {
    /// How many threads want a processor.
    fn load(&self) -> Option<f64>;

    /// How much memory is free, in bytes.
    fn free_memory(&self) -> Option<u64>;
}

/// This machine.
#[derive(Debug)]
pub(super) struct ThisMachine;

impl Machine for ThisMachine {
    fn load(&self) -> Option<f64> {
        // The fourth field is running/all. The averages before it would lag by a minute: nothing would be held back
        // until far too much had been started, and then everything.
        let loads = fs::read_to_string("/proc/loadavg").ok()?;
        let (running, _) = loads.split_whitespace().nth(3)?.split_once('/')?;
        // The one that asks is one of them.
        Some(running.parse::<f64>().ok()? - 1.0)
    }

    fn free_memory(&self) -> Option<u64> {
        let memory = fs::read_to_string("/proc/meminfo").ok()?;
        let line = memory
            .lines()
            .find_map(|line| line.strip_prefix("MemAvailable:"))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1024)
    }
}

/// Why nothing starts right now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hold {
    /// When to look again.
    pub(super) until: Instant,
    /// In a few words.
    pub(super) reason: String,
}

/// The brakes of a run.
#[derive(Debug)]
pub(super) struct Brakes {
    delay: Option<Duration>,
    max_load: Option<f64>,
    min_free_mem: Option<u64>,
    last_start: Option<Instant>,
    /// What the machine said when it was last looked at, and when.
    looked: Option<(Instant, Option<String>)>,
}

impl Brakes {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            delay: policy.delay,
            max_load: policy.max_load,
            min_free_mem: policy.min_free_mem,
            last_start: None,
            looked: None,
        }
    }

    /// Why nothing may start now, if so.
    pub(super) fn hold(&mut self, now: Instant, machine: &dyn Machine) -> Option<Hold> {
        if let (Some(delay), Some(last)) = (self.delay, self.last_start) {
            let next = last.checked_add(delay)?;
            if next > now {
                let reason = format!("--delay {delay:?}");
                return Some(Hold {
                    until: next,
                    reason,
                });
            }
        }
        if self.max_load.is_none() && self.min_free_mem.is_none() {
            return None;
        }
        let (seen, reason) = match &self.looked {
            Some(looked) if now.duration_since(looked.0) < LOOK => looked.clone(),
            _ => {
                let looked = (now, self.look(machine));
                self.looked = Some(looked.clone());
                looked
            }
        };
        Some(Hold {
            until: seen + LOOK,
            reason: reason?,
        })
    }

    /// A unit starts.
    pub(super) fn started(&mut self, now: Instant) {
        self.last_start = Some(now);
        // It is not seen in figures from before.
        self.looked = None;
    }

    fn look(&self, machine: &dyn Machine) -> Option<String> {
        if let (Some(most), Some(load)) = (self.max_load, machine.load())
            && load >= most
        {
            return Some(format!("load {load} (--max-load {most})"));
        }
        if let (Some(least), Some(free)) = (self.min_free_mem, machine.free_memory())
            && free < least
        {
            let mib = |bytes: u64| bytes >> 20;
            let (free, least) = (mib(free), mib(least));
            return Some(format!(
                "{free} MiB of memory free (--min-free-mem {least} MiB)"
            ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[derive(Default)]
    struct Fake {
        load: Cell<f64>,
        free: Cell<u64>,
    }

    impl Machine for Fake {
        fn load(&self) -> Option<f64> {
            Some(self.load.get())
        }

        fn free_memory(&self) -> Option<u64> {
            Some(self.free.get())
        }
    }

    fn brakes(policy: &Policy) -> Brakes {
        Brakes::new(policy)
    }

    #[test]
    fn starts_are_as_far_apart_as_was_asked_for() {
        let delay = Duration::from_millis(50);
        let mut brakes = brakes(&Policy {
            delay: Some(delay),
            ..Policy::default()
        });
        let now = Instant::now();
        let machine = Fake::default();
        assert_eq!(brakes.hold(now, &machine), None);
        brakes.started(now);
        assert_eq!(brakes.hold(now, &machine).unwrap().until, now + delay);
        assert_eq!(brakes.hold(now + delay, &machine), None);
    }

    #[test]
    fn a_busy_machine_is_waited_for_and_looked_at_now_and_then() {
        let mut brakes = brakes(&Policy {
            max_load: Some(2.0),
            ..Policy::default()
        });
        let machine = Fake::default();
        let now = Instant::now();
        machine.load.set(2.0);
        let hold = brakes.hold(now, &machine).unwrap();
        assert_eq!(hold.reason, "load 2 (--max-load 2)");
        machine.load.set(1.0);
        let soon = now + LOOK / 2;
        assert_eq!(brakes.hold(soon, &machine).unwrap().until, now + LOOK);
        assert_eq!(brakes.hold(hold.until, &machine), None);
        machine.load.set(2.0);
        brakes.started(hold.until);
        assert!(
            brakes.hold(hold.until, &machine).is_some(),
            "each start changes the load"
        );
    }

    #[test]
    fn memory_that_is_short_is_waited_for() {
        let mut brakes = brakes(&Policy {
            min_free_mem: Some(1 << 30),
            ..Policy::default()
        });
        let machine = Fake::default();
        machine.free.set(512 << 20);
        let hold = brakes.hold(Instant::now(), &machine).unwrap();
        assert_eq!(
            hold.reason,
            "512 MiB of memory free (--min-free-mem 1024 MiB)"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_can_be_looked_at() {
        assert!(ThisMachine.load().unwrap() >= 0.0);
        assert!(ThisMachine.free_memory().unwrap() > 1 << 20);
    }
}
