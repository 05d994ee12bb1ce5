//! The differences as tables.

use super::{Diff, DiffRow};
use crate::columns::columns;
use crate::render::{Grid, clean, effect, markdown_table, plain, point, ratio, time_of};
use crate::report::{Cell, Measured, Word};

/// Where a cell lies, in words.
pub(super) fn place(measured: &Measured, cell: &Cell) -> String {
    match (&measured.axis, cell.point) {
        (Some(axis), Some(at)) => point(axis.unit, at),
        _ => String::new(),
    }
}

pub(super) fn terminal(diff: &Diff) -> String {
    let grid = grid(diff);
    let rows: Vec<Vec<String>> = std::iter::once(grid.heads).chain(grid.rows).collect();
    let mut text = columns(&rows);
    for (sign, lines) in [("!", &diff.caveats), ("·", &diff.unpaired)] {
        for line in lines {
            text.push_str(&format!("{sign} {}\n", clean(line)));
        }
    }
    text.push_str(&format!("→ {}\n", summary(diff)));
    text
}

pub(super) fn markdown(diff: &Diff) -> String {
    let mut text = format!("**{}**\n\n{}", summary(diff), markdown_table(&grid(diff)));
    let notes = diff.caveats.iter().chain(&diff.unpaired);
    for note in notes {
        text.push_str(&format!("\n- {}", plain(note)));
    }
    text.push('\n');
    text
}

fn grid(diff: &Diff) -> Grid {
    let mut grid = Grid::new([
        "comparison",
        "at",
        "arm",
        "time before",
        "after",
        "ratio before",
        "after",
        "change",
    ]);
    for row in &diff.rows {
        grid.row(cells(row));
    }
    grid.without_empty_columns()
}

fn cells(row: &DiffRow) -> [String; 8] {
    let [old, new] = row.times.map(|times| time_of(times.median_ns));
    let [before, after] = match row.ratios {
        Some(ratios) => ratios.map(|interval| format!("{}×", ratio(interval.mid))),
        None => ["baseline".to_owned(), String::new()],
    };
    let change = match &row.change {
        Some((change, word)) => format!("{}: {}", word.text(), effect(change)),
        None => String::new(),
    };
    [
        clean(&row.comparison),
        row.at.clone(),
        clean(&row.arm),
        old,
        new,
        before,
        after,
        change,
    ]
}

/// How much has changed, in a sentence.
fn summary(diff: &Diff) -> String {
    let with = |word| {
        let changes = diff.rows.iter().filter_map(|row| row.change.as_ref());
        changes.filter(|(_, is)| *is == word).count()
    };
    let [faster, slower, same] = [Word::Faster, Word::Slower, Word::Same].map(with);
    let judged = diff.rows.iter().filter(|row| row.change.is_some()).count();
    let untold = judged - faster - slower - same;
    match judged {
        0 => "The reports have no ratio in common.".to_owned(),
        _ => format!(
            "Beside the baseline, {slower} slower, {faster} faster, {same} the same, {untold} unclear."
        ),
    }
}
