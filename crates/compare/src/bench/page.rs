//! The report as a page of Markdown.

use super::markdown::table;
use super::record::BenchReport;
use super::row::Row;
use super::terminal::{BUSY, QUICK, absence, figures, machine, measured};
use super::verdict::{Judgement, judged};

/// Renders a report: the verdicts first, then all figures.
pub fn page(report: &BenchReport, rows: &[Row]) -> String {
    let mut text = format!(
        "Measured {} on {}; ours by default is `pool-{}`.\n\n",
        report.started,
        machine(&report.environment, report.seed),
        report.transports.first().map_or("", String::as_str)
    );
    if report.quick {
        text.push_str(&format!("**{QUICK}**\n\n"));
    }
    if report.environment.was_busy() {
        text.push_str(&format!("**{BUSY}**\n\n"));
    }
    text.push_str(&verdicts(report, rows));
    for (row, measured) in measured(report, rows) {
        text.push_str(&format!("\n### `{}`: {}\n", row.name, row.title));
        for metric in &row.metrics {
            text.push('\n');
            text.push_str(&table(&figures(row, metric, measured, report)));
        }
        let absent: Vec<String> = measured
            .lanes
            .iter()
            .filter(|lane| lane.absent.is_some())
            .map(absence)
            .collect();
        if !absent.is_empty() {
            text.push_str(&format!("\nAbsent: {}.\n", absent.join("; ")));
        }
    }
    text
}

fn verdicts(report: &BenchReport, rows: &[Row]) -> String {
    let heads = ["row", "what", "goal", "reached", "verdict"];
    let mut lines = vec![heads.map(str::to_owned)];
    let (mut met, mut all) = (0, 0);
    for (row, measured) in measured(report, rows) {
        for judged in judged(row, measured, report) {
            all += 1;
            met += usize::from(judged.judgement == Judgement::Met);
            let close = if judged.close { ", close" } else { "" };
            let words = format!("{}{close}", judged.judgement.words());
            let verdict = match judged.judgement {
                Judgement::Met => words,
                _ => format!("**{words}**"),
            };
            lines.push([
                format!("`{}`", row.name),
                judged.metric.to_owned(),
                judged.goal,
                judged.reached,
                verdict,
            ]);
        }
    }
    format!("{met} of {all} goals are met.\n\n{}", table(&lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::mode::Mode;
    use crate::bench::record::{Lane, MeasuredRow};
    use crate::bench::rows::all;
    use crate::environment::Environment;

    fn report() -> BenchReport {
        let mut report = BenchReport::new(
            Environment::probe(),
            "2026-01-02T03:04:05Z".to_owned(),
            vec!["shm".to_owned()],
        );
        let row = all().into_iter().find(|row| row.name == "death").unwrap();
        let reading = [("noticed".to_owned(), 1e5), ("served".to_owned(), 1e6)];
        let lane = Lane {
            rounds: vec![reading.into(); 6],
            ..Lane::new("pool-shm", Mode::Free)
        };
        report.rows.push(MeasuredRow::new(&row, vec![lane]));
        report
    }

    #[test]
    fn verdicts_come_first_and_the_missed_ones_stand_out() {
        let text = page(&report(), &all());
        assert!(text.contains("1 of 2 goals are met."), "{text}");
        let met = "| `death` | kill → the caller has the error | ≤ 200 µs | 100 µs | met |";
        let missed = "| `death` | kill → a replacement has served | ≤ 500 µs | 1.00 ms | **falls short by 2.00 ×** |";
        for line in [
            met,
            missed,
            "### `death`: a small worker is killed in its job",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_report_survives_json() {
        let report = report();
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<BenchReport>(&json).unwrap(), report);
    }
}
