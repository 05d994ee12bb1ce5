//! Where a value lies on an axis, and at which round numbers the axis has its ticks.

use crate::report::Unit;

/// An axis from one value to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    from: f64,
    to: f64,
    logarithmic: bool,
}

impl Scale {
    /// An axis over all of the values, with a little room at both ends; `None` when there is nothing to show.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>, logarithmic: bool) -> Option<Self> {
        let drawable = |value: &f64| value.is_finite() && (!logarithmic || *value > 0.0);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(drawable) {
            (least, most) = (least.min(value), most.max(value));
        }
        if most < least {
            return None;
        }
        let (from, to) = if logarithmic {
            let room = ((most / least).ln() * 0.04).max(0.02).exp();
            (least / room, most * room)
        } else {
            let room = ((most - least) * 0.04).max(most.abs() * 0.01).max(1e-9);
            (least - room, most + room)
        };
        Some(Self::between(from, to, logarithmic))
    }

    /// An axis from nothing to the greatest of the values.
    pub(crate) fn from_zero(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let most = finite.fold(0.0, f64::max);
        (most > 0.0).then(|| Self::between(0.0, most * 1.06, false))
    }

    /// An axis with exactly these ends.
    pub(crate) fn between(from: f64, to: f64, logarithmic: bool) -> Self {
        Self {
            from,
            to,
            logarithmic,
        }
    }

    /// Where the value lies: 0 at the start, 1 at the end, and no farther than that.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value.max(f64::MIN_POSITIVE) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        share.clamp(0.0, 1.0)
    }

    /// The value at a place between 0 and 1.
    pub(crate) fn value(&self, place: f64) -> f64 {
        if self.logarithmic {
            self.from * (self.to / self.from).powf(place)
        } else {
            self.from + place * (self.to - self.from)
        }
    }

    /// Whether the axis reaches the value.
    pub(crate) fn holds(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }

    /// Round numbers on the axis, at most so many: the finest grid that has no more.
    pub(crate) fn ticks(&self, unit: Unit, most: usize) -> Vec<f64> {
        let grids = if self.logarithmic {
            self.logarithmic_grids(unit)
        } else {
            (0..30).map(|step| self.linear_grid(unit, step)).collect()
        };
        let fitting = grids.into_iter().find(|grid| grid.len() <= most);
        fitting.unwrap_or_default()
    }

    /// The finest grids first.
    fn logarithmic_grids(&self, unit: Unit) -> Vec<Vec<f64>> {
        let powers = |base: f64, every: i32, mantissas: &[f64]| -> Vec<f64> {
            let exponents = (-60..=60).filter(|exponent| exponent % every == 0);
            let numbers = exponents.flat_map(|exponent| {
                let power = base.powi(exponent);
                mantissas.iter().map(move |mantissa| mantissa * power)
            });
            numbers.filter(|value| self.holds(*value)).collect()
        };
        if matches!(unit, Unit::Bytes) {
            return (1..=10).map(|every| powers(2.0, every, &[1.0])).collect();
        }
        let fine: [&[f64]; 5] = [
            &[
                1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0,
            ],
            &[1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0],
            &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
            &[1.0, 2.0, 5.0],
            &[1.0, 3.0],
        ];
        let mut grids: Vec<Vec<f64>> = fine.map(|mantissas| powers(10.0, 1, mantissas)).to_vec();
        grids.extend((1..=12).map(|every| powers(10.0, every, &[1.0])));
        grids
    }

    /// Multiples of a round step; each `coarseness` is one step coarser than the one before.
    fn linear_grid(&self, unit: Unit, coarseness: i32) -> Vec<f64> {
        let length = self.to - self.from;
        let step = if matches!(unit, Unit::Bytes) {
            2.0_f64.powf((length / 64.0).log2().floor() + f64::from(coarseness))
        } else {
            let decade = (length / 100.0).log10().floor() + f64::from(coarseness / 3);
            let mantissa = match coarseness % 3 {
                0 => 1.0,
                1 => 2.0,
                _ => 5.0,
            };
            mantissa * 10.0_f64.powf(decade)
        };
        // What is just below nothing is rounded up to nothing, and not to less than that.
        let first = (self.from / step).ceil() + 0.0;
        let multiples = std::iter::successors(Some(first), |multiple| Some(multiple + 1.0));
        let values = multiples.map(|multiple| multiple * step);
        values
            .take_while(|value| *value <= self.to)
            .take(200)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(values: &[f64], expected: &[f64]) {
        assert_eq!(values.len(), expected.len(), "{values:?}");
        for (value, expected) in values.iter().zip(expected) {
            assert!(
                (value - expected).abs() <= expected.abs() * 1e-9,
                "{values:?}"
            );
        }
    }

    #[test]
    fn equal_factors_are_equally_far_apart_on_a_logarithmic_axis() {
        let scale = Scale::between(1.0, 1000.0, true);
        for (value, place) in [
            (1.0, 0.0),
            (10.0, 1.0 / 3.0),
            (100.0, 2.0 / 3.0),
            (1e9, 1.0),
        ] {
            assert!((scale.place(value) - place).abs() < 1e-9, "{value}");
        }
        assert!((scale.value(0.5) - 31.622_776).abs() < 1e-3);
    }

    #[test]
    fn ticks_are_round_numbers_and_few() {
        let linear = Scale::between(0.0, 2.1e9, false);
        close(
            &linear.ticks(Unit::Nanoseconds, 5),
            &[0.0, 5e8, 1e9, 1.5e9, 2e9],
        );
        let wide = Scale::between(9e2, 1.1e8, true);
        close(
            &wide.ticks(Unit::Nanoseconds, 6),
            &[1e3, 1e4, 1e5, 1e6, 1e7, 1e8],
        );
        let narrow = Scale::between(0.9, 2.2, true);
        close(&narrow.ticks(Unit::Count, 4), &[1.0, 1.25, 1.5, 2.0]);
        let bytes = Scale::between(0.0, 24.0 * 1_048_576.0, false);
        let mib = [0.0, 8.0, 16.0, 24.0].map(|mib| mib * 1_048_576.0);
        close(&bytes.ticks(Unit::Bytes, 4), &mib);
    }

    #[test]
    fn nothing_has_no_sign() {
        let scale = Scale::over([0.0, 1_073_741_824.0], false).unwrap();
        let first = scale.ticks(Unit::Bytes, 6)[0];
        assert_eq!(crate::render::point(Unit::Bytes, first), "0 B");
    }

    #[test]
    fn one_value_has_an_axis_and_no_value_has_none() {
        let scale = Scale::over([5.0], true).unwrap();
        assert!((scale.place(5.0) - 0.5).abs() < 1e-9);
        assert_eq!(Scale::over([0.0, f64::NAN], true), None);
        assert_eq!(Scale::from_zero([0.0]), None);
        assert!(Scale::over([0.0], false).unwrap().place(0.0) <= 1.0);
    }
}
