//! What a reader must know before the figures: how and where they were measured.

use super::wrapped::paragraph;
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
            format!(
                "{} ({} CPUs allowed)",
                clean(&machine.cpu),
                machine.cpus_allowed
            ),
            clean(&machine.kernel),
            clean(&machine.rustc),
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
