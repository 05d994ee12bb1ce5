//! What people say of threads and processes, and whether it holds here.

use maud::{Markup, html};

use super::table::blocks;
use crate::render::results;
use crate::report::Measured;

/// The claims of a comparison, if it has any.
pub(super) fn claims(measured: &Measured) -> Markup {
    html! {
        @if !measured.claims.is_empty() {
            h3 { "What people say, and whether it holds here" }
            (blocks("Claims, and whether they hold", &results::claims(&measured.claims)))
        }
    }
}
