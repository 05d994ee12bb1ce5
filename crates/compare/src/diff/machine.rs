//! Whether two reports are from the same machine.

use std::fmt;

use crate::environment::Environment;

/// Two reports are from different machines, so their figures have nothing to do with one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherMachine {
    pub(super) differences: Vec<String>,
}

impl fmt::Display for OtherMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "refusing to compare reports of two machines")?;
        for difference in &self.differences {
            writeln!(f, "  = {difference}")?;
        }
        write!(
            f,
            "help: measure both on one machine, or pass --force to see the figures side by side"
        )
    }
}

impl std::error::Error for OtherMachine {}

/// What differs of that on which ratios depend.
pub(super) fn differences(old: &Environment, new: &Environment) -> Vec<String> {
    let facts = |machine: &Environment| {
        [
            ("processor", machine.cpu.clone()),
            ("processors", machine.cpus_total.to_string()),
            (
                "processors that may be used",
                machine.cpus_allowed.to_string(),
            ),
            ("kernel", machine.kernel.clone()),
        ]
    };
    let pairs = facts(old).into_iter().zip(facts(new));
    pairs
        .filter(|((_, old), (_, new))| old != new)
        .map(|((name, old), (_, new))| format!("{name}: {old} before, {new} after"))
        .collect()
}
