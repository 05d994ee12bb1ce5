//! When the rounds of a cell end: once the intervals are narrow, and never because of what they say.
//!
//! Who stops as soon as a difference shows will find one. So only widths are looked at, and after an even number of
//! rounds, since each order of the arms is followed by its mirror image.

use std::fmt;
use std::time::Duration;

use crate::render::quantity::{share, time_of};
use crate::report::{Interval, Settings, rounds};

/// Why there are no more rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ending {
    /// Every interval is as narrow as was asked for.
    Narrow {
        /// How wide it may be to either side, as a share.
        half_width: f64,
    },
    /// There are as many as there may be.
    Most(usize),
    /// The time is over.
    Late(u64),
}

impl Ending {
    /// Whether `done` rounds are the last ones, which took so long and came to these ratios.
    pub(crate) fn of(
        settings: &Settings,
        done: usize,
        elapsed: Duration,
        ratios: impl IntoIterator<Item = Interval>,
    ) -> Option<Self> {
        let (least, most) = (size(settings.min_rounds), size(settings.max_rounds));
        let half_width = settings.until_half_width;
        if done >= most {
            Some(Self::Most(most))
        } else if elapsed >= Duration::from_nanos(settings.max_time_ns) {
            Some(Self::Late(settings.max_time_ns))
        } else if done < least || done % 2 == 1 {
            None
        } else {
            let are_narrow = ratios
                .into_iter()
                .all(|ratio| ratio.half_width() <= half_width);
            are_narrow.then_some(Self::Narrow { half_width })
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Narrow { half_width } => {
                write!(
                    f,
                    "every interval is within {} of its middle",
                    share(*half_width)
                )
            }
            Self::Most(count) => write!(f, "there are {}", rounds(*count)),
            Self::Late(limit) => write!(f, "its {} are over", time_of(*limit)),
        }
    }
}

fn size(rounds: u32) -> usize {
    usize::try_from(rounds).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Interval = Interval {
        low: 1.98,
        mid: 2.0,
        high: 2.02,
    };
    const WIDE: Interval = Interval {
        low: 1.8,
        mid: 2.0,
        high: 2.2,
    };

    fn ending(done: usize, seconds: u64, ratios: &[Interval]) -> Option<Ending> {
        let elapsed = Duration::from_secs(seconds);
        Ending::of(&Settings::default(), done, elapsed, ratios.to_vec())
    }

    #[test]
    fn narrow_intervals_end_it_and_one_wide_one_does_not() {
        let narrow = Some(Ending::Narrow { half_width: 0.03 });
        assert_eq!(ending(16, 1, &[NARROW, NARROW]), narrow);
        assert_eq!(ending(16, 1, &[NARROW, WIDE]), None);
        assert_eq!(ending(14, 1, &[NARROW]), None);
    }

    #[test]
    fn an_order_is_not_left_without_its_mirror_image() {
        assert_eq!(ending(17, 1, &[NARROW]), None);
        assert!(ending(18, 1, &[NARROW]).is_some());
    }

    #[test]
    fn rounds_and_time_have_an_end() {
        assert_eq!(ending(40, 1, &[WIDE]), Some(Ending::Most(40)));
        let late = ending(3, 240, &[WIDE]).unwrap();
        assert_eq!(late.to_string(), "its 4 min 00 s are over");
    }
}
