//! Cards of a comparison of one part, whatever its arms came to.

use super::*;
use crate::catalogue::workloads;
use crate::need::Need;
use crate::report::Grade;
use crate::sample;

/// The work that computes, whose arms all came to this.
fn asked(word: Word, baseline: Arm, needs: &[Need]) -> Card {
    let mut cell = sample::one().comparisons.remove(0).cells.remove(0);
    // With one pair alone there are no parts.
    let plain = ["seq", "threads", "pool"];
    cell.arms.retain(|arm| plain.contains(&arm.arm.as_str()));
    for round in &mut cell.rounds {
        round
            .samples
            .retain(|run| plain.contains(&run.arm.as_str()));
    }
    for arm in &mut cell.arms {
        arm.word = Some(word);
        arm.ratio = Some(Interval::exact(0.5));
        arm.more_rounds = Some(7);
    }
    cell.noise.grade = Grade::Good;
    let found = workloads(2).into_iter().find(|one| one.name == "cpu");
    let mut workload = found.unwrap();
    workload.terms.needs = needs.to_vec();
    workload.terms.baseline = Some(baseline);
    let judged = Judged {
        workload: &workload,
        cell: &cell,
        settings: &Settings::default(),
    };
    judged.card()
}

#[test]
fn whoever_is_faster_is_the_answer_whichever_is_the_baseline() {
    for (word, baseline, expected) in [
        (Word::Faster, Arm::Threads, Answer::Processes),
        (Word::Slower, Arm::Threads, Answer::Threads),
        (Word::Faster, Arm::Pool, Answer::Threads),
        (Word::Slower, Arm::Pool, Answer::Processes),
        (Word::Same, Arm::Pool, Answer::Either),
        (Word::Unclear, Arm::Threads, Answer::Unclear),
        (Word::NotEnoughData, Arm::Threads, Answer::NotEnoughData),
        (Word::Faster, Arm::Seq, Answer::Other),
    ] {
        let card = asked(word, baseline, &[]);
        assert_eq!(card.answer, expected, "{word:?} {baseline}");
        assert!(!card.flips.is_empty(), "{word:?} {baseline}");
    }
}

#[test]
fn an_effect_says_how_many_times_as_fast_the_answer_is() {
    let effect = asked(Word::Faster, Arm::Threads, &[]).effect.unwrap();
    assert!((effect.mid - 2.0).abs() < 1e-9);
}

#[test]
fn nothing_is_explained_that_was_not_found_but_how_it_may_be() {
    let unclear = asked(Word::Unclear, Arm::Threads, &[]);
    assert!(unclear.reasons.is_empty());
    assert_eq!(
        unclear.flips[0],
        "about 7 rounds more: they may tell (--rounds)"
    );
}

#[test]
fn of_two_that_are_equally_fast_memory_chooses() {
    let same = asked(Word::Same, Arm::Threads, &[]);
    assert_eq!(
        (same.answer, same.choice),
        (Answer::Either, Some(Answer::Threads))
    );
    assert!(
        same.reasons[0].starts_with("Threads need less memory: "),
        "{:?}",
        same.reasons
    );
}

#[test]
fn a_need_decides_whatever_is_faster() {
    let card = asked(Word::Slower, Arm::Threads, &[Need::Kill]);
    assert_eq!(
        (card.answer, card.needs),
        (Answer::Processes, vec![Need::Kill])
    );
}

#[test]
fn programs_of_ones_own_are_judged_by_the_kind_of_their_workers() {
    let mut cell = sample::one().comparisons.remove(0).cells.remove(0);
    cell.arms
        .retain(|arm| ["threads", "pool"].contains(&arm.arm.as_str()));
    cell.rounds.clear();
    for (arm, name) in cell.arms.iter_mut().zip(["tokio", "prefork"]) {
        arm.arm = name.to_owned();
        (arm.word, arm.ratio) = (Some(Word::Faster), Some(Interval::exact(0.5)));
    }
    let mut workload = workloads(2).remove(0);
    let answer = |arms: [Arm; 2], workload: &mut Workload| {
        workload.arms = arms.to_vec();
        workload.terms.baseline = Some(arms[0]);
        let judged = Judged {
            workload,
            cell: &cell,
            settings: &Settings::default(),
        };
        judged.card().answer
    };
    let arms = |one, other| [Arm::own("tokio", one), Arm::own("prefork", other)];
    assert_eq!(
        answer(arms(Side::Threads, Side::Processes), &mut workload),
        Answer::Processes
    );
    assert_eq!(
        answer(arms(Side::Other, Side::Other), &mut workload),
        Answer::Other
    );
}
