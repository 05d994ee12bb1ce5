//! What the kernel may refuse to the arms.

use super::finding::Finding;
use super::machine::Machine;

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[processes, files];

/// The most workers of a comparison, each of which is a process with a few descriptors, and room for what else runs.
const PROCESSES: u64 = 512;
const FILES: u64 = 1024;

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

fn limit(machine: &Machine, name: &'static str, row: &str, enough: u64, fix: &str) -> Finding {
    let text = machine.read("proc/self/limits");
    let soft = text.as_deref().and_then(|text| {
        let rest = text.lines().find_map(|line| line.strip_prefix(row))?;
        rest.split_whitespace().next().map(str::to_owned)
    });
    let Some(soft) = soft else {
        return Finding::unknown(name);
    };
    let few = soft.parse::<u64>().is_ok_and(|soft| soft < enough);
    let advice = format!("arms with many workers may be refused one; {fix}");
    Finding::well(name, format!("at most {soft}")).mind_if(few, &advice)
}
