//! A crossover in words: what was asked, what was found, and whether the model agrees.

use super::search::Found;
use crate::render::{point, ratio};
use crate::report::{Crossover, Unit};

/// What is asked of an arm beside another, along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Question {
    /// From where on it takes at most this share longer.
    CostsLittle(f64),
    /// From where on it is faster.
    Wins,
    /// From what size of the program on it takes at least this share less time.
    Saves(f64),
}

impl Question {
    /// The ratio of their times that is crossed.
    pub(crate) fn line(self) -> f64 {
        match self {
            Self::CostsLittle(share) => 1.0 + share,
            Self::Wins => 1.0,
            Self::Saves(share) => 1.0 - share,
        }
    }

    /// What the axis has more and more of.
    fn measure(self) -> &'static str {
        match self {
            Self::CostsLittle(_) | Self::Wins => "length",
            Self::Saves(_) => "size",
        }
    }

    /// What has it.
    fn bearer(self) -> &'static str {
        match self {
            Self::CostsLittle(_) | Self::Wins => "tasks",
            Self::Saves(_) => "a parent",
        }
    }

    fn asked(self) -> String {
        match self {
            Self::CostsLittle(share) => {
                format!(
                    "from what length of a task does it cost less than {:.0} %?",
                    share * 100.0
                )
            }
            Self::Wins => "from what length of a task is it faster?".to_owned(),
            Self::Saves(share) => format!(
                "from what size of the parent does it save {:.0} % and more?",
                share * 100.0
            ),
        }
    }

    /// What is true on the far side of the crossover.
    fn after(self, arm: &str, versus: &str) -> String {
        match self {
            Self::CostsLittle(share) => format!(
                "{arm} takes less than {:.0} % longer than {versus}",
                share * 100.0
            ),
            Self::Wins => format!("{arm} is faster than {versus}"),
            Self::Saves(share) => format!(
                "{arm} takes at least {:.0} % less time than {versus}",
                share * 100.0
            ),
        }
    }
}

/// What was found for a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Finding<'a> {
    /// The question.
    pub(crate) question: Question,
    /// The arm that it is about.
    pub(crate) arm: &'a str,
    /// The arm that it is compared with.
    pub(crate) versus: &'a str,
    /// What measuring says.
    pub(crate) found: Found,
    /// What the model says, on the axis.
    pub(crate) model: Option<f64>,
}

/// A model that is off by more leaves out something that matters.
const MUCH: f64 = 2.0;

impl Finding<'_> {
    /// The crossover as a report has it.
    pub(crate) fn crossover(&self, unit: Unit) -> Crossover {
        Crossover {
            question: self.question.asked(),
            arm: self.arm.to_owned(),
            versus: self.versus.to_owned(),
            ratio: self.question.line(),
            bracket: match self.found {
                Found::Between(from, to) => Some((from, to)),
                _ => None,
            },
            model: self.model,
            text: self.text(unit),
        }
    }

    /// What was found, for somebody who reads no more than that.
    pub(crate) fn headline(&self, unit: Unit) -> String {
        let after = self.question.after(self.arm, self.versus);
        match self.found {
            Found::Between(_, from) | Found::From(from) => {
                let bearer = self.question.bearer();
                format!("With {bearer} of {} and more, {after}.", point(unit, from))
            }
            Found::Beyond(_) | Found::Nowhere => {
                let measure = self.question.measure();
                format!("No {measure} was found from which on {after}.")
            }
        }
    }

    fn text(&self, unit: Unit) -> String {
        let after = self.question.after(self.arm, self.versus);
        let measure = self.question.measure();
        let at = |place| point(unit, place);
        let found = match self.found {
            Found::Between(from, to) => {
                format!(
                    "{after} from somewhere between {} and {} on",
                    at(from),
                    at(to)
                )
            }
            Found::From(from) => format!("{after} from {} on, and maybe before", at(from)),
            Found::Beyond(from) => format!(
                "at no {measure} is it sure that {after}, and at {} it is sure that not",
                at(from)
            ),
            Found::Nowhere => format!("unclear at every {measure} whether {after}"),
        };
        match self.model {
            Some(model) => format!("{found} (model: {}{})", at(model), self.disagreement(model)),
            None => found,
        }
    }

    /// What is said where model and measuring are far apart.
    fn disagreement(&self, model: f64) -> String {
        let off = match self.found {
            Found::Between(from, to) => (from / model).max(model / to),
            Found::From(from) => model / from,
            Found::Beyond(from) => from / model,
            Found::Nowhere => 1.0,
        };
        if off > MUCH {
            format!(
                ", {} × off: it leaves out something that matters here",
                ratio(off)
            )
        } else {
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(question: Question, found: Found, model: Option<f64>) -> String {
        let finding = Finding {
            question,
            arm: "fork",
            versus: "threads",
            found,
            model,
        };
        finding.crossover(Unit::Nanoseconds).text
    }

    #[test]
    fn a_bracket_has_its_model_beside_it() {
        assert_eq!(
            text(
                Question::CostsLittle(0.05),
                Found::Between(3e6, 6e6),
                Some(7e6)
            ),
            "fork takes less than 5 % longer than threads from somewhere between 3 ms and 6 ms on (model: 7 ms)"
        );
        assert_eq!(
            text(Question::Wins, Found::Between(3e4, 5e4), None),
            "fork is faster than threads from somewhere between 30 µs and 50 µs on"
        );
    }

    #[test]
    fn what_is_saved_along_sizes_is_told_of_sizes() {
        let of = |found| Finding {
            question: Question::Saves(0.05),
            arm: "fork",
            versus: "fork@parent",
            found,
            model: None,
        };
        let (from, to) = (8_388_608.0, 16_777_216.0);
        let found = of(Found::Between(from, to));
        assert_eq!(
            found.headline(Unit::Bytes),
            "With a parent of 16 MiB and more, fork takes at least 5 % less time than fork@parent."
        );
        assert_eq!(
            found.crossover(Unit::Bytes).text,
            "fork takes at least 5 % less time than fork@parent from somewhere between 8 MiB and 16 MiB on"
        );
        let nowhere = of(Found::Nowhere);
        assert!(
            nowhere
                .headline(Unit::Bytes)
                .starts_with("No size was found")
        );
        let text = nowhere.crossover(Unit::Bytes).text;
        assert!(text.starts_with("unclear at every size whether"), "{text}");
    }

    #[test]
    fn a_model_that_is_far_off_is_said_to_be() {
        let of = |found, model| text(Question::Wins, found, Some(model));
        let off = "× off: it leaves out something that matters here)";
        assert!(of(Found::Between(3e4, 6e4), 5e3).contains(&format!("6.00 {off}")));
        assert!(of(Found::Between(3e4, 6e4), 1.3e5).contains(&format!("2.17 {off}")));
        assert!(!of(Found::Between(3e4, 6e4), 1.1e5).contains(off));
        assert!(of(Found::Beyond(1e6), 1e5).contains(off));
        assert!(!of(Found::Beyond(1e6), 1e7).contains(off));
        assert!(of(Found::From(1e3), 1e4).contains(off));
    }

    #[test]
    fn what_was_not_found_is_said_and_has_no_bracket() {
        for found in [Found::From(1e3), Found::Beyond(1e8), Found::Nowhere] {
            let finding = Finding {
                question: Question::Wins,
                arm: "pool",
                versus: "threads",
                found,
                model: None,
            };
            let crossover = finding.crossover(Unit::Nanoseconds);
            assert_eq!(crossover.bracket, None);
            assert!(!crossover.text.contains("between"), "{}", crossover.text);
            let is_known = matches!(found, Found::From(_));
            let headline = finding.headline(Unit::Nanoseconds);
            assert_eq!(
                headline.starts_with("With tasks of 1 µs and more, pool"),
                is_known
            );
        }
    }
}
