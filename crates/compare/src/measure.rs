//! How is to be measured, as far as a file says so.

use std::time::Duration;

use crate::preset::Preset;

/// What a file says of how it is measured; the preset says the rest.
///
/// ```
/// assert_eq!(anypool_compare::Measure::default().rounds, (None, None));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measure {
    /// How much is measured.
    pub preset: Option<Preset>,
    /// The fewest and the most measured rounds of a cell.
    pub rounds: (Option<u32>, Option<u32>),
    /// How wide intervals may be to either side once the rounds end, a share.
    pub until_half_width: Option<f64>,
    /// How long the rounds of a cell may take.
    pub max_time: Option<Duration>,
    /// Rounds before the measured ones, which are not kept.
    pub warmup_rounds: Option<u32>,
    /// Rounds in which memory is looked at and no time is kept.
    pub memory_rounds: Option<u32>,
    /// The seed of the order of the arms.
    pub seed: Option<u64>,
}

/// Reads a share of a whole.
///
/// # Errors
///
/// Fails, with the reason, when it is none.
///
/// ```
/// assert_eq!(anypool_compare::share_of("5%"), Ok(0.05));
/// ```
pub fn share_of(text: &str) -> Result<f64, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let share = match text.strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(text),
    };
    share
        .filter(|share| *share > 0.0 && *share < 1.0)
        .ok_or_else(|| "it is a share between 0 and 1, as 5% or 0.05".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percents_or_numbers_below_one() {
        assert_eq!(share_of("5%"), Ok(0.05));
        assert_eq!(share_of("0.95"), Ok(0.95));
        for wrong in ["5", "0", "-1%", "100%", "NaN", "much"] {
            assert!(share_of(wrong).is_err(), "{wrong}");
        }
    }
}
