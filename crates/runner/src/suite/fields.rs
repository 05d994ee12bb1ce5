//! The values of a table whose form was checked: what had no right form is not there.

use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::form;
use crate::size;

/// A table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'t>(pub(super) &'t DeTable<'t>);

/// A text with its place.
pub(super) type Placed<'t> = Spanned<&'t str>;

impl<'t> Fields<'t> {
    /// The value of a key.
    pub(super) fn get(self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.0.get(key)
    }

    pub(super) fn text(self, key: &str) -> Option<&'t str> {
        self.get(key)?.get_ref().as_str()
    }

    pub(super) fn placed(self, key: &str) -> Option<Placed<'t>> {
        placed(self.get(key)?)
    }

    /// One text or several.
    pub(super) fn texts(self, key: &str) -> Vec<Placed<'t>> {
        match self.get(key) {
            Some(value) if value.get_ref().is_str() => placed(value).into_iter().collect(),
            Some(value) => {
                let list = value.get_ref().as_array().into_iter();
                list.flat_map(|list| list.iter())
                    .filter_map(placed)
                    .collect()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn time(self, key: &str) -> Option<Duration> {
        form::time(self.text(key)?)
    }

    pub(super) fn size(self, key: &str) -> Option<u64> {
        size::parse(self.text(key)?).ok()
    }

    pub(super) fn whole(self, key: &str) -> Option<u64> {
        form::whole(self.get(key)?.get_ref())
    }

    pub(super) fn real(self, key: &str) -> Option<f64> {
        form::real(self.get(key)?.get_ref())
    }

    pub(super) fn flag(self, key: &str) -> Option<bool> {
        self.get(key)?.get_ref().as_bool()
    }

    pub(super) fn table(self, key: &str) -> Option<Fields<'t>> {
        self.get(key)?.get_ref().as_table().map(Fields)
    }

    /// The names in the table of this key with their values, in the order of the file.
    pub(super) fn names(self, key: &str) -> Vec<(Placed<'t>, &'t Spanned<DeValue<'t>>)> {
        let table = self.table(key).into_iter().flat_map(|table| table.0.iter());
        let mut names: Vec<_> = table
            .map(|(name, value)| (Spanned::new(name.span(), &**name.get_ref()), value))
            .collect();
        names.sort_by_key(|(name, _)| name.span().start);
        names
    }

    /// Something that may be written as a number or as a text.
    pub(super) fn written<T: std::str::FromStr>(self, key: &str) -> Option<T> {
        scalar(self.get(key)?)?.parse().ok()
    }
}

fn placed<'t>(value: &'t Spanned<DeValue<'t>>) -> Option<Placed<'t>> {
    let text = value.get_ref().as_str()?;
    Some(Spanned::new(value.span(), text))
}

/// A value without parts, as it would be typed on a command line.
pub(super) fn scalar(value: &Spanned<DeValue<'_>>) -> Option<String> {
    Some(match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Float(float) => float.as_str().to_owned(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().to_owned(),
        value @ DeValue::Integer(_) => form::whole(value)?.to_string(),
        _ => return None,
    })
}
