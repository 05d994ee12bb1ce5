//! A number that was measured, with the range in which it lies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An estimate and its confidence interval.
///
/// ```
/// use anypool_compare::report::Interval;
///
/// let ratio = Interval { low: 1.8, mid: 1.95, high: 2.1 };
/// assert!(ratio.is_beyond(1.5) && !ratio.is_beyond(1.9));
/// assert_eq!(Interval { low: 0.5, mid: 1.0, high: 2.0 }.inverse().high, 2.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The estimate.
    pub mid: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The interval of a number that is known exactly.
    pub fn exact(number: f64) -> Self {
        Self {
            low: number,
            mid: number,
            high: number,
        }
    }

    /// The same ratio, seen from the other side.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self {
            low: 1.0 / self.high,
            mid: 1.0 / self.mid,
            high: 1.0 / self.low,
        }
    }

    /// Half its width, as a share of the estimate.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0 / self.mid.abs()
    }

    /// Whether all of it is above `bound`.
    pub fn is_beyond(&self, bound: f64) -> bool {
        self.low > bound
    }
}
