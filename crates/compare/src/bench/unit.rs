//! What a number counts, and how a person reads it.

/// What a metric's numbers are.
///
/// ```
/// use anypool_compare::bench::Unit;
///
/// assert_eq!(Unit::Time.show(1_234.0), "1.23 µs");
/// assert_eq!(Unit::Rate.show(3_000_000.0), "3.00 M/s");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Time,
    /// So many a second.
    Rate,
    /// Bytes.
    Bytes,
    /// A plain number.
    Count,
}

/// Which of two numbers is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The lower one.
    Less,
    /// The higher one.
    More,
}

/// A scale: from so much on, in this unit.
type Step = (f64, &'static str);

const TIMES: [Step; 4] = [(1e9, " s"), (1e6, " ms"), (1e3, " µs"), (1.0, " ns")];
const RATES: [Step; 4] = [(1e9, " G/s"), (1e6, " M/s"), (1e3, " k/s"), (1.0, " /s")];
const SIZES: [Step; 4] = [
    (1_073_741_824.0, " GiB"),
    (1_048_576.0, " MiB"),
    (1_024.0, " KiB"),
    (1.0, " B"),
];
const COUNTS: [Step; 1] = [(1.0, "")];

impl Unit {
    /// The number with three digits that matter, in a unit that fits its size.
    pub fn show(self, number: f64) -> String {
        if self == Self::Count && number.fract() == 0.0 {
            return format!("{number:.0}");
        }
        let steps: &[Step] = match self {
            Self::Time => &TIMES,
            Self::Rate => &RATES,
            Self::Bytes => &SIZES,
            Self::Count => &COUNTS,
        };
        let fits = steps.iter().find(|(from, _)| number.abs() >= *from);
        let Some((from, word)) = fits.or_else(|| steps.last()) else {
            return digits(number);
        };
        format!("{}{word}", digits(number / from))
    }
}

/// Sizes and counts here are far below 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "sizes and counts are far below 2^53"
)]
pub(crate) fn exact(count: u64) -> f64 {
    count as f64
}

/// A number with three digits that matter.
pub(crate) fn digits(number: f64) -> String {
    match number.abs() {
        0.0 => "0".to_owned(),
        size if size >= 99.95 => format!("{number:.0}"),
        size if size >= 9.995 => format!("{number:.1}"),
        size if size >= 0.9995 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_fits_the_size_of_the_number() {
        for (unit, number, shown) in [
            (Unit::Time, 0.259, "0.259 ns"),
            (Unit::Time, 999.6, "1000 ns"),
            (Unit::Time, 17_115.0, "17.1 µs"),
            (Unit::Time, 4e6, "4.00 ms"),
            (Unit::Time, 2e9, "2.00 s"),
            (Unit::Rate, 98_236.0, "98.2 k/s"),
            (Unit::Rate, 12.0, "12.0 /s"),
            (Unit::Bytes, 307_200.0, "300 KiB"),
            (Unit::Bytes, 39.2, "39.2 B"),
            (Unit::Count, 0.0, "0"),
            (Unit::Count, 7.0, "7"),
            (Unit::Count, 6.875, "6.88"),
        ] {
            assert_eq!(unit.show(number), shown);
        }
    }
}
