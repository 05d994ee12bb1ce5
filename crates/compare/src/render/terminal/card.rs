//! The verdict, for someone who reads nothing else.

use super::wrapped::paragraph;
use crate::render::clean::clean;
use crate::render::wording::{self, advised, effect};
use crate::report::{Answer, Card, Measured};

/// The card of a comparison, or why it has none.
pub(super) fn card(measured: &Measured) -> String {
    let question = paragraph("  ", &clean(&measured.question));
    match wording::card(measured) {
        Err(why) => format!("{question}→ No verdict. {why}\n"),
        Ok(card) => format!("{question}{}", verdict(card)),
    }
}

fn verdict(card: &Card) -> String {
    let figure = card
        .effect
        .as_ref()
        .map_or_else(String::new, |interval| format!(", {}", effect(interval)));
    let (advice, headline) = (advised(card).to_uppercase(), clean(&card.headline));
    let mut text = match card.answer {
        Answer::Other => paragraph("  ", &headline),
        // On what it depends is the answer.
        Answer::Depends => paragraph("→ ", &format!("{advice}. {headline}")),
        _ => format!("→ {advice}{figure}\n{}", paragraph("  ", &headline)),
    };
    for case in &card.cases {
        let figure = case
            .effect
            .as_ref()
            .map_or_else(String::new, |interval| format!(", {}", effect(interval)));
        let label = format!("  {}: {}", clean(&case.when), case.answer.text());
        text.push_str(&paragraph(
            "    ",
            &format!("{}; {}{figure}", label.trim_start(), clean(&case.text)),
        ));
    }
    let parts = [
        ("  why    ", &card.reasons),
        ("  flips  ", &card.flips),
        ("  mind   ", &card.caveats),
    ];
    for (label, lines) in parts {
        let mut label = label.to_owned();
        for line in lines {
            text.push_str(&paragraph(&label, &clean(line)));
            label = " ".repeat(label.len());
        }
    }
    text
}
