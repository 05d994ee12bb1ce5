//! Markdown: tables, and pages that are partly written by hand.

/// A part of a page that is written anew each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The figures and verdicts.
    Figures,
    /// What becomes of speed and memory with more of everything.
    Growth,
    /// Instructions from submit to value.
    Instructions,
}

impl Section {
    /// The line where it begins.
    fn begin(self) -> &'static str {
        match self {
            Self::Figures => {
                "<!-- figures: made by `cargo xtask bench`, which writes all of them anew -->"
            }
            Self::Growth => {
                "<!-- growth: made by `cargo xtask bench growth`, which writes all of it anew -->"
            }
            Self::Instructions => {
                "<!-- instructions: made by `cargo xtask check callgrind`, which writes all of it anew -->"
            }
        }
    }

    /// The line where it ends.
    fn end(self) -> &'static str {
        match self {
            Self::Figures => "<!-- end of figures -->",
            Self::Growth => "<!-- end of growth -->",
            Self::Instructions => "<!-- end of instructions -->",
        }
    }
}

/// Puts a section into a page that has room for it; into a page without, at its end.
///
/// ```
/// use anypool_compare::bench::{Section, put_into};
///
/// let page = put_into("# How fast it is\n", Section::Figures, "ten");
/// assert!(put_into(&page, Section::Figures, "eleven").starts_with("# How fast it is\n"));
/// ```
pub fn put_into(page: &str, section: Section, text: &str) -> String {
    let around = page.split_once(section.begin()).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(section.end())?;
        Some((before.to_owned(), after))
    });
    let (before, after) = around.unwrap_or_else(|| {
        let words = if page.is_empty() {
            "# Performance\n"
        } else {
            page
        };
        (format!("{words}\n"), "\n")
    });
    format!(
        "{before}{}\n\n{text}\n{}{after}",
        section.begin(),
        section.end()
    )
}

/// A table whose first line is its head.
pub(crate) fn table<R: AsRef<[String]>>(lines: &[R]) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<String> = line
            .as_ref()
            .iter()
            .map(|cell| cell.replace('|', "\\|"))
            .collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
        if number == 0 {
            text.push_str(&format!("|{}\n", "---|".repeat(cells.len())));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_replaces_itself_and_leaves_the_words_around_it() {
        let first = put_into("", Section::Figures, "old");
        let page = format!(
            "{}\nWhy it is so.\n",
            first.replace("# Performance", "# Words")
        );
        let second = put_into(&page, Section::Figures, "new");
        assert!(second.starts_with("# Words\n") && second.ends_with("\nWhy it is so.\n"));
        assert!(second.contains("\nnew\n") && !second.contains("old"));
    }

    #[test]
    fn sections_leave_one_another_alone() {
        let both = put_into(
            &put_into("", Section::Figures, "ten"),
            Section::Growth,
            "more",
        );
        let again = put_into(&both, Section::Figures, "eleven");
        assert!(
            again.contains("\neleven\n")
                && again.contains("\nmore\n")
                && !again.contains("\nten\n")
        );
    }

    #[test]
    fn cells_keep_their_bars() {
        let lines = [["a|b", "c"].map(str::to_owned)];
        assert_eq!(table(&lines), "| a\\|b | c |\n|---|---|\n");
    }
}
