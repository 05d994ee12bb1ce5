//! Names that others chose, made harmless before anything shows them.

/// The text without what moves a terminal's cursor, rings its bell or turns the direction of what follows.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| if acts(letter) { '\u{fffd}' } else { letter })
        .collect()
}

/// The text, cut to so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let cleaned = clean(text);
    match cleaned.char_indices().nth(most) {
        Some(_) => {
            let kept: String = cleaned.chars().take(most.saturating_sub(1)).collect();
            format!("{kept}…")
        }
        None => cleaned,
    }
}

fn acts(letter: char) -> bool {
    let turns = matches!(
        letter,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    letter.is_control() || turns || matches!(letter, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_or_on_the_direction_is_replaced() {
        assert_eq!(
            clean("a\u{1b}[31m\u{202e}b\n"),
            "a\u{fffd}[31m\u{fffd}b\u{fffd}"
        );
        assert_eq!(clean("가 עברית é"), "가 עברית é");
    }

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!(cut("가나다라", 4), "가나다라");
        assert_eq!(cut("가나다라마", 4), "가나다…");
    }
}
