//! What is said at the end: the answer, its reasons, and what would change it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interval::Interval;
use crate::need::Need;

/// The verdict of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// The answer.
    pub answer: Answer,
    /// The answer in one sentence for a newcomer.
    pub headline: String,
    /// How many times the answer is as fast as the other, where speed decided.
    pub effect: Option<Interval>,
    /// Why.
    pub reasons: Vec<String>,
    /// What would change the answer.
    pub flips: Vec<String>,
    /// Answers of parts of the comparison, as with a global lock and without.
    pub cases: Vec<Case>,
    /// What a reader must know to trust it: noise, few rounds, a debug build.
    pub caveats: Vec<String>,
    /// What the work needs beside speed, where that and not speed decided.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Which of the two to take, where both are equally fast.
    #[serde(default)]
    pub choice: Option<Answer>,
}

impl Card {
    /// A card that says no more than this.
    pub(crate) fn new(answer: Answer, headline: impl Into<String>) -> Self {
        Self {
            answer,
            headline: headline.into(),
            effect: None,
            reasons: Vec::new(),
            flips: Vec::new(),
            cases: Vec::new(),
            caveats: Vec::new(),
            needs: Vec::new(),
            choice: None,
        }
    }
}

/// The answer of one part of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Which part, as `with the lock`.
    pub when: String,
    /// Its answer.
    pub answer: Answer,
    /// How many times the answer is as fast as the other, where speed decided.
    pub effect: Option<Interval>,
    /// The answer in one sentence.
    pub text: String,
}

/// What to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Threads.
    Threads,
    /// Processes.
    Processes,
    /// Both do; what else matters decides.
    Either,
    /// Each part of the comparison has its own.
    Depends,
    /// The rounds do not tell.
    Unclear,
    /// There are too few rounds.
    NotEnoughData,
    /// The comparison has another question than threads or processes; its headline answers it.
    Other,
}

impl Answer {
    /// The answer as a card shows it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Processes => "processes",
            Self::Either => "either",
            Self::Depends => "it depends",
            Self::Unclear => "unclear",
            Self::NotEnoughData => "not enough data",
            Self::Other => "see below",
        }
    }
}

/// What people say of threads and processes, and whether it holds here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// What is said.
    pub claim: String,
    /// Whether it holds in CPython here.
    pub cpython: Holds,
    /// The figures for that.
    pub cpython_figures: String,
    /// Whether it holds in Rust here.
    pub rust: Holds,
    /// The figures for that.
    pub rust_figures: String,
}

/// Whether a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// The figures agree with it.
    Yes,
    /// The figures contradict it.
    No,
    /// The figures do not tell.
    Unclear,
    /// It was not measured.
    NotMeasured,
}

impl Holds {
    /// The word for it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Yes => "holds",
            Self::No => "does not hold",
            Self::Unclear => "unclear",
            Self::NotMeasured => "not measured",
        }
    }
}
