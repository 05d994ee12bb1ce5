//! What was given, as it is shown again: short, on one line, and without what a terminal would take for an order.

use std::fmt::{self, Write as _};

/// So many characters are shown.
const SHOWN: usize = 60;

/// A text that is shown in part when it is long, with control characters escaped.
pub(crate) struct Excerpt<'a>(pub(crate) &'a str);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.0.chars();
        for letter in letters.by_ref().take(SHOWN) {
            write(f, letter)?;
        }
        if letters.next().is_some() {
            f.write_str("…")?;
        }
        Ok(())
    }
}

/// A text on one line, in full, with control characters escaped.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| write(f, letter))
    }
}

fn write(f: &mut fmt::Formatter<'_>, letter: char) -> fmt::Result {
    if letter.is_control() {
        letter
            .escape_default()
            .try_for_each(|letter| f.write_char(letter))
    } else {
        f.write_char(letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_stays_as_it_is() {
        assert_eq!(Excerpt("1..=5 가").to_string(), "1..=5 가");
    }

    #[test]
    fn a_long_text_is_cut_and_orders_to_the_terminal_are_escaped() {
        let cut = Excerpt(&"가".repeat(SHOWN + 1)).to_string();
        assert_eq!(cut, format!("{}…", "가".repeat(SHOWN)));
        assert_eq!(Excerpt("a\u{1b}[31m\nb").to_string(), "a\\u{1b}[31m\\nb");
        let long = "가\n".repeat(SHOWN);
        assert_eq!(OneLine(&long).to_string(), "가\\n".repeat(SHOWN));
    }
}
