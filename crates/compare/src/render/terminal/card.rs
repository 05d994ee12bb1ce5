//! The verdict, for someone who reads nothing else.

use super::wrapped::paragraph;
use crate::render::clean::clean;
use crate::render::wording::{advice, effect, grade, grade_means};
use crate::report::{Answer, Card, Grade, Measured};

/// The card of a comparison, or why it has none.
pub(super) fn card(measured: &Measured) -> String {
    let grade = grade(measured);
    let question = paragraph("  ", &clean(&measured.question));
    match &measured.card {
        None => format!("{question}→ No verdict: there are not all rounds yet.\n"),
        Some(_) if grade == Grade::Poor => {
            format!("{question}→ No verdict. {}\n", grade_means(grade))
        }
        Some(card) => format!("{question}{}", verdict(card)),
    }
}

fn verdict(card: &Card) -> String {
    let figure = card
        .effect
        .as_ref()
        .map_or_else(String::new, |interval| format!(", {}", effect(interval)));
    let mut text = match card.answer {
        Answer::Other => String::new(),
        answer => format!("→ {}{figure}\n", advice(answer).to_uppercase()),
    };
    text.push_str(&paragraph("  ", &clean(&card.headline)));
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
