//! Text as it may stand in XML 1.0.

use std::fmt;

/// A text in XML: between tags, or between the quotes of an attribute. What XML has no way to write, control characters
/// for one, is replaced.
pub(super) struct Xml<'a>(pub(super) &'a str);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for letter in self.0.chars() {
            match letter {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                // A parser would make a space of it in an attribute, and nothing of it at the end of a line.
                '\t' => f.write_str("&#9;")?,
                '\n' => f.write_str("&#10;")?,
                '\r' => f.write_str("&#13;")?,
                '\0'..' ' | '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_it_or_is_forbidden() {
        let text = Xml("a<b> & \"c\"\n\u{1b}[31m\u{ffff}가").to_string();
        assert_eq!(
            text,
            "a&lt;b&gt; &amp; &quot;c&quot;&#10;\u{fffd}[31m\u{fffd}가"
        );
    }

    #[test]
    fn every_letter_is_read_again_in_an_attribute_and_between_tags() {
        let letters: String = ('\0'..='\u{2ffff}').collect();
        let xml = Xml(&letters);
        let text = format!("<a b=\"{xml}\">{xml}</a>");
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        let is_kept = |letter: char| match letter {
            '\t' | '\n' | '\r' => true,
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => false,
            _ => true,
        };
        let kept = letters.chars().map(|letter| match is_kept(letter) {
            true => letter,
            false => '\u{fffd}',
        });
        let kept: String = kept.collect();
        assert!(root.attribute("b") == Some(&kept) && root.text() == Some(&kept));
        assert!(roxmltree::Document::parse("<a>\u{1b}</a>").is_err());
    }
}
