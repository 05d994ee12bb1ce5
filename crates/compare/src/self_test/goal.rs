//! What the comparison owes its reader, by how far apart the arms really are.

use std::fmt;

use crate::render::quantity::share;
use crate::report::Word;

/// A true ratio, and what is owed there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ratio {
    /// Its name.
    pub(super) name: &'static str,
    /// How many times as long the other arm takes.
    pub(super) factor: f64,
    /// What is owed on every machine.
    pub(super) goals: &'static [Goal],
}

/// How often some words may be said, or must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// At least so large a share of trials says so, on a machine that allows it.
    AtLeast(f64, Word),
    /// At most so large a share says one of these, on any machine.
    AtMost(f64, &'static [Word]),
}

/// What is never to be said of an arm that takes longer.
const WRONG: Goal = Goal::AtMost(0.025, &[Word::Faster]);

/// The ratios of the self-test.
pub(super) const RATIOS: [Ratio; 4] = [
    Ratio {
        name: "equal",
        factor: 1.0,
        goals: &[Goal::AtMost(0.05, &[Word::Faster, Word::Slower])],
    },
    Ratio {
        name: "5 % slower",
        factor: 1.05,
        goals: &[WRONG],
    },
    Ratio {
        name: "20 % slower",
        factor: 1.2,
        goals: &[Goal::AtLeast(0.95, Word::Slower), WRONG],
    },
    Ratio {
        name: "twice as slow",
        factor: 2.0,
        goals: &[Goal::AtLeast(0.95, Word::Slower), WRONG],
    },
];

impl Goal {
    /// Whether it is kept, where a share of trials says a word; `tells` is whether the machine allows words.
    pub(super) fn is_kept(&self, share: impl Fn(Word) -> f64, tells: bool) -> bool {
        match self {
            Self::AtLeast(least, word) => !tells || share(*word) >= *least,
            Self::AtMost(most, words) => {
                words.iter().map(|word| share(*word)).sum::<f64>() <= *most
            }
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least, word) => write!(f, "{} in ≥ {}", word.text(), share(*least)),
            Self::AtMost(most, words) => {
                let words: Vec<&str> = words.iter().map(|word| word.text()).collect();
                write!(f, "{} in ≤ {}", words.join(" or "), share(*most))
            }
        }
    }
}
