//! What is to be reached.

use super::mode::Mode;
use super::unit::Unit;

/// One goal of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// The mode in which it is to be reached.
    pub mode: Mode,
    /// What is to be reached.
    pub check: Check,
}

/// What a goal asks of our arm.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
    /// So many times as good as the best of some other arms, in the same rounds.
    Times {
        /// The other arms.
        than: &'static [&'static str],
        /// How many times; less than one allows us to be so much worse.
        times: f64,
    },
}

impl Goal {
    /// A goal of the mode [`Mode::Free`].
    pub(crate) fn free(check: Check) -> Self {
        Self {
            mode: Mode::Free,
            check,
        }
    }

    /// A goal of the mode [`Mode::Pinned`].
    pub(crate) fn pinned(check: Check) -> Self {
        Self {
            mode: Mode::Pinned,
            check,
        }
    }
}

impl Check {
    /// The goal in words.
    ///
    /// ```
    /// use anypool_compare::bench::{Check, Unit};
    ///
    /// assert_eq!(Check::AtMost(1_000.0).words(Unit::Time), "≤ 1.00 µs");
    /// ```
    pub fn words(&self, unit: Unit) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {}", unit.show(*most)),
            Self::AtLeast(least) => format!("≥ {}", unit.show(*least)),
            Self::Times { than, times } => {
                let than = match than {
                    [one] => (*one).to_owned(),
                    many => format!("the best of {}", many.join(", ")),
                };
                match *times {
                    times if times < 1.0 => {
                        format!("at most {:.1} × worse than {than}", 1.0 / times)
                    }
                    1.0 => format!("no worse than {than}"),
                    times => format!("≥ {times} × better than {than}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_told_in_words() {
        let times = |than, times| Check::Times { than, times }.words(Unit::Time);
        assert_eq!(
            times(&["procspawn"], 100.0),
            "≥ 100 × better than procspawn"
        );
        assert_eq!(
            times(&["a", "b"], 1.5),
            "≥ 1.5 × better than the best of a, b"
        );
        assert_eq!(times(&["rayon"], 1.0), "no worse than rayon");
        assert_eq!(
            times(&["bare-sleep"], 1.0 / 1.3),
            "at most 1.3 × worse than bare-sleep"
        );
        assert_eq!(Check::AtLeast(3e6).words(Unit::Rate), "≥ 3.00 M/s");
    }
}
