//! Ranges of whole numbers, as they are written: `1..=8`.

/// Reads `1..=5`, and `1..6` for the same: the first and the last.
pub(super) fn range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.split_once("..")?;
    let number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|_| digits)
    };
    let last = match last.strip_prefix('=') {
        Some(last) => number(last)?,
        None => number(last)?.checked_sub(1)?,
    };
    let first = number(first)?;
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_goes_up_and_has_its_last_only_if_it_says_so() {
        assert_eq!(range("1..=8"), Some((1, 8)));
        assert_eq!(range("1..8"), Some((1, 7)));
        assert_eq!(range("0..=18446744073709551615"), Some((0, u64::MAX)));
        for text in [
            "", "1", "..", "8..=1", "1..1", "-1..=1", "+1..=2", "a..=b", "1..==2",
        ] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
