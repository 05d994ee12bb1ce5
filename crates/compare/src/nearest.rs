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

/// Of how many letters one may be wrong; beyond that a suggestion would be a guess.
const LETTERS_A_SLIP: usize = 3;

impl UnknownName {
    fn nearest(&self) -> Option<&str> {
        nearest(&self.given, self.known.iter().map(String::as_str))
    }
}

/// Finds the one of `all` that has the name as given.
pub(crate) fn named<T: Copy>(
    kind: &'static str,
    all: &[T],
    name: fn(T) -> &'static str,
    given: &str,
) -> Result<T, UnknownName> {
    let found = all.iter().copied().find(|one| name(*one) == given);
    found.ok_or_else(|| UnknownName {
        kind,
        given: given.to_owned(),
        known: all.iter().map(|one| name(*one).to_owned()).collect(),
    })
}

/// The known name that looks most like the given one, if it looks like it at all.
pub(crate) fn nearest<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let slips = |known: &str| strsim::osa_distance(given, known);
    let most = given.chars().count().div_ceil(LETTERS_A_SLIP);
    let best = known.into_iter().min_by_key(|known| slips(known))?;
    (slips(best) <= most).then_some(best)
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no {} `{}`", self.kind, self.given)?;
        if let Some(nearest) = self.nearest() {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        match &self.known[..] {
            [] => write!(f, "\n  = there is none at all"),
            known => write!(f, "\n  = there are: {}", known.join(", ")),
        }
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
    fn a_short_word_that_shares_letters_is_no_suggestion() {
        let error = crate::arm::Arm::parse("foo").unwrap_err().to_string();
        assert!(!error.contains("did you mean"), "{error}");
    }

    #[test]
    fn suggests_what_looks_alike_and_lists_what_there_is() {
        let list = "\n  = there are: tutorial-map, cpu";
        assert_eq!(
            text("cpuu"),
            format!("there is no comparison `cpuu`; did you mean `cpu`?{list}")
        );
        for far in ["xyz", "cat"] {
            assert_eq!(text(far), format!("there is no comparison `{far}`{list}"));
        }
    }
}
