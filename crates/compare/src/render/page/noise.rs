//! How far the machine could be trusted while this was measured.

use maud::{Markup, html};

use crate::render::wording::{grade, grade_means, noise};
use crate::report::{Grade, Measured};

/// The badge of a comparison.
pub(super) fn badge(measured: &Measured) -> Markup {
    let grade = grade(measured);
    let (class, lights) = match grade {
        Grade::Good => ("good", "●●●"),
        Grade::Fair => ("fair", "●●○"),
        Grade::Poor => ("poor", "●○○"),
    };
    html! {
        @if let Some(cell) = measured.cells.get(measured.cells.len() / 2) {
            div class={ "noise " (class) } {
                p {
                    span.lights aria-hidden="true" { (lights) }
                    strong { "Measuring conditions: " (grade.word()) ". " }
                    (grade_means(grade))
                }
                p.soft { (noise(&cell.noise).join(" · ")) }
            }
        }
    }
}
