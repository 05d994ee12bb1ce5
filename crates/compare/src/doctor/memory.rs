//! Memory and its settings.

use super::finding::Finding;
use super::machine::{Machine, group, number};
use crate::render::{float, size};

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[available, swap, huge_pages, placement];

/// Comparisons of memory need about this much, in KiB.
const ENOUGH: u64 = 2 * 1024 * 1024;

const KIB: f64 = 1024.0;

/// How many bytes may still be taken, by the whole machine and by this program's control group; `None` where neither is
/// known.
pub(super) fn left(machine: &Machine) -> Option<u64> {
    let kib = machine
        .read("proc/meminfo")
        .and_then(|text| number(&text, "MemAvailable"));
    let of_machine = kib.map(|kib| kib.saturating_mul(1024));
    let of_group = group(machine).and_then(|group| {
        let bytes = |file| {
            machine
                .read(&format!("{group}/{file}"))?
                .parse::<u64>()
                .ok()
        };
        // `max`, which is no number, is no limit.
        Some(bytes("memory.max")?.saturating_sub(bytes("memory.current")?))
    });
    of_machine.into_iter().chain(of_group).min()
}

fn available(machine: &Machine) -> Finding {
    let name = "free memory";
    let text = machine.read("proc/meminfo");
    let Some(kib) = text
        .as_deref()
        .and_then(|text| number(text, "MemAvailable"))
    else {
        return Finding::unknown(name, "/proc/meminfo");
    };
    Finding::well(name, size(float(kib) * KIB)).mind_if(
        kib < ENOUGH,
        "comparisons with large parents may run out of it; end what is not needed",
    )
}

fn swap(machine: &Machine) -> Finding {
    let name = "swap in use";
    let numbers = machine
        .read("proc/meminfo")
        .and_then(|text| Some((number(&text, "SwapTotal")?, number(&text, "SwapFree")?)));
    let Some((total, free)) = numbers else {
        return Finding::unknown(name, "/proc/meminfo");
    };
    let used = total.saturating_sub(free);
    Finding::well(name, size(float(used) * KIB)).mind_if(
        used > 0,
        "pages that were swapped out are read from a disk when an arm needs them; free memory, then \
         `sudo swapoff -a && sudo swapon -a`",
    )
}

fn huge_pages(machine: &Machine) -> Finding {
    let name = "huge pages";
    let Some(text) = machine.read("sys/kernel/mm/transparent_hugepage/enabled") else {
        return Finding::unknown(name, "/sys/kernel/mm/transparent_hugepage");
    };
    let chosen = text.split(['[', ']']).nth(1).unwrap_or(&text).to_owned();
    let always = chosen == "always";
    Finding::well(name, chosen).mind_if(
        always,
        "what a forked worker writes is copied by 2 MiB at a time, so processes look larger and start slower than \
         elsewhere; `echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled`",
    )
}

fn placement(machine: &Machine) -> Finding {
    let name = "random placement (ASLR)";
    let Some(text) = machine.read("proc/sys/kernel/randomize_va_space") else {
        return Finding::unknown(name, "/proc/sys/kernel/randomize_va_space");
    };
    // It makes runs differ a little, which is what several rounds are for: nobody should turn it off for this.
    Finding::well(name, if text == "0" { "off" } else { "on" })
}
