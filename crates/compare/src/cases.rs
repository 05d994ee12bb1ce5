//! The parts of a comparison that have an answer each: in Rust, behind a lock, and in CPython.

use crate::arm::Arm;
use crate::report::{Answer, Case, Interval, Round, Settings, Word};
use crate::statistics::median_interval;
use crate::verdict::Rule;

/// Threads and processes of one part.
struct Pair {
    when: &'static str,
    threads: Arm,
    processes: Arm,
}

const PAIRS: [Pair; 3] = [
    Pair {
        when: "in Rust",
        threads: Arm::Threads,
        processes: Arm::Pool,
    },
    Pair {
        when: "behind a global lock",
        threads: Arm::ThreadsGil,
        processes: Arm::PoolGil,
    },
    Pair {
        when: "in CPython",
        threads: Arm::PyThreads,
        processes: Arm::PyProcs,
    },
];

/// The answer of each part that has rounds; none where there is but one part.
pub(crate) fn cases(rounds: &[Round], settings: &Settings, rule: Rule) -> Vec<Case> {
    let found: Vec<Case> = PAIRS
        .iter()
        .filter_map(|pair| {
            let (one, other) = (pair.processes.name(), pair.threads.name());
            let ratios = rounds.iter().filter_map(|round| round.ratio(one, other));
            let ratios: Vec<f64> = ratios.collect();
            let ratio = median_interval(&ratios, settings.confidence)?;
            Some(case(pair.when, &ratio, rule.word(ratios.len(), &ratio)))
        })
        .collect();
    if found.len() < 2 { Vec::new() } else { found }
}

fn case(when: &str, ratio: &Interval, word: Word) -> Case {
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
        Word::Same => (Answer::Either, None, "both are equally fast".to_owned()),
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

/// All cases in one sentence.
pub(crate) fn sentence(cases: &[Case]) -> String {
    let parts: Vec<String> = cases
        .iter()
        .map(|case| format!("{}, {}", case.when, case.text))
        .collect();
    let sentence = parts.join("; ");
    let mut letters = sentence.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round_of::round;

    fn found(times: &[(&str, u64)]) -> Vec<Case> {
        let rounds = vec![round(times); 16];
        cases(&rounds, &Settings::default(), Rule::new(0.05, None))
    }

    #[test]
    fn each_part_has_its_answer() {
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
        assert_eq!(
            sentence(&cases),
            "In Rust, both are equally fast; behind a global lock, processes are 2.00 x as fast as threads; \
             in CPython, threads are 1.50 x as fast as processes."
        );
    }

    #[test]
    fn one_part_alone_is_no_case() {
        assert_eq!(found(&[("threads", 100), ("pool", 101)]), []);
    }
}
