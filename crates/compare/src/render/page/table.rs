//! Tables of the page: of figures that stand below each other, in a box of their own where they are too wide.

use maud::{Markup, html};

use crate::render::grid::Grid;

/// A table with its caption, in a box that scrolls by itself.
pub(super) fn table(caption: &str, grid: &Grid) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) { (bare(caption, grid)) }
    }
}

fn bare(caption: &str, grid: &Grid) -> Markup {
    html! {
        table {
            caption { (caption) }
            thead { tr { @for head in &grid.heads { th scope="col" { bdi { (head) } } } } }
            tbody {
                @for row in &grid.rows {
                    tr {
                        @for (column, cell) in row.iter().enumerate() {
                            @if column == 0 { th scope="row" { bdi { (cell) } } } @else { td { bdi { (cell) } } }
                        }
                    }
                }
            }
        }
    }
}

/// A table whose rows become blocks of their own where there is no room for columns: each cell says what it is.
pub(super) fn blocks(caption: &str, grid: &Grid) -> Markup {
    html! {
        table.blocks {
            caption { (caption) }
            thead { tr { @for head in &grid.heads { th scope="col" { bdi { (head) } } } } }
            tbody {
                @for row in &grid.rows {
                    tr {
                        @for (column, (cell, head)) in row.iter().zip(&grid.heads).enumerate() {
                            @if column == 0 {
                                th scope="row" { bdi { (cell) } }
                            } @else {
                                td data-head=(head) { bdi { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
