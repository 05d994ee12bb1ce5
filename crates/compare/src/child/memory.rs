//! Looks at the memory of a run while it runs: of all processes that come from it.
//!
//! Resident sizes count a shared page once for each process, so what counts are proportional ones, in which each page
//! is counted once in all. A process that ends during a look is left out of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::run::Weight;

/// The pause after the first look; those after it get longer, since a long run needs fewer looks.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// By what each pause is longer than the one before it.
const LONGER: f64 = 1.2;

/// The pause after one of this length.
pub(super) fn next_pause(pause: Duration) -> Duration {
    pause.mul_f64(LONGER).min(LONGEST_PAUSE)
}

/// Takes one look at the process and all its descendants, and keeps the peaks.
pub(super) fn look(root: u32, weight: &mut Weight) {
    let sizes: Vec<(u64, u64)> = tree(root).into_iter().filter_map(sizes).collect();
    if sizes.is_empty() {
        return;
    }
    weight.looks += 1;
    weight.processes = weight.processes.max(sizes.len());
    weight.pss = weight.pss.max(sizes.iter().map(|(pss, _)| pss).sum());
    weight.rss = weight.rss.max(sizes.iter().map(|(_, rss)| rss).sum());
}

/// The process and all that come from it, as far as they are there.
fn tree(root: u32) -> Vec<u32> {
    let processes: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| parent(&entry.ok()?.path()))
        .collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(process) = found.get(next).copied() {
        let children = processes.iter().filter(|(_, parent)| *parent == process);
        found.extend(children.map(|(child, _)| *child));
        next += 1;
    }
    found
}

/// A process and its parent.
fn parent(folder: &Path) -> Option<(u32, u32)> {
    let process = folder.file_name()?.to_str()?.parse().ok()?;
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    // The name, in parentheses, may have anything in it.
    let (_, rest) = stat.rsplit_once(") ")?;
    Some((process, rest.split(' ').nth(1)?.parse().ok()?))
}

/// The proportional and the resident size of a process, in bytes.
fn sizes(process: u32) -> Option<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let size = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib << 10)
    };
    Some((size("Pss:")?, size("Rss:")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_sees_this_process_and_keeps_the_peak() {
        let mut weight = Weight::default();
        look(std::process::id(), &mut weight);
        assert!(weight.pss > 0 && weight.rss >= weight.pss, "{weight:?}");
        assert!(weight.processes >= 1 && weight.looks == 1, "{weight:?}");
        weight.pss = u64::MAX;
        look(std::process::id(), &mut weight);
        assert_eq!((weight.pss, weight.looks), (u64::MAX, 2));
    }

    #[test]
    fn a_process_that_is_gone_is_no_look() {
        let mut weight = Weight::default();
        // No process has the greatest number that there can be.
        look(u32::MAX, &mut weight);
        assert_eq!(weight, Weight::default());
    }

    #[test]
    fn pauses_get_longer_up_to_a_limit() {
        assert!(next_pause(FIRST_PAUSE) > FIRST_PAUSE);
        assert_eq!(next_pause(LONGEST_PAUSE), LONGEST_PAUSE);
    }
}
