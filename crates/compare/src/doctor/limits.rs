//! What the kernel may refuse to the arms.

use super::finding::Finding;
use super::machine::Machine;
use crate::render::{float, size};

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[processes, files, stack, addresses];

/// The most workers of a comparison, each of which is a process with a few descriptors, and room for what else runs.
const PROCESSES: u64 = 512;
const FILES: u64 = 1024;

const LIMITS: &str = "/proc/self/limits";

fn processes(machine: &Machine) -> Finding {
    limit(
        machine,
        "processes",
        "Max processes",
        PROCESSES,
        "`ulimit -u 4096`",
    )
}

fn files(machine: &Machine) -> Finding {
    limit(
        machine,
        "open files",
        "Max open files",
        FILES,
        "`ulimit -n 4096`",
    )
}

/// What threads have for their frames, unless they are told otherwise.
fn stack(machine: &Machine) -> Finding {
    bytes(machine, "stack", "Max stack size")
}

fn addresses(machine: &Machine) -> Finding {
    bytes(machine, "address space", "Max address space")
}

fn bytes(machine: &Machine, name: &'static str, row: &str) -> Finding {
    match soft(machine, row) {
        Some(soft) => Finding::well(
            name,
            match soft.parse::<u64>() {
                Ok(bytes) => format!("at most {}", size(float(bytes))),
                Err(_) => format!("at most {soft}"),
            },
        ),
        None => Finding::unknown(name, LIMITS),
    }
}

/// The limit that holds, and which a program may raise.
fn soft(machine: &Machine, row: &str) -> Option<String> {
    let text = machine.read("proc/self/limits")?;
    let rest = text.lines().find_map(|line| line.strip_prefix(row))?;
    rest.split_whitespace().next().map(str::to_owned)
}

fn limit(machine: &Machine, name: &'static str, row: &str, enough: u64, fix: &str) -> Finding {
    let Some(soft) = soft(machine, row) else {
        return Finding::unknown(name, LIMITS);
    };
    let few = soft.parse::<u64>().is_ok_and(|soft| soft < enough);
    let advice = format!("arms with many workers may be refused one; {fix}");
    Finding::well(name, format!("at most {soft}")).mind_if(few, &advice)
}
