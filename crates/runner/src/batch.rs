//! How many inputs of a map go to a worker together.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// What `--batch` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Batch {
    /// By how long they take.
    Auto,
    /// So many.
    Fixed(NonZeroUsize),
}

/// More are never sent at once.
const MOST: usize = 65_536;

impl Batch {
    /// How many, where that is fixed.
    pub(crate) fn fixed(self) -> Option<NonZeroUsize> {
        match self {
            Self::Auto => None,
            Self::Fixed(items) => Some(items),
        }
    }
}

impl FromStr for Batch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let items: Option<NonZeroUsize> = text.parse().ok();
        let items = items.filter(|items| items.get() <= MOST);
        items
            .map(Self::Fixed)
            .ok_or_else(|| format!("expected `auto` or a number from 1 to {MOST}"))
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Fixed(items) => items.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_number_or_left_to_the_pool() {
        assert_eq!("auto".parse(), Ok(Batch::Auto));
        assert_eq!("7".parse::<Batch>().unwrap().fixed(), NonZeroUsize::new(7));
        for batch in ["auto", "65536"] {
            assert_eq!(batch.parse::<Batch>().unwrap().to_string(), batch);
        }
        for wrong in ["0", "-1", "65537", "much", ""] {
            assert!(wrong.parse::<Batch>().is_err(), "{wrong}");
        }
    }
}
