//! What the machine is made of: sockets, cores and threads, the processors that may be used, and memory.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::machine::{Machine, number};
use crate::render::{float, size};

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[cores, allowed, nodes, memory];

/// Where the kernel lists processors.
const PROCESSORS: &str = "sys/devices/system/cpu";

const KIB: f64 = 1024.0;

fn cores(machine: &Machine) -> Finding {
    let name = "sockets and cores";
    let sockets = machine.each(PROCESSORS, "topology/physical_package_id");
    let cores = machine.each(PROCESSORS, "topology/core_id");
    if sockets.is_empty() || sockets.len() != cores.len() {
        return Finding::unknown(name, "/sys/devices/system/cpu/cpu*/topology");
    }
    // Cores have their numbers within a socket.
    let both = sockets.iter().zip(&cores);
    let distinct: BTreeSet<(&str, &str)> = both
        .map(|((_, socket), (_, core))| (socket.as_str(), core.as_str()))
        .collect();
    let packages: BTreeSet<&str> = distinct.iter().map(|(socket, _)| *socket).collect();
    let value = format!(
        "{}, {}, {}",
        counted(packages.len(), "socket"),
        counted(distinct.len(), "core"),
        counted(cores.len(), "processor")
    );
    Finding::well(name, value)
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

fn allowed(machine: &Machine) -> Finding {
    let name = "processors that may be used";
    let status = machine.read("proc/self/status");
    let list = status.as_deref().and_then(|text| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
        Some(line.trim().to_owned()).filter(|list| !list.is_empty())
    });
    let Some(list) = list else {
        return Finding::unknown(name, "/proc/self/status");
    };
    match machine.read("sys/devices/system/cpu/online") {
        Some(online) => Finding::well(name, format!("{list} of {online}")),
        None => Finding::well(name, list),
    }
}

fn nodes(machine: &Machine) -> Finding {
    let name = "memory nodes (NUMA)";
    match machine.read("sys/devices/system/node/online") {
        Some(nodes) if nodes == "0" => Finding::well(name, "one"),
        Some(nodes) if !nodes.is_empty() => Finding::well(name, nodes),
        _ => Finding::unknown(name, "/sys/devices/system/node/online"),
    }
}

fn memory(machine: &Machine) -> Finding {
    let name = "memory";
    let text = machine.read("proc/meminfo");
    match text.as_deref().and_then(|text| number(text, "MemTotal")) {
        Some(kib) => Finding::well(name, size(float(kib) * KIB)),
        None => Finding::unknown(name, "/proc/meminfo"),
    }
}
