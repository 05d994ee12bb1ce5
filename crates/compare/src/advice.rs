//! Which of the two to use, as far as the rounds of one workload allow it to be said.

use crate::arm::Arm;
use crate::class::Class;
use crate::report::{Answer, ArmResult, Card, Interval, Word};
use crate::sentence::sentence;
use crate::verdict::Rule;

/// The verdict on a workload of this class, whose arms were divided by `baseline`.
pub(crate) fn card(
    name: &str,
    class: Class,
    arms: &[ArmResult],
    baseline: Arm,
    rule: Rule,
) -> Card {
    let (answer, effect) = answer(arms, baseline);
    let headline = sentence(name, arms, baseline, rule);
    let without_name = headline
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix(": "));
    let text = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let is_told = matches!(answer, Answer::Threads | Answer::Processes | Answer::Either);
    Card {
        answer,
        headline: capital(without_name.unwrap_or(&headline)),
        effect,
        reasons: if is_told {
            text(reasons(class))
        } else {
            Vec::new()
        },
        flips: text(FLIPS),
        cases: Vec::new(),
        caveats: Vec::new(),
    }
}

/// What a workload may need beside speed, which decides before it.
const FLIPS: &[&str] = &[
    "work that may crash, leak, or must be stopped: processes",
    "code behind a global lock of its process: processes",
    "large state that changes and is shared: threads",
];

fn reasons(class: Class) -> &'static [&'static str] {
    match class {
        Class::Cpu => &["Rust has no global interpreter lock: threads scale computing too."],
        Class::Io => &["Who waits needs no processor, whatever kind of worker it is."],
        _ => &[],
    }
}

fn answer(arms: &[ArmResult], baseline: Arm) -> (Answer, Option<Interval>) {
    let (other, faster, slower) = match baseline {
        Arm::Threads => (Arm::Pool, Answer::Processes, Answer::Threads),
        Arm::Pool => (Arm::Threads, Answer::Threads, Answer::Processes),
        _ => return (Answer::Other, None),
    };
    let Some(other) = arms.iter().find(|arm| arm.arm == other.name()) else {
        return (Answer::Other, None);
    };
    match other.word {
        Some(Word::Faster) => (faster, other.ratio.map(|ratio| ratio.inverse())),
        Some(Word::Slower) => (slower, other.ratio),
        Some(Word::Same) => (Answer::Either, None),
        Some(Word::NotEnoughData) => (Answer::NotEnoughData, None),
        Some(Word::Unclear) | None => (Answer::Unclear, None),
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn asked(word: Word, baseline: Arm) -> Card {
        let report = sample::one();
        let mut arms = report.comparisons[0].cells[0].arms.clone();
        for arm in &mut arms {
            arm.word = Some(word);
            arm.ratio = Some(Interval::exact(0.5));
        }
        card("gil", Class::Cpu, &arms, baseline, Rule::new(0.05, None))
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
            assert_eq!(
                asked(word, baseline).answer,
                expected,
                "{word:?} {baseline}"
            );
        }
    }

    #[test]
    fn an_effect_says_how_many_times_as_fast_the_answer_is() {
        let effect = asked(Word::Faster, Arm::Threads).effect.unwrap();
        assert!((effect.mid - 2.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_is_explained_that_was_not_found() {
        assert!(asked(Word::Unclear, Arm::Threads).reasons.is_empty());
        assert!(!asked(Word::Same, Arm::Threads).reasons.is_empty());
    }
}
