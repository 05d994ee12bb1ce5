//! Patterns of names: `*` stands for any letters and `?` for one, and all else for itself.
//!
//! Names of tasks have brackets in them (`square[n=3]`), so those mean nothing here.

use std::fmt;
use std::str::FromStr;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(pattern: &str) -> Self {
        Self(pattern.to_owned())
    }

    /// Whether it stands for more than itself.
    pub(crate) fn is_open(&self) -> bool {
        self.0.contains(['*', '?'])
    }

    /// Whether a name is one of those that it stands for.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let (mut pattern, mut name) = (self.0.chars(), name.chars());
        // Where to go on if what comes after the last star does not fit: that star takes one letter more.
        let mut retry = None;
        loop {
            let before = pattern.clone();
            let fits = match pattern.next() {
                Some('*') => {
                    retry = Some((pattern.clone(), name.clone()));
                    continue;
                }
                Some('?') => name.next().is_some(),
                Some(letter) => name.clone().next() == Some(letter) && name.next().is_some(),
                None => name.as_str().is_empty(),
            };
            match (fits, before.as_str().is_empty()) {
                (true, true) => return true,
                (true, false) => {}
                (false, _) => {
                    let Some((after_star, rest)) = &mut retry else {
                        return false;
                    };
                    if rest.next().is_none() {
                        return false;
                    }
                    pattern = after_star.clone();
                    name = rest.clone();
                }
            }
        }
    }
}

impl FromStr for Pattern {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_letters_and_brackets_for_themselves() {
        for (pattern, name, fits) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "가나", true),
            ("square[n=3]", "square[n=3]", true),
            ("square[n=3]", "squaren", false),
            ("square[*]", "square[n=3]", true),
            ("square*", "square", true),
            ("s?uare", "square", true),
            ("s?uare", "suare", false),
            ("?", "가", true),
            ("?", "", false),
            ("*.png]", "thumbs[a.png.png]", true),
            ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1b2b3", false),
            ("*a", "ab", false),
            ("ab", "a", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(name),
                fits,
                "{pattern} {name}"
            );
        }
    }

    #[test]
    fn a_hostile_pattern_ends_soon() {
        let stars = Pattern::new(&"*a".repeat(50));
        assert!(!stars.matches(&format!("{}b", "a".repeat(5_000))));
    }
}
