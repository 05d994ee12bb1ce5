//! Text in columns.

use unicode_width::UnicodeWidthStr as _;

/// Aligns the cells of rows that all have the same number of them; nothing follows the last.
pub(crate) fn columns<R: AsRef<[String]>>(rows: &[R]) -> String {
    let count = rows.first().map_or(0, |row| row.as_ref().len());
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.as_ref().get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.as_ref().iter().zip(&widths);
        let cells: Vec<String> = cells.map(|(cell, width)| padded(cell, *width)).collect();
        text.push(' ');
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// The cell with spaces behind it. Letters of East Asia take two places of a terminal.
fn padded(cell: &str, width: usize) -> String {
    let missing = width.saturating_sub(cell.width());
    format!("{cell}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            ["a", "long"].map(str::to_owned),
            ["가나", "x"].map(str::to_owned),
        ];
        assert_eq!(columns(&rows), " a     long\n 가나  x\n");
    }
}
