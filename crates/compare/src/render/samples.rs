//! All samples in long form: one line for each run of each arm, as spreadsheets and data frames take it.

use crate::report::{Cell, Measured, Report, Round, Sample};

const HEADS: [&str; 18] = [
    "comparison",
    "axis",
    "point",
    "round",
    "place",
    "arm",
    "wall_ns",
    "setup_ns",
    "work_ns",
    "teardown_ns",
    "user_ns",
    "sys_ns",
    "voluntary_switches",
    "involuntary_switches",
    "resident_bytes",
    "digest",
    "repeats_round",
    "disturbed",
];

/// Writes all samples as comma-separated values with a line of heads.
///
/// Text that a spreadsheet would take for a formula begins with an apostrophe.
pub fn samples(report: &Report) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[String]| {
        // Writing to memory cannot fail, and all rows have the same number of fields.
        let _ = writer.write_record(row);
    };
    write(&HEADS.map(str::to_owned));
    for measured in &report.comparisons {
        for cell in &measured.cells {
            for round in &cell.rounds {
                for (place, sample) in round.samples.iter().enumerate() {
                    write(&row(measured, cell, round, (place + 1, sample)));
                }
            }
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(
    measured: &Measured,
    cell: &Cell,
    round: &Round,
    (place, sample): (usize, &Sample),
) -> [String; 18] {
    let number = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    [
        inert(&measured.name),
        measured
            .axis
            .as_ref()
            .map_or_else(String::new, |axis| inert(&axis.name)),
        cell.point
            .map_or_else(String::new, |point| point.to_string()),
        round.number.to_string(),
        place.to_string(),
        inert(&sample.arm),
        sample.wall_ns.to_string(),
        number(sample.setup_ns),
        number(sample.work_ns),
        number(sample.teardown_ns),
        number(sample.user_ns),
        number(sample.sys_ns),
        number(sample.voluntary_switches),
        number(sample.involuntary_switches),
        number(sample.resident),
        inert(&sample.digest),
        round
            .repeats
            .map_or_else(String::new, |round| round.to_string()),
        inert(&round.disturbed.join("; ")),
    ]
}

/// Text that no spreadsheet runs.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn every_sample_has_a_line_and_every_line_all_fields() {
        for report in [sample::report(), sample::hostile()] {
            let cells = report
                .comparisons
                .iter()
                .flat_map(|measured| &measured.cells);
            let expected: usize = cells
                .flat_map(|cell| &cell.rounds)
                .map(|round| round.samples.len())
                .sum();
            let text = samples(&report);
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(records.len(), expected);
            assert!(records.iter().all(|record| record.len() == HEADS.len()));
        }
    }

    #[test]
    fn a_sample_is_there_to_the_nanosecond() {
        let report = sample::one();
        let round = &report.comparisons[0].cells[0].rounds[0];
        let text = samples(&report);
        let first = text.lines().nth(1).unwrap();
        let start = format!(
            "gil,,,1,1,{},{},",
            round.samples[0].arm, round.samples[0].wall_ns
        );
        assert!(first.starts_with(&start), "{first}");
    }

    #[test]
    fn no_name_is_a_formula() {
        assert_eq!(inert("=cmd()"), "'=cmd()");
        assert_eq!(inert("threads+gil"), "threads+gil");
    }
}
