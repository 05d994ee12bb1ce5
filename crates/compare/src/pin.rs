//! Keeps all that is measured to one processor of each core.
//!
//! Two processors of one core share its units: a run that gets both has less than one that gets two cores, and which of
//! them it gets is chance. Processes inherit it, so runners count these processors alone, and start as many workers.

use std::fs;
use std::io;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Processors of this thread and all that it starts, and those that it had before.
#[derive(Debug, Clone, Copy)]
pub struct Pin {
    pinned: CpuSet,
    before: CpuSet,
}

/// This thread.
const SELF: Pid = Pid::from_raw(0);

impl Pin {
    /// One processor of each core, of those that this thread may use.
    ///
    /// # Errors
    ///
    /// The system does not tell which they are.
    pub fn one_a_core() -> io::Result<Self> {
        let before = sched_getaffinity(SELF)?;
        let pinned = set(&first_of_each(&members(&before), siblings))?;
        Ok(Self { pinned, before })
    }

    /// Keeps this thread, and what it starts from now on, to them.
    ///
    /// # Errors
    ///
    /// The system refuses it.
    pub fn set(&self) -> io::Result<()> {
        Ok(sched_setaffinity(SELF, &self.pinned)?)
    }

    /// Gives this thread back what it had: not all that it starts is measured.
    ///
    /// # Errors
    ///
    /// The system refuses it.
    pub fn lift(&self) -> io::Result<()> {
        Ok(sched_setaffinity(SELF, &self.before)?)
    }
}

fn members(set: &CpuSet) -> Vec<usize> {
    let is_in = |cpu: &usize| set.is_set(*cpu).unwrap_or(false);
    (0..CpuSet::count()).filter(is_in).collect()
}

fn set(cpus: &[usize]) -> io::Result<CpuSet> {
    let mut set = CpuSet::new();
    for cpu in cpus {
        set.set(*cpu)?;
    }
    Ok(set)
}

/// The first processor of each core; `siblings` gives the processors of the core that one belongs to.
fn first_of_each(cpus: &[usize], siblings: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    let is_first = |cpu: &usize| {
        let before = siblings(*cpu).into_iter().filter(|other| other < cpu);
        !before.into_iter().any(|other| cpus.contains(&other))
    };
    cpus.iter().copied().filter(is_first).collect()
}

/// The processors of the same core, where the system tells; otherwise each is taken for a core of its own.
fn siblings(cpu: usize) -> Vec<usize> {
    let file = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
    let list = fs::read_to_string(file).unwrap_or_default();
    listed(&list)
}

/// The numbers of a list as the kernel writes it: `0,4` or `0-1`.
fn listed(list: &str) -> Vec<usize> {
    let parts = list.trim().split(',');
    let ranges = parts.filter_map(|part| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        Some(from.parse::<usize>().ok()?..=to.parse().ok()?)
    });
    ranges.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_processors_are_read_as_the_kernel_writes_them() {
        assert_eq!(listed("0,4\n"), [0, 4]);
        assert_eq!(listed("0-1,6\n"), [0, 1, 6]);
        assert_eq!(listed(""), [0_usize; 0]);
    }

    #[test]
    fn each_core_has_one_processor_of_those_that_may_be_used() {
        let pairs = |cpu: usize| vec![cpu % 4, cpu % 4 + 4];
        assert_eq!(
            first_of_each(&[0, 1, 2, 3, 4, 5, 6, 7], pairs),
            [0, 1, 2, 3]
        );
        assert_eq!(first_of_each(&[1, 5, 6], pairs), [1, 6]);
        assert_eq!(first_of_each(&[2, 3], |_| Vec::new()), [2, 3]);
    }

    #[test]
    fn a_thread_keeps_to_its_processors_until_that_is_lifted() {
        let before = members(&sched_getaffinity(SELF).unwrap());
        let pin = Pin {
            pinned: set(&before[..1]).unwrap(),
            before: set(&before).unwrap(),
        };
        pin.set().unwrap();
        let alone = std::thread::available_parallelism().unwrap().get();
        pin.lift().unwrap();
        assert_eq!(alone, 1);
        assert_eq!(members(&sched_getaffinity(SELF).unwrap()), before);
        assert!(!members(&Pin::one_a_core().unwrap().pinned).is_empty());
    }
}
