//! A plot with all that belongs to it: what it shows, how to read it, and the same as a table.

use maud::{Markup, html};

use super::table::table;
use crate::render::grid::Grid;

/// A plot of the page.
pub(super) struct Figure<'a> {
    /// Its name on the page.
    pub(super) id: String,
    /// What it shows.
    pub(super) title: &'a str,
    /// How to read it.
    pub(super) caption: Markup,
    /// The plot, with its legend.
    pub(super) plot: Markup,
    /// The same figures.
    pub(super) grid: Grid,
}

impl Figure<'_> {
    /// The figure in the page.
    pub(super) fn draw(&self) -> Markup {
        let title = format!("{}-title", self.id);
        html! {
            figure id=(self.id) aria-labelledby=(title) {
                h3 id=(title) { (self.title) }
                figcaption { (self.caption) }
                (self.plot)
                details {
                    summary { "The same as a table" }
                    (table(self.title, &self.grid))
                }
            }
        }
    }
}
