//! Sizes as people write them: `512`, `64KiB`, `1.5G`. Units are powers of 1024, with or without `iB`.

use std::fmt;

/// Why a text is no size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SizeError {
    /// It does not begin with a number.
    #[error("expected a number of bytes, like 512, 64KiB or 1.5GiB")]
    NoNumber,
    /// What follows the number is no unit.
    #[error("its unit is not known; units are B, KiB, MiB, GiB and TiB")]
    NoUnit,
    /// It is beyond what is counted in 64 bits.
    #[error("it is more than any machine has")]
    TooLarge,
}

const UNITS: [(&str, u64); 5] = [
    ("T", 1 << 40),
    ("G", 1 << 30),
    ("M", 1 << 20),
    ("K", 1 << 10),
    ("", 1),
];

/// Reads a number of bytes.
///
/// # Errors
///
/// The text is no size.
pub(crate) fn parse(text: &str) -> Result<u64, SizeError> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim_start();
    let short = unit.strip_suffix("iB").or(unit.strip_suffix('B'));
    let short = short.unwrap_or(unit);
    let known = UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(short));
    if number.is_empty() {
        return Err(SizeError::NoNumber);
    }
    let (_, factor) = known.ok_or(SizeError::NoUnit)?;
    match number.split_once('.') {
        None => {
            let number: u64 = number.parse().map_err(|_| SizeError::TooLarge)?;
            number.checked_mul(*factor).ok_or(SizeError::TooLarge)
        }
        Some(_) => fraction(number, *factor),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the range is checked first, and a fraction of a unit is rounded to bytes anyway"
)]
fn fraction(number: &str, factor: u64) -> Result<u64, SizeError> {
    let number: f64 = number.parse().map_err(|_| SizeError::NoNumber)?;
    let bytes = (number * factor as f64).round();
    if bytes < u64::MAX as f64 {
        Ok(bytes as u64)
    } else {
        Err(SizeError::TooLarge)
    }
}

/// A number of bytes, shown with the largest unit that it is a whole multiple of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole =
            |(_, factor): &&(&str, u64)| self.0 >= *factor && self.0.is_multiple_of(*factor);
        match UNITS.iter().find(whole) {
            Some(("", _)) | None => write!(f, "{}B", self.0),
            Some((unit, factor)) => write!(f, "{}{unit}iB", self.0 / factor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_powers_of_1024() {
        for (text, bytes) in [
            ("0", 0),
            ("512", 512),
            ("512B", 512),
            ("64KiB", 65_536),
            ("64k", 65_536),
            ("64 KiB", 65_536),
            ("1.5G", 3 << 29),
            ("1TiB", 1 << 40),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for (text, error) in [
            ("", SizeError::NoNumber),
            ("KiB", SizeError::NoNumber),
            ("1.2.3K", SizeError::NoNumber),
            ("64Ki", SizeError::NoUnit),
            ("64 apples", SizeError::NoUnit),
            ("-1", SizeError::NoNumber),
            ("99999999999999999999", SizeError::TooLarge),
            ("99999999T", SizeError::TooLarge),
            ("99999999.5T", SizeError::TooLarge),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_size_is_shown_as_it_can_be_read() {
        for (bytes, text) in [
            (0, "0B"),
            (1000, "1000B"),
            (1 << 20, "1MiB"),
            (3 << 29, "1536MiB"),
        ] {
            assert_eq!(Size(bytes).to_string(), text);
            assert_eq!(parse(text), Ok(bytes));
        }
    }
}
