//! The machine that the figures are from; what cannot be found out is `n/a`.

use std::fs;
use std::process::{Command, Stdio};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a reader must know of the machine to judge the figures.
///
/// ```
/// let machine = anypool_compare::Environment::probe();
/// assert!(machine.cpus_allowed >= 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Environment {
    /// The processor's model.
    pub cpu: String,
    /// How many processors there are.
    pub cpus_total: usize,
    /// How many processors this process may use.
    pub cpus_allowed: usize,
    /// The operating system and its version.
    pub kernel: String,
    /// The compiler's version.
    pub rustc: String,
    /// The profile that the runners were built with.
    pub profile: String,
    /// The commit that they were built from, and whether files differ from it.
    pub commit: String,
    /// The Pythons among the arms.
    pub pythons: Vec<String>,
    /// The load average of the last minute when the comparison began.
    pub load: String,
    /// All else that is worth knowing, in the order in which it is shown.
    pub facts: Vec<Fact>,
}

/// One more thing about the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// What it is, as `hypervisor`.
    pub name: String,
    /// Its value, or `n/a`.
    pub value: String,
}

const UNKNOWN: &str = "n/a";

/// The profile that runners are built with.
const RELEASE: &str = "release";

/// The same with what makes programs slower that nobody else has.
const CHECKED: &str = "release, with debug assertions";

impl Environment {
    /// Looks at this machine.
    pub fn probe() -> Self {
        Self {
            cpu: cpu_model().unwrap_or_else(|| UNKNOWN.to_owned()),
            cpus_total: cpus_total(),
            cpus_allowed: cpus_allowed(),
            kernel: kernel(),
            rustc: rustc().unwrap_or_else(|| UNKNOWN.to_owned()),
            profile: RELEASE.to_owned(),
            commit: UNKNOWN.to_owned(),
            pythons: Vec::new(),
            facts: Vec::new(),
            load: first_word("/proc/loadavg").unwrap_or_else(|| UNKNOWN.to_owned()),
        }
    }

    /// Takes down that the runners were built with debug assertions.
    pub fn note_checks(&mut self) {
        self.profile = CHECKED.to_owned();
    }

    /// Whether the runners were built with debug assertions.
    pub fn is_checked(&self) -> bool {
        self.profile == CHECKED
    }

    /// Whether there was work for all processors already when the comparison began.
    pub fn was_busy(&self) -> bool {
        let load = self.load.parse::<f64>();
        let cpus = u32::try_from(self.cpus_allowed).unwrap_or(u32::MAX);
        load.is_ok_and(|load| load >= f64::from(cpus))
    }
}

/// How many processors this process may use.
fn cpus_allowed() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn cpus_total() -> usize {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processors = text.lines().filter(|line| line.starts_with("processor"));
    processors.count().max(1)
}

fn cpu_model() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let (_, model) = text
        .lines()
        .find(|line| line.starts_with("model name"))?
        .split_once(':')?;
    Some(model.trim().to_owned())
}

fn kernel() -> String {
    let release = first_word("/proc/sys/kernel/osrelease");
    format!(
        "{} {}",
        std::env::consts::OS,
        release.as_deref().unwrap_or(UNKNOWN)
    )
}

fn first_word(file: &str) -> Option<String> {
    fs::read_to_string(file)
        .ok()?
        .split_whitespace()
        .next()
        .map(str::to_owned)
}

fn rustc() -> Option<String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(
        text.split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_busy_when_there_is_work_for_all_processors() {
        for (load, busy) in [
            ("0.10", false),
            ("1.99", false),
            ("2.00", true),
            (UNKNOWN, false),
        ] {
            let machine = Environment {
                cpus_allowed: 2,
                load: load.to_owned(),
                ..Environment::probe()
            };
            assert_eq!(machine.was_busy(), busy, "{load}");
        }
    }
}
