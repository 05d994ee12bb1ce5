//! Which of the two to use, as far as the rounds of one workload allow it to be said.
//!
//! - [`flips`] is what would change an answer;
//! - [`needs`] is what decides before speed does.

mod flips;
mod needs;

use crate::arm::Arm;
use crate::cases::{self, capital, cases};
use crate::choice::Choice;
use crate::class::Class;
use crate::report::{Answer, ArmResult, Card, Cell, Interval, Settings, Side, Word};
use crate::sentence::sentence;
use crate::verdict::Rule;
use crate::workload::Workload;

pub(crate) use flips::flips;

/// What a verdict is made of.
#[derive(Debug)]
pub(crate) struct Judged<'a> {
    /// The work, and on what terms it is judged.
    pub(crate) workload: &'a Workload,
    /// Its rounds, and what they amount to.
    pub(crate) cell: &'a Cell,
    /// How it was measured.
    pub(crate) settings: &'a Settings,
}

impl Judged<'_> {
    /// The verdict: by what the work needs, and else by speed, and else by memory.
    pub(crate) fn card(&self) -> Card {
        let by_speed = self.by_speed();
        match self.workload.terms.needs.as_slice() {
            [] => by_speed,
            needs => needs::decided(needs, &by_speed, self.cell.noise.grade),
        }
    }

    fn by_speed(&self) -> Card {
        let rule = Rule::new(self.settings.min_effect, self.cell.noise.floor);
        let cases = cases(self.cell, self.settings, rule);
        if cases.is_empty() {
            return self.of_one(rule);
        }
        let answer = cases::answer(&cases);
        Card {
            reasons: cases::reasons(&cases),
            flips: flips(answer),
            cases: cases.clone(),
            ..Card::new(answer, cases::sentence(&cases))
        }
    }

    /// The card of a comparison that has one part.
    fn of_one(&self, rule: Rule) -> Card {
        let name = self.workload.name.as_str();
        let headline = sentence(self.workload, &self.cell.arms, rule);
        let headline = headline
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(": "))
            .unwrap_or(&headline);
        let other = self.other();
        let (answer, effect) = self.answer(other);
        let mut card = Card {
            effect,
            flips: flips(answer),
            ..Card::new(answer, capital(headline))
        };
        match answer {
            Answer::Either => self.choose(&mut card),
            Answer::Unclear | Answer::NotEnoughData => {
                if let Some(other) = other {
                    card.flips.insert(0, flips::more_rounds(other));
                }
            }
            _ => {}
        }
        if matches!(answer, Answer::Threads | Answer::Processes | Answer::Either) {
            let known = reasons(self.workload.class);
            card.reasons
                .extend(known.iter().map(|line| (*line).to_owned()));
        }
        card
    }

    /// Which of two equally fast ones to take.
    fn choose(&self, card: &mut Card) {
        let Some(pair) = self.pair() else {
            return;
        };
        let choice = Choice::of(self.cell, pair.map(Arm::name), self.settings.min_effect);
        card.choice = Some(choice.answer);
        card.reasons.push(format!("{}.", capital(&choice.why)));
    }

    /// The arms that are threads and processes: the plain ones, or of programs of one's own the only ones.
    fn pair(&self) -> Option<[Arm; 2]> {
        let of = |side, plain| {
            let arms = self.workload.arms.iter().copied();
            let all: Vec<Arm> = arms.filter(|arm| arm.side() == side).collect();
            match all[..] {
                [only] => Some(only),
                _ => {
                    // Of several forms the one that is like the baseline.
                    let baseline = self.workload.baseline();
                    let forms = || all.iter().copied().filter(|arm| arm.plain() == plain);
                    let is_like = |arm: &Arm| arm.batch() == baseline.batch();
                    forms().find(is_like).or_else(|| forms().next())
                }
            }
        };
        Some([
            of(Side::Threads, Arm::Threads)?,
            of(Side::Processes, Arm::Pool)?,
        ])
    }

    /// The arm that the baseline is to be compared with.
    fn other(&self) -> Option<&ArmResult> {
        let [threads, processes] = self.pair()?;
        let other = match self.workload.baseline() {
            baseline if baseline == threads => processes,
            baseline if baseline == processes => threads,
            _ => return None,
        };
        self.cell.arm(other.name())
    }

    fn answer(&self, other: Option<&ArmResult>) -> (Answer, Option<Interval>) {
        let Some(other) = other else {
            return (Answer::Other, None);
        };
        let (faster, slower) = match self.workload.baseline().side() {
            Side::Processes => (Answer::Threads, Answer::Processes),
            _ => (Answer::Processes, Answer::Threads),
        };
        match other.word {
            Some(Word::Faster) => (faster, other.ratio.map(|ratio| ratio.inverse())),
            Some(Word::Slower) => (slower, other.ratio),
            Some(Word::Same) => (Answer::Either, None),
            Some(Word::NotEnoughData) => (Answer::NotEnoughData, None),
            Some(Word::Unclear) | None => (Answer::Unclear, None),
        }
    }
}

fn reasons(class: Class) -> &'static [&'static str] {
    match class {
        Class::Cpu => &["Rust has no global interpreter lock: threads scale computing too."],
        Class::Io => &["Who waits needs no processor, whatever kind of worker it is."],
        _ => &[],
    }
}

#[cfg(test)]
mod tests;
