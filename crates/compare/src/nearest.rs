//! "Did you mean": a name that is not known, and the known one it looks like.

use std::fmt;

/// A name on the command line that stands for nothing.
///
/// ```
/// let error = anypool_compare::Arm::parse("thread").unwrap_err();
/// assert!(error.to_string().contains("did you mean `threads`?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// What was to be named: a comparison, an arm.
    pub kind: &'static str,
    /// The name as given.
    pub given: String,
    /// All the names there are.
    pub known: Vec<String>,
}

/// Below this likeness (1 is equal) a suggestion would be a guess.
const ALIKE: f64 = 0.7;

impl UnknownName {
    fn nearest(&self) -> Option<&str> {
        let likeness = |known: &str| strsim::jaro_winkler(&self.given, known);
        let best = self
            .known
            .iter()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(best) >= ALIKE).then_some(best)
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no {} `{}`", self.kind, self.given)?;
        if let Some(nearest) = self.nearest() {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        write!(f, "\n  = there are: {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(given: &str) -> String {
        let known = vec!["tutorial-map".to_owned(), "cpu".to_owned()];
        UnknownName {
            kind: "comparison",
            given: given.to_owned(),
            known,
        }
        .to_string()
    }

    #[test]
    fn suggests_what_looks_alike_and_lists_what_there_is() {
        let list = "\n  = there are: tutorial-map, cpu";
        assert_eq!(
            text("cpuu"),
            format!("there is no comparison `cpuu`; did you mean `cpu`?{list}")
        );
        assert_eq!(text("xyz"), format!("there is no comparison `xyz`{list}"));
    }
}
