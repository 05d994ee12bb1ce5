//! How an arm is told from the others: by its side's colour, by its shape, by its line, and by its name.

use maud::{Markup, html};

use crate::render::clean::clean;
use crate::report::{Measured, Side};

/// How one arm is drawn.
pub(super) struct Series<'a> {
    /// Its name, as the report has it.
    pub(super) name: &'a str,
    /// Its classes in the style sheet.
    pub(super) class: String,
}

/// How many colours each side has in the style sheet.
const SHADES: usize = 5;

/// How each arm of a comparison is drawn. Sides have a hue, arms of one side differ in shade.
pub(super) fn series(measured: &Measured) -> Vec<Series<'_>> {
    let mut seen = [0_usize; 4];
    let of = |(name, side): (&'_ str, Side)| {
        let (letter, place) = match side {
            Side::Sequential => ('q', 0),
            Side::Threads => ('t', 1),
            Side::Processes => ('p', 2),
            Side::Other => ('o', 3),
        };
        let shade = seen[place] % SHADES;
        seen[place] += 1;
        let lock = if name.contains("+gil") { " lock" } else { "" };
        format!("{letter}{shade} {letter}{lock}")
    };
    let arms = measured
        .arms
        .iter()
        .map(|arm| (arm.name.as_str(), arm.side));
    let classes: Vec<String> = arms.map(of).collect();
    let names = measured.arms.iter().map(|arm| arm.name.as_str());
    names
        .zip(classes)
        .map(|(name, class)| Series { name, class })
        .collect()
}

/// The classes of the arm of that name; none for one that is not there.
pub(super) fn class_of<'a>(all: &'a [Series<'_>], name: &str) -> &'a str {
    let known = all.iter().find(|one| one.name == name);
    known.map_or("", |one| one.class.as_str())
}

/// What tells the arms of a plot apart, in words and in shapes.
pub(super) fn legend(series: &[&Series<'_>]) -> Markup {
    html! {
        ul.legend aria-hidden="true" {
            @for one in series {
                li {
                    svg width="34" height="14" {
                        path class={ "line " (one.class) } d="M2 7H32" {}
                        path class={ "dot " (one.class) } d="M17 7h0" {}
                    }
                    bdi { (clean(one.name)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn no_two_arms_of_a_comparison_look_alike() {
        for measured in &sample::report().comparisons {
            let mut classes: Vec<String> =
                series(measured).into_iter().map(|one| one.class).collect();
            let all = classes.len();
            classes.sort();
            classes.dedup();
            assert_eq!(classes.len(), all, "{}", measured.name);
        }
    }
}
