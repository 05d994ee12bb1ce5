//! Bars of block letters, so that a table of times is seen before it is read.

use crate::render::grid::Grid;
use crate::render::quantity::float;
use crate::report::Measured;

/// The length of the longest bar, in letters.
const LENGTH: f64 = 10.0;

/// Eighths of a letter, the thinnest first.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// The results with bars of the arms' times, where the rows are arms.
pub(super) fn with_bars(mut grid: Grid, measured: &Measured) -> Grid {
    if measured.axis.is_some() {
        return grid;
    }
    let Some(cell) = measured.cells.first() else {
        return grid;
    };
    let times = cell.arms.iter().map(|arm| float(arm.wall.median_ns));
    let longest = times.clone().fold(1.0, f64::max);
    grid.heads.insert(1, String::new());
    for (row, time) in grid.rows.iter_mut().zip(times) {
        row.insert(1, bar(time / longest));
    }
    grid
}

/// A bar of a share of the length; the least is still seen.
fn bar(share: f64) -> String {
    let mut left = (share.clamp(0.0, 1.0) * LENGTH * 8.0).round().max(1.0);
    let mut bar = String::new();
    while left >= 8.0 {
        bar.push('█');
        left -= 8.0;
    }
    let part = EIGHTHS
        .iter()
        .zip(1_u32..)
        .filter(|(_, eighths)| f64::from(*eighths) <= left)
        .last();
    bar.extend(part.map(|(letter, _)| *letter));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_shares() {
        assert_eq!(
            [0.0, 0.5, 0.53, 1.0].map(bar),
            ["▏", "█████", "█████▎", "██████████"]
        );
    }
}
