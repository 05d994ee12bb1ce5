//! All that is wrong with a file, each with its place.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A comparison's file is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    file: PathBuf,
    faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    what: String,
    /// Where it is, unless it is all of the file.
    place: Option<Place>,
    notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
    text: String,
    length: usize,
    label: String,
}

/// Gathers what is wrong while a file is read.
#[derive(Debug)]
pub(super) struct Wrong<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

impl<'t> Wrong<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            faults: Vec::new(),
        }
    }

    /// Something is wrong at a place, of which the label says more.
    pub(super) fn at(&mut self, span: Range<usize>, what: String, label: &str) -> &mut Vec<String> {
        let (place, notes) = (Some(self.place(span, label)), Vec::new());
        self.faults.push(Fault { what, place, notes });
        let last = self.faults.len() - 1;
        &mut self.faults[last].notes
    }

    fn place(&self, span: Range<usize>, label: &str) -> Place {
        let start = self.boundary(span.start);
        let end = self.boundary(span.end).max(start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let meant = self.text[start..end].lines().next().unwrap_or_default();
        Place {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            text: line.to_owned(),
            length: meant.chars().count().max(1),
            label: label.to_owned(),
        }
    }

    /// The last place at or before this one that is between two letters.
    fn boundary(&self, at: usize) -> usize {
        let places = (0..=at.min(self.text.len())).rev();
        let mut between = places.filter(|place| self.text.is_char_boundary(*place));
        between.next().unwrap_or_default()
    }

    /// Everything, in the order of the file, or nothing.
    pub(super) fn finish(mut self, file: &Path) -> Result<(), FileError> {
        if self.faults.is_empty() {
            return Ok(());
        }
        self.faults
            .sort_by_key(|fault| fault.place.as_ref().map(|place| (place.line, place.column)));
        Err(FileError {
            file: file.to_owned(),
            faults: self.faults,
        })
    }
}

impl FileError {
    /// Something is wrong with a file as a whole.
    pub(super) fn whole(file: &Path, what: String) -> Self {
        Self {
            file: file.to_owned(),
            faults: vec![Fault {
                what,
                place: None,
                notes: Vec::new(),
            }],
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            if number > 0 {
                write!(f, "\nerror: ")?;
            }
            write!(f, "{}", fault.what)?;
            let file = self.file.display();
            match &fault.place {
                Some(place) => place.write(f, &file.to_string())?,
                None => write!(f, "\n  ┌─ {file}")?,
            }
            for note in &fault.notes {
                write!(f, "\n  = {note}")?;
            }
        }
        Ok(())
    }
}

impl Place {
    fn write(&self, f: &mut fmt::Formatter<'_>, file: &str) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent: String = self
            .text
            .chars()
            .take(self.column - 1)
            .map(|letter| if letter == '\t' { '\t' } else { ' ' })
            .collect();
        let marks = "^".repeat(self.length);
        write!(
            f,
            "\n{gutter} ┌─ {file}:{}:{}\n{number} │ {}\n{gutter} │ {indent}{marks} {}",
            self.line, self.column, self.text, self.label
        )
    }
}

impl std::error::Error for FileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_shown_where_it_is() {
        let text = "a = 1\n\tb = \"two\"\n";
        let mut wrong = Wrong::new(text);
        let at = text.find("\"two\"").unwrap();
        wrong
            .at(
                at..at + 5,
                "`b` cannot be this".to_owned(),
                "this is a text",
            )
            .push("expected: a number".to_owned());
        wrong.at(0..1, "unknown key `a`".to_owned(), "no such key");
        let error = wrong.finish(Path::new("x.toml")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown key `a`\n  ┌─ x.toml:1:1\n1 │ a = 1\n  │ ^ no such key\n\
             error: `b` cannot be this\n  ┌─ x.toml:2:6\n2 │ \tb = \"two\"\n  │ \t    ^^^^^ this is a text\n  \
             = expected: a number"
        );
    }

    #[test]
    fn nothing_wrong_is_no_error() {
        assert_eq!(Wrong::new("").finish(Path::new("x")), Ok(()));
    }
}
