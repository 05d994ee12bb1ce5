//! What would change an answer. There is always something, and a reader may know that it is so.

use crate::report::{Answer, ArmResult, Card, Grade};

/// What makes processes of another answer.
const TO_PROCESSES: [&str; 2] = [
    "work that may crash, leak, or must be stopped: processes",
    "code behind a global lock of its process: processes",
];

/// What makes threads of another answer.
const TO_THREADS: [&str; 1] = ["large state that changes and is shared: threads"];

/// Shorter tasks are not what makes equal arms differ.
const SHORTER: &str =
    "tasks so short that handing them over takes longer than doing them: threads, or larger chunks";

const LONGER: &str = "longer tasks, of which what processes cost is a smaller part: either (`compare overhead` finds from where on)";

/// What would change this answer.
pub(crate) fn flips(answer: Answer) -> Vec<String> {
    let lines: Vec<&str> = match answer {
        Answer::Processes => TO_THREADS.into_iter().chain([SHORTER]).collect(),
        Answer::Threads => TO_PROCESSES.into_iter().chain([LONGER]).collect(),
        _ => TO_PROCESSES.into_iter().chain(TO_THREADS).collect(),
    };
    lines.into_iter().map(str::to_owned).collect()
}

/// What may make an answer where the rounds make none.
pub(super) fn more_rounds(arm: &ArmResult) -> String {
    match arm.more_rounds {
        Some(1) => "about one round more: it may tell (--rounds)".to_owned(),
        Some(more) => format!("about {more} rounds more: they may tell (--rounds)"),
        None => "a quieter machine: more rounds alone will hardly tell".to_owned(),
    }
}

/// What the answer is where the needs that decided are not there.
pub(super) fn without_needs(by_speed: &Card, grade: Grade) -> String {
    let said = match grade {
        Grade::Poor => "which this machine was too busy to tell.".to_owned(),
        _ => small(&by_speed.headline),
    };
    format!("without these needs speed decides: {said}")
}

fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_something_that_would_change_it_and_never_into_itself() {
        for answer in [
            Answer::Threads,
            Answer::Processes,
            Answer::Either,
            Answer::Depends,
            Answer::Unclear,
            Answer::NotEnoughData,
            Answer::Other,
        ] {
            let flips = flips(answer);
            assert!(!flips.is_empty(), "{answer:?}");
            let itself = format!(": {}", answer.text());
            assert!(
                flips.iter().all(|line| !line.ends_with(&itself)),
                "{flips:?}"
            );
        }
    }
}
