//! What a self-test found, as a table.

use std::fmt;

use super::goal::Goal;
use super::{Row, SelfTest};
use crate::columns::columns;
use crate::render::quantity::share;
use crate::report::Word;
use crate::statistics::{count, median_of};

/// The words of the table's columns; what has no word is left.
const WORDS: [Word; 4] = [Word::Faster, Word::Same, Word::Slower, Word::Unclear];

impl fmt::Display for SelfTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["machine", "the other arm is"]
            .into_iter()
            .chain(WORDS.map(Word::text))
            .chain(["no verdict", "in interval", "rounds", "goal"]);
        let mut rows = vec![heads.map(str::to_owned).collect::<Vec<_>>()];
        rows.extend(self.rows.iter().map(Row::cells));
        writeln!(f, "{} comparisons a row, seed {}", self.runs, self.seed)?;
        f.write_str(&columns(&rows))
    }
}

impl Row {
    fn cells(&self) -> Vec<String> {
        let words = WORDS.map(|word| share(self.said(word)));
        let none = self.share(|trial| !WORDS.iter().any(|word| trial.word == Some(*word)));
        let rounds: Vec<f64> = self
            .trials
            .iter()
            .map(|trial| count(trial.rounds))
            .collect();
        let mut cells = vec![self.machine.name.to_owned(), self.ratio.name.to_owned()];
        cells.extend(words);
        cells.extend([
            share(none),
            share(self.share(|trial| trial.is_held)),
            median_of(&rounds).map_or_else(String::new, |rounds| format!("{rounds:.0}")),
            self.goal(),
        ]);
        cells
    }

    /// What was owed, and whether it was kept.
    fn goal(&self) -> String {
        if let Some(missed) = self.missed() {
            return format!("MISSED: {missed}");
        }
        let owed = |goal: &&Goal| self.machine.tells || matches!(goal, Goal::AtMost(..));
        let first = self.ratio.goals.iter().find(owed);
        first.map_or_else(String::new, |goal| format!("kept: {goal}"))
    }
}
