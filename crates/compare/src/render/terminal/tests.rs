//! What a person reads in a terminal.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::report::Answer;
use crate::sample;

#[test]
fn a_newcomer_finds_the_answer_its_size_its_reasons_and_what_flips_it() {
    let text = terminal(&sample::one());
    for line in [
        "→ IT DEPENDS. Behind a global lock: processes, 1.95×; without a lock: either.",
        "    behind a global lock: processes; processes are 1.95 × as fast as threads, 1.95× [1.89, 2.02]",
        "  why    Behind the lock only one thread computes at a time; each process has a lock of its own.",
        "  flips  tasks shorter than about 40 µs each: threads, or larger chunks",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}\n{text}");
    }
}

#[test]
fn a_busy_machine_and_an_interrupted_comparison_have_no_verdict() {
    let busy = terminal(&sample::noisy());
    assert!(
        busy.contains("→ No verdict. The machine was too busy"),
        "{busy}"
    );
    assert!(
        !busy.contains("USE ") && !busy.contains("× slower"),
        "{busy}"
    );
    let early = terminal(&sample::unfinished());
    assert!(
        early.contains("! This comparison was interrupted"),
        "{early}"
    );
    assert!(
        early.contains("→ No verdict. There are not all rounds yet."),
        "{early}"
    );
}

#[test]
fn what_is_not_timed_is_told_so() {
    let text = terminal(&sample::report());
    assert!(
        text.contains(" · 4 faults tried on 2 arms, and nothing timed"),
        "{text}"
    );
    assert!(!text.contains("0 rounds"), "{text}");
}

#[test]
fn of_two_that_are_equally_fast_one_is_named() {
    let mut report = sample::one();
    let card = report.comparisons[0].card.as_mut().unwrap();
    (card.answer, card.choice) = (Answer::Either, Some(Answer::Threads));
    let text = terminal(&report);
    assert!(text.contains("→ EITHER WILL DO: TAKE THREADS\n"), "{text}");
}

#[test]
fn names_reach_no_terminal_as_commands() {
    let text = terminal(&sample::hostile());
    let acting = text
        .chars()
        .find(|letter| letter.is_control() && *letter != '\n');
    assert_eq!(acting, None);
}

#[test]
fn columns_stay_in_line_with_letters_of_two_places() {
    let rows = [
        ["가나".to_owned(), "x".to_owned()],
        ["a".to_owned(), "y".to_owned()],
    ];
    let text = columns(&rows);
    let places: Vec<usize> = text.lines().map(UnicodeWidthStr::width).collect();
    assert_eq!(places[0], places[1]);
}
