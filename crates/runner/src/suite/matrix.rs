//! A matrix: parameters with several values, and every combination of them.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Fields, scalar};
use super::range::range;

/// A parameter with its values.
#[derive(Debug)]
pub(super) struct Axis {
    pub(super) name: String,
    pub(super) values: Values,
}

#[derive(Debug)]
pub(super) enum Values {
    /// From the first to the last.
    Range(u64, u64),
    /// These.
    List(Vec<String>),
}

impl Axis {
    /// Reads all of a task's, in the order of the file.
    pub(super) fn read_all(task: Fields<'_>) -> Vec<(Self, &Spanned<DeValue<'_>>)> {
        let names = task.names("matrix").into_iter();
        let axes = names.filter_map(|(name, value)| {
            let values = match value.get_ref() {
                DeValue::String(text) => {
                    let (first, last) = range(text)?;
                    Values::Range(first, last)
                }
                DeValue::Array(list) => Values::List(list.iter().filter_map(scalar).collect()),
                _ => return None,
            };
            let name = (*name.get_ref()).to_owned();
            Some((Self { name, values }, value))
        });
        axes.collect()
    }

    pub(super) fn len(&self) -> u64 {
        match &self.values {
            Values::Range(first, last) => (last - first).saturating_add(1),
            Values::List(values) => values.len() as u64,
        }
    }

    pub(super) fn value(&self, place: u64) -> Cow<'_, str> {
        match &self.values {
            Values::Range(first, _) => (first + place).to_string().into(),
            Values::List(values) => {
                let value = usize::try_from(place)
                    .ok()
                    .and_then(|place| values.get(place));
                value.map_or("", String::as_str).into()
            }
        }
    }
}
