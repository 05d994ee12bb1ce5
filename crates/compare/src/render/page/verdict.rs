//! The card: the answer, how sure it is, why, and what would change it.

use maud::{Markup, html};

use crate::render::clean::clean;
use crate::render::quantity::{ratio, share};
use crate::render::wording::{self, advised, sign};
use crate::report::{Answer, Card, Case, Interval, Measured, Report};

/// The card of a comparison, or why it has none.
pub(super) fn verdict(report: &Report, measured: &Measured) -> Markup {
    match wording::card(measured) {
        Err(why) => withheld(why),
        Ok(card) => given(report, card),
    }
}

/// The class of an answer, which decides its colour.
pub(super) fn class(answer: Answer) -> &'static str {
    match answer {
        Answer::Threads => "threads",
        Answer::Processes => "processes",
        Answer::Either => "either",
        Answer::Unclear | Answer::NotEnoughData => "unclear",
        Answer::Depends | Answer::Other => "other",
    }
}

fn withheld(why: &str) -> Markup {
    html! {
        div.card.unclear {
            p.answer { span.sign aria-hidden="true" { "?" } "No verdict" }
            p.headline { (why) }
        }
    }
}

fn given(report: &Report, card: &Card) -> Markup {
    html! {
        div class={ "card " (class(card.answer)) } {
            div.top {
                @if card.answer != Answer::Other {
                    p.answer { span.sign aria-hidden="true" { (sign(card.answer)) } (advised(card)) }
                }
                @if let Some(interval) = &card.effect { (size(report, interval)) }
            }
            p.headline { bdi { (clean(&card.headline)) } }
            @if !card.cases.is_empty() { dl.cases { @for case in &card.cases { (part(case)) } } }
            div.columns {
                (list("Why", &card.reasons))
                (list("What would change this", &card.flips))
            }
            @for caveat in &card.caveats { p.caveat { strong { "Mind: " } bdi { (clean(caveat)) } } }
        }
    }
}

/// How large the effect is, and between what it lies.
fn size(report: &Report, interval: &Interval) -> Markup {
    html! {
        p.effect {
            strong { (ratio(interval.mid)) "×" }
            " as fast"
            span.sure {
                (share(report.settings.confidence)) " sure: between " (ratio(interval.low)) "× and "
                (ratio(interval.high)) "×"
            }
        }
    }
}

fn part(case: &Case) -> Markup {
    html! {
        div {
            dt { bdi { (clean(&case.when)) } }
            dd {
                span class={ "chip " (class(case.answer)) } {
                    span aria-hidden="true" { (sign(case.answer)) } " " (case.answer.text())
                }
                " " bdi { (clean(&case.text)) }
                @if let Some(interval) = &case.effect {
                    " " span.soft { "[" (ratio(interval.low)) "–" (ratio(interval.high)) "]" }
                }
            }
        }
    }
}

fn list(title: &str, lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            div {
                h4 { (title) }
                ul { @for line in lines { li { bdi { (clean(line)) } } } }
            }
        }
    }
}
