//! The report as Markdown, for pull requests and logs.

use std::fmt::Write as _;

use super::classes::{CAPTION, classes};
use super::clean::clean;
use super::grid::Grid;
use super::results::{claims, isolation, results};
use super::wording::{
    advised, card, effect, gate, grade, noise, outcome, round_count, sign, warnings,
};
use crate::report::{Card, Measured, Report};

/// Renders the report as Markdown: each comparison's verdict, its tables, the machine, and how to repeat it.
pub fn markdown(report: &Report) -> String {
    let mut text = format!("# Threads or processes? `{}`\n", code(&report.name));
    for warning in warnings(report) {
        let _ = write!(text, "\n> **{warning}**\n");
    }
    for measured in &report.comparisons {
        comparison(&mut text, measured);
    }
    if let Some(grid) = classes(report) {
        let _ = write!(text, "\n## Classes\n\n{CAPTION}.\n\n{}", table(&grid));
    }
    if !report.gates.is_empty() {
        text.push_str("\n## Gates\n\n");
    }
    for result in &report.gates {
        let (word, told) = (outcome(result.outcome), plain(&gate(result)));
        let _ = writeln!(text, "- **{word}** {told}");
    }
    closing(&mut text, report);
    text
}

fn comparison(text: &mut String, measured: &Measured) {
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "\n## {}: {}\n",
        plain(&measured.name),
        plain(&measured.question)
    );
    let grade = grade(measured);
    match card(measured) {
        Ok(card) => verdict(text, card),
        Err(why) => {
            let _ = write!(text, "\n**No verdict.** {why}\n");
        }
    }
    let _ = write!(
        text,
        "\n{} · {}",
        plain(&measured.workload),
        round_count(measured)
    );
    if let Some(cell) = measured.cells.first() {
        let said = noise(&cell.noise);
        let _ = write!(text, " · noise {}", grade.word());
        if !said.is_empty() {
            let _ = write!(text, ": {}", said.join(", "));
        }
    }
    text.push('\n');
    let tables = [
        results(measured),
        (!measured.claims.is_empty()).then(|| claims(&measured.claims)),
        measured
            .isolation
            .as_ref()
            .map(|faults| isolation(measured, faults)),
    ];
    for grid in tables.into_iter().flatten() {
        text.push('\n');
        text.push_str(&table(&grid));
    }
    for crossover in &measured.crossovers {
        let _ = write!(text, "\n- {}", plain(&crossover.text));
    }
    for note in &measured.notes {
        let _ = write!(text, "\n- {}", plain(note));
    }
    if !measured.crossovers.is_empty() || !measured.notes.is_empty() {
        text.push('\n');
    }
}

fn verdict(text: &mut String, card: &Card) {
    let _ = write!(
        text,
        "\n**{} {}.** {}",
        sign(card.answer),
        advised(card),
        plain(&card.headline)
    );
    if let Some(interval) = &card.effect {
        let _ = write!(text, " Speed: {}.", effect(interval));
    }
    text.push('\n');
    for case in &card.cases {
        let figure = case
            .effect
            .as_ref()
            .map_or_else(String::new, |interval| format!(" ({})", effect(interval)));
        let (when, answer) = (plain(&case.when), case.answer.text());
        let _ = write!(
            text,
            "\n- {when}: **{answer}**, {}{figure}",
            plain(&case.text)
        );
    }
    for (label, lines) in [
        ("Why", &card.reasons),
        ("Flips", &card.flips),
        ("Mind", &card.caveats),
    ] {
        for line in lines {
            let _ = write!(text, "\n- {label}: {}", plain(line));
        }
    }
    text.push('\n');
}

/// A table as GitHub draws it.
pub(crate) fn table(grid: &Grid) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = vec!["---".to_owned(); grid.heads.len()];
    let rows: String = grid.rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(&grid.heads), line(&rule))
}

fn closing(text: &mut String, report: &Report) {
    let machine = &report.environment;
    let _ = write!(
        text,
        "\n---\n\nMeasured {} on {} ({} CPUs allowed), {}, {}, load {} at the start. Ratios are medians of per-round \
         ratios; brackets hold them with {:.0} % confidence. Again: `{}`\n",
        plain(&report.started),
        plain(&machine.cpu),
        machine.cpus_allowed,
        plain(&machine.kernel),
        plain(&machine.rustc),
        plain(&machine.load),
        report.settings.confidence * 100.0,
        code(&report.command_line),
    );
}

/// Text in which nothing is markup.
pub(crate) fn plain(text: &str) -> String {
    let mut safe = String::new();
    for letter in clean(text).chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '!'
        ) {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

/// Text between backquotes.
fn code(text: &str) -> String {
    clean(text).replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(plain("a|b <i>*x*"), "a\\|b \\<i\\>\\*x\\*");
        let text = markdown(&sample::hostile());
        let outside_code: String = text.split('`').step_by(2).collect();
        assert!(
            !outside_code.replace("\\<", "").contains('<'),
            "{outside_code}"
        );
    }

    #[test]
    fn every_row_of_a_table_has_as_many_cells_as_its_head() {
        let mut grid = Grid::new(["a", "b|c"]);
        grid.row(["x|y".to_owned(), "z".to_owned()]);
        assert_eq!(
            table(&grid),
            "| a | b\\|c |\n| --- | --- |\n| x\\|y | z |\n"
        );
    }

    #[test]
    fn a_busy_machine_has_figures_and_no_verdict() {
        let text = markdown(&sample::noisy());
        assert!(
            text.contains("**No verdict.** The machine was too busy"),
            "{text}"
        );
        assert!(
            text.contains("| seq |") && !text.contains("Use processes"),
            "{text}"
        );
    }
}
