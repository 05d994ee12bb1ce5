//! How the runners are built: in release mode, unless variables make less of it.

use super::finding::Finding;
use super::machine::Machine;

pub(super) const PROBES: &[fn(&Machine) -> Finding] = &[profile];

/// Variables with this prefix change the profile that the runners are built with.
const PREFIX: &str = "CARGO_PROFILE_RELEASE_";

/// Those that say nothing of speed.
const HARMLESS: [&str; 3] = ["DEBUG", "STRIP", "SPLIT_DEBUGINFO"];

fn profile(machine: &Machine) -> Finding {
    let changes: Vec<String> = machine
        .variables(PREFIX)
        .filter(|(name, _)| !HARMLESS.contains(&&name[PREFIX.len()..]))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let value = if changes.is_empty() {
        "release, as the workspace has it".to_owned()
    } else {
        format!("release, changed by {}", changes.join(", "))
    };
    Finding::well("build of the runners", value).mind_if(
        !changes.is_empty(),
        "the runners are not built as users build them; unset these variables",
    )
}
