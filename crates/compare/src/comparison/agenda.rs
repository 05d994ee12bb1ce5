//! Whose turn it is: the orders of the rounds, and disturbed rounds that are measured once more.
//!
//! They are measured again at the end, when whatever disturbed them may have passed, each in its own order. Only a
//! share of the rounds is: a machine that is always busy would never come to an end.

use crate::order::orders_of;
use crate::report::{Round, Settings};

/// So many rounds may be measured again for each one of the fewest.
const AGAIN_OF: usize = 4;

/// The rounds that are still to be measured.
#[derive(Debug)]
pub(super) struct Agenda {
    /// The orders of rounds, the next one last.
    orders: Vec<Vec<String>>,
    /// Disturbed rounds with their orders, the next one last.
    again: Vec<(usize, Vec<String>)>,
    /// How many more may be measured again.
    left: usize,
}

/// One round to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    /// The arms, in the order in which they run.
    pub(super) order: Vec<String>,
    /// The disturbed round in whose place it is.
    pub(super) repeats: Option<usize>,
}

impl Agenda {
    /// All rounds that there may be.
    pub(super) fn new(arms: &[String], settings: &Settings) -> Self {
        let size = |rounds: u32| usize::try_from(rounds).unwrap_or(usize::MAX);
        let most = size(settings.max_rounds);
        let mut orders = orders_of(settings.order, arms, most, settings.seed);
        orders.reverse();
        Self {
            orders,
            again: Vec::new(),
            left: size(settings.min_rounds) / AGAIN_OF,
        }
    }

    /// The order of rounds that are not kept: the first one's.
    pub(super) fn warm_up(&self) -> Vec<String> {
        self.orders.last().cloned().unwrap_or_default()
    }

    /// The next round; `is_enough` ends it but for rounds to be measured again.
    pub(super) fn next(&mut self, is_enough: bool) -> Option<Turn> {
        let first = self.orders.pop_if(|_| !is_enough).map(|order| Turn {
            order,
            repeats: None,
        });
        first.or_else(|| {
            let (number, order) = self.again.pop()?;
            let repeats = Some(number);
            Some(Turn { order, repeats })
        })
    }

    /// Takes note of a round that was measured.
    pub(super) fn done(&mut self, round: &Round) {
        if round.disturbed.is_empty() || round.repeats.is_some() || self.left == 0 {
            return;
        }
        self.left -= 1;
        let order = round.samples.iter().map(|sample| sample.arm.clone());
        self.again.insert(0, (round.number, order.collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round_of::round;

    fn agenda(min_rounds: u32) -> Agenda {
        let settings = Settings {
            min_rounds,
            max_rounds: 4,
            ..Settings::default()
        };
        Agenda::new(&["threads", "pool"].map(str::to_owned), &settings)
    }

    fn disturbed(number: usize) -> Round {
        let mut round = round(&[("pool", 1), ("threads", 1)]);
        round.number = number;
        round.disturbed.push("a storm".to_owned());
        round
    }

    #[test]
    fn disturbed_rounds_are_measured_again_at_the_end_and_in_their_order() {
        let mut agenda = agenda(8);
        for number in 1..=4 {
            assert_eq!(agenda.next(false).unwrap().repeats, None);
            if number > 2 {
                agenda.done(&disturbed(number));
            }
        }
        let again = agenda.next(true).unwrap();
        assert_eq!(again.repeats, Some(3));
        assert_eq!(again.order, ["pool", "threads"]);
        assert_eq!(agenda.next(true).unwrap().repeats, Some(4));
        assert_eq!(agenda.next(true), None);
    }

    #[test]
    fn only_some_are_measured_again_and_none_twice() {
        let mut agenda = agenda(4);
        agenda.done(&disturbed(1));
        agenda.done(&disturbed(2));
        let again = agenda.next(true).unwrap();
        let mut round = disturbed(3);
        round.repeats = again.repeats;
        agenda.done(&round);
        assert_eq!(agenda.next(true), None);
    }

    #[test]
    fn what_is_enough_ends_it_early() {
        let mut agenda = agenda(4);
        assert_eq!(agenda.warm_up(), agenda.next(false).unwrap().order);
        assert_eq!(agenda.next(true), None);
        assert!(agenda.next(false).is_some());
    }
}
