//! What one round gives: numbers by name, on one line.

use std::fmt;

/// The numbers of one round.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Reading(Vec<(&'static str, f64)>);

impl Reading {
    /// One number.
    pub(crate) fn of(name: &'static str, value: f64) -> Self {
        Self(vec![(name, value)])
    }

    /// Another number.
    pub(crate) fn and(mut self, name: &'static str, value: f64) -> Self {
        self.0.push((name, value));
        self
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ok")?;
        self.0
            .iter()
            .try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}
