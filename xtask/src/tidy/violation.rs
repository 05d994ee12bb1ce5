//! A broken house rule, told so that its author can act on it: what, where, why, what to do.

use std::fmt;

/// One place that breaks one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The rule's short name, as tests and the summary use it.
    pub(crate) rule: &'static str,
    /// The file, relative to the root of the tree.
    pub(crate) file: String,
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// What is wrong, in one sentence.
    pub(crate) what: String,
    /// Why the rule exists.
    pub(crate) why: &'static str,
    /// What the author can do.
    pub(crate) help: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.what)?;
        writeln!(f, "  ┌─ {}:{}", self.file, self.line)?;
        writeln!(f, "  = {} (rule `{}`)", self.why, self.rule)?;
        write!(f, "help: {}", self.help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_where_why_and_what_to_do() {
        let violation = Violation {
            rule: "length",
            file: "a.rs".to_owned(),
            line: 301,
            what: "too long".to_owned(),
            why: "long files hide things",
            help: "split it".to_owned(),
        };
        assert_eq!(
            violation.to_string(),
            "error: too long\n  ┌─ a.rs:301\n  = long files hide things (rule `length`)\nhelp: split it"
        );
    }
}
