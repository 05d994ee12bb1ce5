//! Which cell of a comparison a plot of single runs shows, where there are several.

use maud::{Markup, html};

use crate::render::clean::clean;
use crate::render::quantity::point;
use crate::report::{Cell, Measured};

/// The cell whose single runs are shown: the only one, or the one in the middle of the axis.
pub(super) fn shown(measured: &Measured) -> Option<&Cell> {
    let with_rounds: Vec<&Cell> = measured
        .cells
        .iter()
        .filter(|cell| !cell.rounds.is_empty())
        .collect();
    with_rounds.get(with_rounds.len() / 2).copied()
}

/// Says where on the axis a shown cell is; nothing where there is no axis.
pub(super) fn at(measured: &Measured, cell: &Cell) -> Markup {
    let place = measured.axis.as_ref().zip(cell.point);
    html! {
        @if let Some((axis, at)) = place {
            " Shown is the point at " (clean(&axis.name)) " " strong { (point(axis.unit, at)) } "."
        }
    }
}
