//! Paragraphs that fit a terminal.

use unicode_width::UnicodeWidthStr as _;

/// As wide as a paragraph gets.
const WIDTH: usize = 100;

/// The text in lines, the first behind its label and the others below its first word.
pub(crate) fn paragraph(label: &str, text: &str) -> String {
    let indent = " ".repeat(label.width());
    let mut lines = String::new();
    let mut line = label.to_owned();
    let mut words = 0;
    for word in text.split_whitespace() {
        if words > 0 && line.width() + 1 + word.width() > WIDTH {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line.clone_from(&indent);
            words = 0;
        }
        if words > 0 {
            line.push(' ');
        }
        line.push_str(word);
        words += 1;
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_goes_on_below_its_first_word() {
        let text = paragraph("Why  ", &"word ".repeat(30));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("Why  word") && lines[1].starts_with("     word"));
        assert!(lines.iter().all(|line| line.width() <= WIDTH));
    }
}
