//! The report as a person reads it in a terminal.

use super::figures::{figure, times_better};
use super::record::{BenchReport, Lane, MeasuredRow};
use super::row::{Metric, Row};
use super::unit::digits;
use super::verdict::{Judged, judged};
use crate::columns::columns;
use crate::environment::Environment;

/// What is said of a figure that another run may turn over.
pub(crate) const CLOSE: &str = " (close: its interval has both sides)";

/// What is said of quick runs.
pub(crate) const QUICK: &str =
    "A quick run: it shows that the bench works. Its figures are not to be quoted.";

/// What is said when other work was going on.
pub(crate) const BUSY: &str = "Other work kept this machine busy when this began: all figures suffer, and not all of them alike.";

/// Renders a report: the machine, and for each row its figures and what is said of its goals.
pub fn terminal(report: &BenchReport, rows: &[Row]) -> String {
    let mut text = format!("{}\n", machine(&report.environment, report.seed));
    if report.quick {
        text.push_str(&format!("! {QUICK}\n"));
    }
    if report.environment.was_busy() {
        text.push_str(&format!("! {BUSY}\n"));
    }
    for (row, measured) in measured(report, rows) {
        text.push_str(&format!("\n{} · {}\n", row.name, row.title));
        for metric in &row.metrics {
            text.push_str(&columns(&figures(row, metric, measured, report)));
        }
        for judged in judged(row, measured, report) {
            text.push_str(&format!(" → {}\n", sentence(&judged)));
        }
        for lane in measured.lanes.iter().filter(|lane| lane.absent.is_some()) {
            text.push_str(&format!("   {}\n", absence(lane)));
        }
    }
    text
}

/// The machine in one line.
pub(crate) fn machine(machine: &Environment, seed: u64) -> String {
    format!(
        "{} ({} CPUs allowed) · {} · {} · load {} at the start · seed {seed}",
        machine.cpu, machine.cpus_allowed, machine.kernel, machine.rustc, machine.load
    )
}

/// The rows of a report, each with what is known of it.
pub(crate) fn measured<'a>(
    report: &'a BenchReport,
    rows: &'a [Row],
) -> impl Iterator<Item = (&'a Row, &'a MeasuredRow)> {
    report.rows.iter().filter_map(move |measured| {
        let row = rows.iter().find(|row| row.name == measured.name)?;
        Some((row, measured))
    })
}

/// One goal and what came of it.
pub(crate) fn sentence(judged: &Judged) -> String {
    format!(
        "{}: {}; goal {}: {}{}",
        judged.metric,
        judged.reached,
        judged.goal,
        judged.judgement.words(),
        if judged.close { CLOSE } else { "" }
    )
}

/// An arm and why it has no numbers.
pub(crate) fn absence(lane: &Lane) -> String {
    format!(
        "{}: {}",
        lane.arm,
        lane.absent.as_deref().unwrap_or_default()
    )
}

/// A table: a line for each arm in each mode that has numbers. The spread is the interval in which the median lies with
/// 95 % confidence; of less than six rounds, from the least to the greatest.
pub(crate) fn figures(
    row: &Row,
    metric: &Metric,
    measured: &MeasuredRow,
    report: &BenchReport,
) -> Vec<[String; 6]> {
    let own = row.own_arm(&report.transports);
    let heads = [
        "arm",
        "mode",
        "n",
        metric.title,
        "spread",
        "ours is … × better",
    ];
    let mut table = vec![heads.map(str::to_owned)];
    for lane in &measured.lanes {
        let Some(figure) = figure(lane, metric) else {
            continue;
        };
        let ours = measured
            .lane(&own, lane.mode)
            .filter(|own| own.arm != lane.arm);
        let ratio = ours.and_then(|ours| times_better(ours, lane, metric));
        let ratio = ratio.map(|ratio| {
            let [median, low, high] = [ratio.median, ratio.low, ratio.high].map(digits);
            format!("{median} [{low}, {high}]")
        });
        table.push([
            lane.arm.clone(),
            lane.mode.to_string(),
            figure.spread.n.to_string(),
            metric.unit.show(figure.value),
            format!(
                "{} – {}",
                metric.unit.show(figure.spread.low),
                metric.unit.show(figure.spread.high)
            ),
            ratio.unwrap_or_else(|| if lane.arm == own { "ours" } else { "–" }.to_owned()),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::mode::Mode;
    use crate::bench::rows::all;

    fn lane(arm: &str, milliseconds: f64) -> Lane {
        let reading = [("start".to_owned(), milliseconds * 1e6)];
        Lane {
            rounds: vec![reading.into(); 6],
            ..Lane::new(arm, Mode::Free)
        }
    }

    fn report() -> BenchReport {
        let environment = Environment {
            load: "9.00".to_owned(),
            ..Environment::probe()
        };
        let mut report = BenchReport::new(environment, String::new(), vec!["pipe".to_owned()]);
        let row = all().into_iter().find(|row| row.name == "start").unwrap();
        let lost = Lane {
            absent: Some("not measured: python3 is not installed".to_owned()),
            ..Lane::new("py-processes", Mode::Free)
        };
        let lanes = vec![lane("pool-pipe", 3.0), lane("procspawn", 12.0), lost];
        report.rows.push(MeasuredRow::new(&row, lanes));
        report
    }

    #[test]
    fn the_table_has_figures_verdicts_and_who_is_absent() {
        let text = terminal(&report(), &all());
        for line in [
            "start · start of 4 process workers, to a value from each",
            " pool-pipe  free  6  3.00 ms           3.00 ms – 3.00 ms  ours",
            " procspawn  free  6  12.0 ms           12.0 ms – 12.0 ms  4.00 [4.00, 4.00]",
            " → start → 4 values: 3.00 ms; goal ≤ 1.50 ms: falls short by 2.00 ×",
            "   py-processes: not measured: python3 is not installed",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\n{text}");
        }
        assert!(text.contains(BUSY) && !text.contains(QUICK));
    }

    #[test]
    fn a_quick_run_says_what_it_is() {
        let quick = BenchReport {
            quick: true,
            ..report()
        };
        assert!(terminal(&quick, &all()).contains(QUICK));
    }
}
