//! How the page looks.

use maud::{Markup, html};

/// The page's only style sheet.
pub(super) const STYLE: &str = include_str!("style.css");

/// Hatching that plots refer to.
pub(super) fn patterns() -> Markup {
    html! {
        svg.defs width="0" height="0" aria-hidden="true" {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect width="6" height="6" class="hatch-ground" {}
                    line x1="0" x2="0" y1="0" y2="6" class="hatch-line" {}
                }
            }
        }
    }
}
