//! What faults cost: one row a fault, one column an arm.

use maud::{Markup, html};

use super::table::blocks;
use crate::render::results;
use crate::report::Measured;

/// The matrix of a comparison, if it has one.
pub(super) fn isolation(measured: &Measured) -> Markup {
    html! {
        @if let Some(faults) = &measured.isolation {
            h3 { "What one bad task costs" }
            p.caption {
                "One task of several goes wrong, in a different way in each row. "
                strong { "Contained" } " means that it cost nothing but itself: all other tasks gave their values."
            }
            div.matrix { (blocks("Faults, and what became of them on each arm", &results::isolation(measured, faults))) }
        }
    }
}
