//! What a reader must know before the figures: how and where they were measured.

use super::wrapped::paragraph;
use crate::environment::Environment;
use crate::render::clean::{clean, cut};
use crate::render::quantity::{float, share, time_of};
use crate::report::Report;

/// The lines above all tables.
pub(super) fn head(report: &Report) -> String {
    let (settings, machine) = (&report.settings, &report.environment);
    let lines = [
        format!(
            "threads or processes? · {} · preset {} · order {}, seed {} · {}",
            cut(&report.name, super::NAME),
            clean(&settings.preset),
            settings.order.name(),
            settings.seed,
            time_of(report.elapsed_ns),
        ),
        [
            processors(machine),
            clean(&machine.kernel),
            software(machine),
            format!("load {} at the start", clean(&machine.load)),
        ]
        .join(" · "),
        format!(
            "a ratio is the median of the rounds' own ratios; brackets hold it with {} confidence; differences below \
             {} are nobody's reason to choose",
            share(settings.confidence),
            share(settings.min_effect),
        ),
    ];
    let mut text: String = lines.iter().map(|line| paragraph("", line)).collect();
    if machine.was_busy() {
        let busy =
            "other work kept this machine busy when this began: real differences may not show";
        text.push_str(&paragraph("! ", busy));
    }
    let disturbed: usize = report
        .comparisons
        .iter()
        .flat_map(|measured| &measured.cells)
        .map(|cell| cell.noise.disturbed)
        .sum();
    if disturbed > 0 {
        let all: usize = report
            .comparisons
            .iter()
            .flat_map(|measured| &measured.cells)
            .map(|cell| cell.rounds.len())
            .sum();
        let part = crate::render::quantity::count(disturbed)
            / float(u64::try_from(all.max(1)).unwrap_or(1));
        text.push_str(&paragraph(
            "! ",
            &format!(
                "{} of the rounds were disturbed; they are kept and marked",
                share(part)
            ),
        ));
    }
    text
}

/// The processor, how many there are of it for us, and whether it is somebody else's.
fn processors(machine: &Environment) -> String {
    let is_guest = machine
        .facts
        .iter()
        .any(|fact| fact.name == "virtual machine" && fact.value.starts_with("yes"));
    format!(
        "{} ({} of {} CPUs allowed{})",
        clean(&machine.cpu),
        machine.cpus_allowed,
        machine.cpus_total.max(machine.cpus_allowed),
        if is_guest { ", virtual machine" } else { "" }
    )
}

/// What the arms are made with, as far as it is known.
fn software(machine: &Environment) -> String {
    let commit =
        Some(&machine.commit).filter(|commit| !commit.is_empty() && !commit.starts_with("n/a"));
    let commit = commit.map(|commit| format!("commit {}", clean(commit)));
    let known = [clean(&machine.rustc)].into_iter();
    let all = known
        .chain(machine.pythons.iter().map(|python| clean(python)))
        .chain(commit);
    all.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Fact;

    #[test]
    fn the_head_says_in_short_what_the_page_says_in_full() {
        let mut report = crate::sample::one();
        let lines = |report: &Report| head(report).replace('\n', " ");
        let bare = lines(&report);
        let short = "(2 of 2 CPUs allowed) · linux 6.18.0 · rustc 1.95.0 · load 0.31";
        assert!(bare.contains(short), "{bare}");
        let machine = &mut report.environment;
        machine.commit = "1a2b3c4d5e (with changes)".to_owned();
        machine.pythons.push("CPython 3.13.1".to_owned());
        machine.facts.push(Fact {
            name: "virtual machine".to_owned(),
            value: "yes: QEMU".to_owned(),
        });
        let text = lines(&report);
        assert!(
            text.contains("(2 of 2 CPUs allowed, virtual machine)"),
            "{text}"
        );
        assert!(
            text.contains("rustc 1.95.0 · CPython 3.13.1 · commit 1a2b3c4d5e (with changes)"),
            "{text}"
        );
    }
}
