//! A table of words, before it is known who will draw it.

/// Heads and rows of the same number of cells; the first cell of a row names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// What the columns are.
    pub(crate) heads: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table that has no rows yet.
    pub(crate) fn new<'a>(heads: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            heads: heads.into_iter().map(str::to_owned).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Leaves out the columns in which no row has anything to say.
    pub(crate) fn without_empty_columns(mut self) -> Self {
        let says = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .into_iter()
                .any(|cell| !cell.is_empty() && cell != NOTHING)
        };
        let kept: Vec<bool> = (0..self.heads.len())
            .map(|column| column == 0 || says(column))
            .collect();
        let keep = |cells: &mut Vec<String>| {
            let mut column = 0;
            cells.retain(|_| {
                column += 1;
                kept.get(column - 1).copied().unwrap_or(false)
            });
        };
        keep(&mut self.heads);
        self.rows.iter_mut().for_each(keep);
        self
    }
}

/// What stands where there is nothing to say.
pub(crate) const NOTHING: &str = "–";

/// The text, or what stands for none.
pub(crate) fn or_nothing(text: Option<String>) -> String {
    text.unwrap_or_else(|| NOTHING.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_say_nothing_are_left_out() {
        let mut grid = Grid::new(["arm", "memory", "time"]);
        grid.row(["seq", NOTHING, "1 s"].map(str::to_owned));
        grid.row(["pool", "", "2 s"].map(str::to_owned));
        let kept = grid.without_empty_columns();
        assert_eq!(kept.heads, ["arm", "time"]);
        assert_eq!(kept.rows[1], ["pool", "2 s"]);
    }
}
