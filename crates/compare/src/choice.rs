//! Which of two equally fast ones to take: the one with less memory, and else threads, which are simpler.

use crate::render::quantity::{float, size};
use crate::report::{Answer, Cell};

/// Threads or processes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) answer: Answer,
    pub(crate) why: String,
}

impl Choice {
    /// Chooses by the memory of the two arms of a cell; a difference below the share `least` is none.
    pub(crate) fn of(cell: &Cell, [threads, processes]: [&str; 2], least: f64) -> Self {
        let peak = |arm| cell.arm(arm)?.peak_pss.map(float);
        let less = |one: f64, other: f64| one * (1.0 + least) < other;
        let (answer, why) = match peak(threads).zip(peak(processes)) {
            Some((one, other)) if less(one, other) => (
                Answer::Threads,
                format!(
                    "threads need less memory: {}, processes {}",
                    size(one),
                    size(other)
                ),
            ),
            Some((one, other)) if less(other, one) => (
                Answer::Processes,
                format!(
                    "processes need less memory: {}, threads {}",
                    size(other),
                    size(one)
                ),
            ),
            Some(_) => (
                Answer::Threads,
                "both need as much memory, and threads are simpler".to_owned(),
            ),
            None => (
                Answer::Threads,
                "threads are simpler; memory was not looked at".to_owned(),
            ),
        };
        Self { answer, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn chosen(memory: Option<(u64, u64)>) -> Choice {
        let mut cell = sample::one().comparisons.remove(0).cells.remove(0);
        for arm in &mut cell.arms {
            arm.peak_pss = match arm.arm.as_str() {
                "threads" => memory.map(|(threads, _)| threads),
                _ => memory.map(|(_, processes)| processes),
            };
        }
        Choice::of(&cell, ["threads", "pool"], 0.05)
    }

    #[test]
    fn less_memory_decides_and_then_simplicity() {
        let choice = chosen(Some((4 << 20, 7 << 20)));
        assert_eq!(choice.answer, Answer::Threads);
        assert_eq!(
            choice.why,
            "threads need less memory: 4.00 MiB, processes 7.00 MiB"
        );
        assert_eq!(chosen(Some((9 << 20, 7 << 20))).answer, Answer::Processes);
        let same = chosen(Some((100, 104)));
        assert_eq!(same.answer, Answer::Threads);
        assert!(same.why.contains("as much memory"), "{}", same.why);
        let unknown = chosen(None);
        assert_eq!(unknown.answer, Answer::Threads);
        assert!(unknown.why.contains("was not looked at"), "{}", unknown.why);
    }
}
