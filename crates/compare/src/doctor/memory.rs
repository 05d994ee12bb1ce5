//! Memory and its settings.

use super::finding::Finding;
use super::machine::{Machine, number};
use crate::render::{float, size};

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[available, swap, huge_pages, placement];

/// Comparisons of memory need about this much, in KiB.
const ENOUGH: u64 = 2 * 1024 * 1024;

const KIB: f64 = 1024.0;

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
