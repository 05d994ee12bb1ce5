//! A place in a file that somebody wrote, as it is shown in a report: the line, and what in it is meant.

use std::fmt::{self, Write as _};
use std::ops::Range;

use unicode_width::UnicodeWidthStr as _;

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The file.
    file: String,
    /// The line, from 1.
    line: usize,
    /// The column in characters, from 1.
    column: usize,
    /// As much of the line as is shown.
    shown: String,
    /// How many places of a terminal are before what is meant, and how many that takes.
    mark: (usize, usize),
    /// What there is to say about it.
    label: String,
}

/// So many characters of a line are shown before what is meant, and from its beginning on.
const BEFORE: usize = 60;
const FROM: usize = 80;

impl Spot {
    /// The bytes `meant` of `text`, which is what `file` holds. What goes on over several lines is marked in the first.
    pub(crate) fn new(file: &str, text: &str, meant: Range<usize>) -> Self {
        let start = floor(text, meant.start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let rest = &text[start..];
        let rest = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let rest = rest.strip_suffix('\r').unwrap_or(rest);
        let before = &text[line_start..start];
        let column = 1 + before.chars().count();
        let cut = column.saturating_sub(1 + BEFORE);
        let mut shown = String::new();
        if cut > 0 {
            shown.push('…');
        }
        shown.extend(before.chars().skip(cut).map(plain));
        let width_before = shown.width();
        let length = floor(rest, meant.end.saturating_sub(start));
        let marked: String = rest[..length].chars().take(FROM).map(plain).collect();
        shown.extend(rest.chars().take(FROM).map(plain));
        if rest.chars().nth(FROM).is_some() {
            shown.push('…');
        }
        Self {
            file: file.to_owned(),
            line: 1 + text[..start].matches('\n').count(),
            column,
            shown,
            mark: (width_before, marked.width().max(1)),
            label: String::new(),
        }
    }

    /// With something to say about it.
    #[must_use]
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The column in characters, from 1.
    pub(crate) fn column(&self) -> usize {
        self.column
    }

    /// The line, from 1.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// The place with its line and a mark under what is meant.
    pub(crate) fn draw(&self, paint: impl Fn(&str) -> String) -> String {
        let Self {
            shown,
            mark: (before, width),
            label,
            line,
            ..
        } = self;
        let gutter = line.to_string().len().max(2);
        let mut drawn = format!("{:gutter$}{} {self}\n", "", paint("┌─"));
        // Writing to a string cannot fail.
        let _ = writeln!(drawn, "{line:gutter$}{} {shown}", paint("│"));
        let mark = paint(format!("{} {label}", "^".repeat(*width)).trim_end());
        let _ = writeln!(drawn, "{:gutter$}{} {:before$}{mark}", "", paint("│"), "");
        drawn
    }

    /// Several places with what there is to say about each, in one line.
    pub(crate) fn draw_all(spots: &[Self], paint: impl Fn(&str) -> String) -> String {
        let mut places = Vec::new();
        for (index, spot) in spots.iter().enumerate() {
            let same = index > 0 && spots[index - 1].file == spot.file;
            let file = if same { "" } else { &spot.file };
            places.push(format!(
                "{file}:{}:{} ({})",
                spot.line, spot.column, spot.label
            ));
        }
        format!("  {} {}\n", paint("┌─"), places.join(" · "))
    }
}

/// Where to find it, as editors understand it.
impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The nearest place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// A character as it is shown: a terminal gets no orders, and no other width than that of a letter.
fn plain(letter: char) -> char {
    match letter {
        '\t' => ' ',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, meant: &str) -> String {
        let start = text.find(meant).unwrap();
        let spot = Spot::new("s.toml", text, start..start + meant.len());
        spot.label("here").draw(str::to_owned)
    }

    #[test]
    fn what_is_meant_is_marked_in_its_line() {
        let text = "one\n가나 = retrys = 2\r\nthree\n";
        let expected = "  ┌─ s.toml:2:6\n 2│ 가나 = retrys = 2\n  │        ^^^^^^ here\n";
        assert_eq!(drawn(text, "retrys"), expected);
    }

    #[test]
    fn what_is_long_is_cut_and_what_is_no_letter_is_not_passed_on() {
        let long = format!("{}\u{1b}[31m= meant {}", "a".repeat(200), "b".repeat(200));
        let shown = drawn(&long, "meant");
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines[0].ends_with(":1:208"), "{shown}");
        assert!(lines[1].contains("…aaaa") && lines[1].ends_with("bbb…"));
        assert!(!shown.contains('\u{1b}') && shown.contains("\u{fffd}[31m"));
        let place = |line: &str, part: &str| line[..line.find(part).unwrap()].width();
        assert_eq!(place(lines[1], "meant"), place(lines[2], "^^^^^"));
    }

    #[test]
    fn a_place_may_go_over_lines_and_lie_at_the_very_end() {
        let shown = drawn("a = [\n 1,\n]\n", "[\n 1,\n]");
        assert!(shown.ends_with("  │     ^ here\n"), "{shown}");
        let end = Spot::new("s.toml", "a = 1\n", 6..6);
        assert_eq!(end.to_string(), "s.toml:2:1");
        assert_eq!(Spot::new("s.toml", "", 0..9).to_string(), "s.toml:1:1");
        assert_eq!(Spot::new("s.toml", "é", 1..2).to_string(), "s.toml:1:1");
    }

    #[test]
    fn several_places_stand_in_one_line() {
        let text = "a\nb\n";
        let spots = [(0, "first"), (2, "again")]
            .map(|(at, label)| Spot::new("s.toml", text, at..at + 1).label(label));
        let drawn = Spot::draw_all(&spots, str::to_owned);
        assert_eq!(drawn, "  ┌─ s.toml:1:1 (first) · :2:1 (again)\n");
    }
}
