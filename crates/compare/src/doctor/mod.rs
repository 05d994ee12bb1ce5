//! Whether a machine can measure: looks at what makes times differ from run to run, and says what to do about it.
//!
//! - [`machine`] is where it looks: the kernel's files, and the variables that cargo heeds;
//! - [`finding`] is what a look tells;
//! - [`shape`] looks at what it is made of, [`others`] at who else uses the processors, [`speed`] at what changes their speed, [`memory`] at memory and
//!   its settings, [`limits`] at what may be refused, [`build`] at how the runners are built;
//! - [`steady`] takes the same time again and again, which shows what all of that amounts to.
//!
//! It changes nothing, and needs no rights that a comparison does not need.

mod machine;
mod finding;
mod shape;
mod others;
mod speed;
mod memory;
mod limits;
mod build;
mod steady;

use crate::columns::columns;
use crate::environment::Fact;
use crate::render::{clean, paragraph};

pub use finding::{Finding, Health};
pub use machine::Machine;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// All findings, in the order in which they were made.
    pub findings: Vec<Finding>,
}

/// Looks at a machine. In `pause`, which takes a second or so, nothing else of the caller's may run: what runs then are
/// others.
///
/// ```
/// use anypool_compare::{Machine, diagnose};
///
/// let diagnosis = diagnose(&Machine::this(), &mut || {});
/// assert!(diagnosis.findings.iter().any(|finding| finding.name == "load"));
/// ```
pub fn diagnose(machine: &Machine, pause: &mut dyn FnMut()) -> Diagnosis {
    let before = machine.read(others::STAT);
    pause();
    let after = machine.read(others::STAT);
    let mut findings = others::meanwhile(before.as_deref(), after.as_deref());
    findings.push(steady::steadiness(&steady::times()));
    findings.extend(probed(machine));
    Diagnosis { findings }
}

/// What a report says of the machine when the comparison begins; its name may be left out.
///
/// ```
/// use anypool_compare::{Machine, facts};
///
/// let facts = facts(&Machine::this(), false);
/// assert!(facts.iter().any(|fact| fact.name == "clock"));
/// ```
pub fn facts(machine: &Machine, with_name: bool) -> Vec<Fact> {
    let told = || {
        Finding::of(
            HOST,
            machine.read("proc/sys/kernel/hostname"),
            "/proc/sys/kernel/hostname",
        )
    };
    let host = match with_name {
        true => told(),
        false => Finding::well(HOST, "left out, as was asked for"),
    };
    let all = [host].into_iter().chain(probed(machine));
    all.map(Fact::from).collect()
}

/// What the machine's own name is called.
const HOST: &str = "host";

/// What has become of it when the comparison is at its end.
pub fn facts_at_the_end(machine: &Machine) -> Vec<Fact> {
    let probes = others::PROBES.iter().map(|probe| probe(machine));
    let facts = probes.map(Fact::from).map(|fact| Fact {
        name: format!("{}, at the end", fact.name),
        ..fact
    });
    facts.collect()
}

impl From<Finding> for Fact {
    fn from(finding: Finding) -> Self {
        Self {
            name: finding.name.to_owned(),
            value: finding.value,
        }
    }
}

/// How many bytes of memory may still be taken, where that is known.
///
/// ```
/// use anypool_compare::{Machine, available_memory};
///
/// assert!(available_memory(&Machine::this()).is_none_or(|bytes| bytes > 0));
/// ```
pub fn available_memory(machine: &Machine) -> Option<u64> {
    memory::left(machine)
}

/// What its files and variables tell.
fn probed(machine: &Machine) -> Vec<Finding> {
    let probes = [
        shape::PROBES,
        others::PROBES,
        speed::PROBES,
        memory::PROBES,
        limits::PROBES,
        build::PROBES,
    ];
    let all = probes.concat();
    all.iter().map(|probe| probe(machine)).collect()
}

impl Diagnosis {
    /// The worst that was found.
    pub fn health(&self) -> Health {
        let all = self.findings.iter().map(|finding| finding.health);
        all.max().unwrap_or(Health::Unknown)
    }

    /// All findings as a table, what to do about those that are not well, and what they amount to.
    pub fn text(&self) -> String {
        let row = |finding: &Finding| {
            [
                finding.health.sign().to_owned(),
                finding.name.to_owned(),
                clean(&finding.value),
            ]
        };
        let rows: Vec<[String; 3]> = self.findings.iter().map(row).collect();
        let mut text = columns(&rows);
        for (sign, names, advice) in self.advice() {
            let label = format!("{sign} {}: ", names.join(", "));
            text.push_str(&format!("\n{}", paragraph("", &format!("{label}{advice}"))));
        }
        text.push_str(&format!("\n→ {}\n", self.health().verdict()));
        text
    }

    /// What to do, once for all findings of which the same is true.
    fn advice(&self) -> Vec<(&'static str, Vec<&'static str>, &str)> {
        let mut all: Vec<(&str, Vec<&str>, &str)> = Vec::new();
        let ill = self
            .findings
            .iter()
            .filter(|finding| finding.health >= Health::Mind);
        for finding in ill {
            let (sign, advice) = (finding.health.sign(), finding.advice.as_str());
            match all
                .iter_mut()
                .find(|(known, _, is)| (*known, *is) == (sign, advice))
            {
                Some((_, names, _)) => names.push(finding.name),
                None => all.push((sign, vec![finding.name], advice)),
            }
        }
        all
    }
}

#[cfg(test)]
mod tests;
