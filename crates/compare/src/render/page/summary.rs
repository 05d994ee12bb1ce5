//! The answers of a report with several comparisons, at one glance.

use maud::{Markup, html};

use super::verdict::class;
use crate::render::clean::clean;
use crate::render::wording::{advice, grade, sign};
use crate::report::{Answer, Card, Grade, Measured, Report};

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

fn line(measured: &Measured, number: usize) -> Markup {
    let card = measured
        .card
        .as_ref()
        .filter(|_| grade(measured) != Grade::Poor);
    let answer = card.map_or(Answer::Unclear, |card| card.answer);
    html! {
        a href={ "#c" (number) } class=(class(answer)) {
            span.name { bdi { (clean(&measured.name)) } }
            span.verdict { span aria-hidden="true" { (sign(answer)) } " " (short(card)) }
            span.words { bdi { (clean(card.map_or(&measured.question, |card| &card.headline))) } }
        }
    }
}

fn short(card: Option<&Card>) -> &'static str {
    match card.map(|card| card.answer) {
        None => "No verdict",
        Some(Answer::Other) => "Answered below",
        Some(answer) => advice(answer),
    }
}
