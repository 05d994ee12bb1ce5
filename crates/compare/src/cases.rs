//! The parts of a comparison that have an answer each: in Rust, behind a lock, and in CPython.

use std::collections::BTreeSet;

use crate::arm::{Arm, paired, told};
use crate::choice::Choice;
use crate::render::quantity::ratio;
use crate::report::{Answer, Case, Cell, Interval, Settings, Word};
use crate::statistics::median_interval;
use crate::verdict::Rule;

/// Threads and processes of one part.
struct Pair {
    when: &'static str,
    threads: Arm,
    processes: Arm,
    /// Whether processes are what its lock, or that it has none, lets expect.
    wants_processes: bool,
    /// Why that is to be expected.
    why: &'static str,
}

const PAIRS: [Pair; 3] = [
    Pair {
        when: "without a lock",
        threads: Arm::Threads,
        processes: Arm::Pool,
        wants_processes: false,
        why: "Rust has no global interpreter lock: threads scale computing too.",
    },
    Pair {
        when: "behind a global lock",
        threads: Arm::ThreadsGil,
        processes: Arm::PoolGil,
        wants_processes: true,
        why: "Behind a lock one thread computes at a time; each process has a lock of its own.",
    },
    Pair {
        when: "in CPython",
        threads: Arm::PyThreads,
        processes: Arm::PyProcs,
        wants_processes: true,
        why: "CPython has such a lock, and computing does not give it back.",
    },
];

/// The answer of each part that has rounds, in each form of its arms; none where there is but one.
pub(crate) fn cases(cell: &Cell, settings: &Settings, rule: Rule) -> Vec<Case> {
    let names: BTreeSet<&str> = cell
        .rounds
        .iter()
        .flat_map(|round| round.samples.iter().map(|sample| sample.arm.as_str()))
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let mut found = Vec::new();
    for pair in &PAIRS {
        let (threads, processes) = (pair.threads.name(), pair.processes.name());
        for [one, suffix] in paired(&names, threads, processes) {
            let (threads, processes) = (format!("{threads}{one}"), format!("{processes}{suffix}"));
            let (threads, processes) = (threads.as_str(), processes.as_str());
            let rounds = cell.rounds.iter();
            let ratios = rounds.filter_map(|round| round.ratio(processes, threads));
            let ratios: Vec<f64> = ratios.collect();
            let Some(ratio) = median_interval(&ratios, settings.confidence) else {
                continue;
            };
            let choice = Choice::of(cell, [threads, processes], settings.min_effect);
            let word = rule.word(ratios.len(), &ratio);
            let when = format!("{}{}", pair.when, told(suffix));
            found.push(case(&when, &ratio, word, &choice));
        }
    }
    if found.len() < 2 { Vec::new() } else { found }
}

fn case(when: &str, ratio: &Interval, word: Word, choice: &Choice) -> Case {
    let (answer, effect, text) = match word {
        Word::Faster => {
            let faster = ratio.inverse();
            let text = format!("processes are {:.2} x as fast as threads", faster.mid);
            (Answer::Processes, Some(faster), text)
        }
        Word::Slower => {
            let text = format!("threads are {:.2} x as fast as processes", ratio.mid);
            (Answer::Threads, Some(*ratio), text)
        }
        Word::Same => {
            let text = format!("both are equally fast; {}", choice.why);
            (Answer::Either, None, text)
        }
        Word::Unclear => (Answer::Unclear, None, "no clear difference".to_owned()),
        Word::NotEnoughData => (
            Answer::NotEnoughData,
            None,
            "too few rounds to tell".to_owned(),
        ),
    };
    Case {
        when: when.to_owned(),
        answer,
        effect,
        text,
    }
}

/// The answer of all cases together: what all of them say, or that it depends.
pub(crate) fn answer(cases: &[Case]) -> Answer {
    let mut answers = cases.iter().map(|case| case.answer);
    let first = answers.next().unwrap_or(Answer::Unclear);
    let is_known = |answer: Answer| !matches!(answer, Answer::Unclear | Answer::NotEnoughData);
    match answers.all(|answer| answer == first) {
        true => first,
        // Something is known of one of them.
        false if cases.iter().any(|case| is_known(case.answer)) => Answer::Depends,
        false => Answer::Unclear,
    }
}

/// All cases in one sentence, the most telling ones first.
pub(crate) fn sentence(cases: &[Case]) -> String {
    let mut sorted: Vec<&Case> = cases.iter().collect();
    sorted.sort_by_key(|case| match case.answer {
        Answer::Threads | Answer::Processes => 0,
        Answer::Either => 1,
        _ => 2,
    });
    let parts = sorted.iter().map(|case| {
        let size = case
            .effect
            .map(|effect| format!(", {}×", ratio(effect.mid)));
        let size = size.unwrap_or_default();
        format!("{}: {}{size}", case.when, case.answer.text())
    });
    format!("{}.", capital(&parts.collect::<Vec<_>>().join("; ")))
}

/// Why it is so in each case in which it is as was to be expected.
pub(crate) fn reasons(cases: &[Case]) -> Vec<String> {
    let is_so = |pair: &&Pair| {
        let mut of_pair = cases.iter().filter(|case| case.when.starts_with(pair.when));
        of_pair.any(|case| match case.answer {
            Answer::Processes => pair.wants_processes,
            Answer::Threads | Answer::Either => !pair.wants_processes,
            _ => false,
        })
    };
    let told = PAIRS.iter().filter(is_so);
    told.map(|pair| pair.why.to_owned()).collect()
}

/// The sentence with a capital letter.
pub(crate) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round_of::round;

    fn found(times: &[(&str, u64)]) -> Vec<Case> {
        let cell = Cell {
            rounds: vec![round(times); 16],
            ..Cell::default()
        };
        cases(&cell, &Settings::default(), Rule::new(0.05, None))
    }

    #[test]
    fn each_part_has_its_answer_and_the_clear_ones_come_first() {
        let cases = found(&[
            ("threads", 100),
            ("pool", 101),
            ("threads+gil", 200),
            ("pool+gil", 100),
            ("py-threads", 100),
            ("py-procs", 150),
        ]);
        let answers: Vec<Answer> = cases.iter().map(|case| case.answer).collect();
        assert_eq!(
            answers,
            [Answer::Either, Answer::Processes, Answer::Threads]
        );
        assert_eq!(answer(&cases), Answer::Depends);
        assert_eq!(
            sentence(&cases),
            "Behind a global lock: processes, 2.00×; in CPython: threads, 1.50×; without a lock: either."
        );
        assert_eq!(reasons(&cases).len(), 2, "{:?}", reasons(&cases));
    }

    #[test]
    fn what_is_clear_of_one_part_is_told_though_another_is_not() {
        let mut cell = Cell::default();
        for pool in [700, 800, 900, 1300, 1400, 1500] {
            let times = [
                ("threads", 1000),
                ("pool", pool),
                ("threads+gil", 2000),
                ("pool+gil", 1000),
            ];
            cell.rounds.extend(vec![round(&times); 3]);
        }
        let cases = cases(&cell, &Settings::default(), Rule::new(0.05, None));
        assert_eq!(answer(&cases), Answer::Depends);
        assert_eq!(
            sentence(&cases),
            "Behind a global lock: processes, 2.00×; without a lock: unclear."
        );
    }

    #[test]
    fn parts_that_agree_have_one_answer() {
        let times = [
            ("threads", 300),
            ("pool", 100),
            ("threads+gil", 200),
            ("pool+gil", 100),
        ];
        assert_eq!(answer(&found(&times)), Answer::Processes);
        let few = found(&times).into_iter().map(|case| Case {
            answer: Answer::NotEnoughData,
            ..case
        });
        assert_eq!(answer(&few.collect::<Vec<_>>()), Answer::NotEnoughData);
    }

    #[test]
    fn each_form_of_a_part_is_a_case_of_its_own() {
        let cases = found(&[
            ("threads@batch-1", 100),
            ("pool@batch-1", 200),
            ("threads@batch-auto", 100),
            ("pool@batch-auto", 101),
            ("pool@shm", 100),
            ("py-threads@3.12", 300),
            ("py-procs@3.12@batch-4", 150),
        ]);
        assert_eq!(
            sentence(&cases),
            "Without a lock in batches of 1: threads, 2.00×; in CPython 3.12 in batches of 4: processes, 2.00×; \
             without a lock in automatic batches: either."
        );
        assert_eq!(reasons(&cases).len(), 2, "{:?}", reasons(&cases));
    }

    #[test]
    fn one_part_alone_is_no_case() {
        assert_eq!(found(&[("threads", 100), ("pool", 101)]), []);
    }
}
