//! The answers of a report with several comparisons, at one glance.

use maud::{Markup, html};

use super::table::table;
use super::verdict::class;
use crate::render::classes;
use crate::render::clean::clean;
use crate::render::wording::{advised, card, sign};
use crate::report::{Answer, Card, Measured, Report};

/// The list of answers; nothing where there is one comparison, whose card says it all.
pub(super) fn summary(report: &Report) -> Markup {
    html! {
        @if report.comparisons.len() > 1 {
            nav.summary aria-label="Answers" {
                @for (number, measured) in report.comparisons.iter().enumerate() {
                    (line(measured, number + 1))
                }
            }
        }
    }
}

/// What the comparisons of each class amount to together; nothing where no class has several.
pub(super) fn classes(report: &Report) -> Markup {
    html! {
        @if let Some(grid) = classes::classes(report) {
            section #classes aria-labelledby="classes-title" {
                h2 #classes-title { "Classes" }
                p { (classes::CAPTION) ". What is said of one class holds for no other." }
                (table(classes::CAPTION, &grid))
            }
        }
    }
}

fn line(measured: &Measured, number: usize) -> Markup {
    let card = card(measured).ok();
    let answer = card.map_or(Answer::Unclear, |card| card.answer);
    html! {
        a href={ "#c" (number) } class=(class(answer)) {
            span.name { bdi { (clean(&measured.name)) } }
            span.verdict { span aria-hidden="true" { (sign(answer)) } " " (short(card)) }
            span.words { bdi { (clean(card.map_or(&measured.question, |card| &card.headline))) } }
        }
    }
}

fn short(card: Option<&Card>) -> String {
    match card {
        None => "No verdict".to_owned(),
        Some(card) if card.answer == Answer::Other => "Answered below".to_owned(),
        Some(card) => advised(card),
    }
}
