//! How many tasks of a map travel together.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// A size of batches, or that the pool finds it itself.
///
/// ```
/// use anypool_compare::Batch;
///
/// assert_eq!("auto".parse(), Ok(Batch::AUTO));
/// assert!("0".parse::<Batch>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch(Option<NonZeroU32>);

/// Why a text is no size of batches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no size of batches: {AUTO}, or a number of tasks from 1 to {MOST}")]
pub struct BatchError {
    text: String,
}

const AUTO: &str = "auto";

/// What runners take.
const MOST: u32 = 65_536;

impl Batch {
    /// As many as the pool finds to be good, by how long they take.
    pub const AUTO: Self = Self(None);

    /// Whether the pool finds it itself.
    pub fn is_auto(self) -> bool {
        self == Self::AUTO
    }
}

impl FromStr for Batch {
    type Err = BatchError;

    fn from_str(text: &str) -> Result<Self, BatchError> {
        if text == AUTO {
            return Ok(Self::AUTO);
        }
        let tasks = text.parse().ok();
        let tasks = tasks.filter(|tasks: &NonZeroU32| tasks.get() <= MOST);
        let error = || BatchError {
            text: text.to_owned(),
        };
        tasks.map(|tasks| Self(Some(tasks))).ok_or_else(error)
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(tasks) => tasks.fmt(f),
            None => f.write_str(AUTO),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_number_of_tasks_or_left_to_the_pool() {
        for text in ["auto", "1", "65536"] {
            assert_eq!(text.parse::<Batch>().unwrap().to_string(), text);
        }
        for wrong in ["0", "-1", "65537", "Auto", "1.5", ""] {
            let error = wrong.parse::<Batch>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{wrong}` is no size")),
                "{error}"
            );
        }
    }
}
