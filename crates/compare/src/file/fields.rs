//! The keys of a table: read one by one, and what is left over is unknown.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::wrong::Wrong;
use crate::nearest::nearest;

/// A table of a file, and what it is called.
#[derive(Debug)]
pub(super) struct Fields<'w, 't> {
    wrong: &'w RefCell<Wrong<'t>>,
    table: &'w DeTable<'w>,
    at: Range<usize>,
    name: String,
    known: Vec<&'static str>,
}

/// A value and its place.
pub(super) type Value<'w> = &'w Spanned<DeValue<'w>>;

impl<'w, 't> Fields<'w, 't> {
    pub(super) fn new(
        wrong: &'w RefCell<Wrong<'t>>,
        table: &'w DeTable<'w>,
        at: Range<usize>,
        name: &str,
    ) -> Self {
        Self {
            wrong,
            table,
            at,
            name: name.to_owned(),
            known: Vec::new(),
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&mut self, key: &'static str) -> Option<Value<'w>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table.get(key)
    }

    /// A value that `read` understands; where it does not, that is wrong, and `expected` says what it should be.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'w DeValue<'w>) -> Option<T>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let found = read(value.get_ref());
        if found.is_none() {
            self.misfit(key, value, expected);
        }
        found
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.read(key, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// A whole number in a range.
    pub(super) fn whole(&mut self, key: &'static str, least: u32, most: u32) -> Option<u32> {
        let expected = format!("a whole number from {least} to {most}");
        self.read(key, &expected, |value| {
            whole(value).filter(|number| (least..=most).contains(number))
        })
    }

    /// A text that stands for something; where it does not, the reason is told.
    pub(super) fn parsed<T, E: ToString>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.misfit(key, value, "a text");
            return None;
        };
        match parse(text) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.fault(value.span(), &error.to_string());
                None
            }
        }
    }

    /// A list of texts that stand for something each, with their places; of each that does not, the reason is told.
    pub(super) fn each<T, E: ToString>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<(Range<usize>, T)>> {
        let value = self.get(key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.misfit(key, value, "a list of texts");
            return None;
        };
        let read = |item: Value<'w>| match item.get_ref().as_str().map(&parse) {
            Some(Ok(parsed)) => Some((item.span(), parsed)),
            Some(Err(error)) => {
                self.fault(item.span(), &error.to_string());
                None
            }
            None => {
                self.misfit(key, item, "a text");
                None
            }
        };
        Some(list.iter().filter_map(read).collect())
    }

    /// A table within this one.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Fields<'w, 't>> {
        let value = self.get(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.misfit(key, value, "a table");
            return None;
        };
        Some(Self::new(
            self.wrong,
            table,
            value.span(),
            &format!("[{key}]"),
        ))
    }

    /// Tables of a list.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Fields<'w, 't>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            self.misfit(key, value, &format!("tables, each under [[{key}]]"));
            return Vec::new();
        };
        let tables = list
            .iter()
            .filter_map(|item| match item.get_ref().as_table() {
                Some(table) => Some(Self::new(
                    self.wrong,
                    table,
                    item.span(),
                    &format!("[[{key}]]"),
                )),
                None => {
                    self.misfit(key, item, &format!("a table under [[{key}]]"));
                    None
                }
            });
        tables.collect()
    }

    /// A key must be there.
    pub(super) fn required<T>(&self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.has(key) {
            let what = format!("{} has no `{key}`", self.name);
            self.wrong.borrow_mut().at(self.at.clone(), what, "");
        }
        value
    }

    /// Whether a key is there, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// What is wrong at a place.
    pub(super) fn fault(&self, at: Range<usize>, what: &str) {
        let mut lines = what.lines();
        let first = lines.next().unwrap_or_default().to_owned();
        let notes = lines.map(|line| line.trim().trim_start_matches("= ").to_owned());
        let notes: Vec<String> = notes.collect();
        self.wrong.borrow_mut().at(at, first, "").extend(notes);
    }

    /// Where the table stands.
    pub(super) fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// All keys with their values, as they are.
    pub(super) fn pairs(&mut self) -> Vec<(String, Value<'w>)> {
        let pairs = self.table.iter();
        pairs
            .map(|(name, value)| (name.get_ref().to_string(), value))
            .collect()
    }

    /// Says which keys are not known, once all that are known have been asked for.
    pub(super) fn finish(self) {
        for (name, _) in self.table.iter() {
            let given = name.get_ref().as_ref();
            if self.known.contains(&given) {
                continue;
            }
            let label = match nearest(given, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "no such key".to_owned(),
            };
            let what = format!("unknown key `{given}` in {}", self.name);
            let mut wrong = self.wrong.borrow_mut();
            let notes = wrong.at(name.span(), what, &label);
            notes.push(format!("its keys: {}", self.known.join(", ")));
        }
    }

    /// A value that cannot be this.
    pub(super) fn misfit(&self, key: &str, value: Value<'_>, expected: &str) {
        let what = format!("`{key}` of {} cannot be this", self.name);
        let mut wrong = self.wrong.borrow_mut();
        let notes = wrong.at(
            value.span(),
            what,
            &format!("this is {}", kind(value.get_ref())),
        );
        notes.push(format!("expected: {expected}"));
    }
}

/// A whole number that is not negative.
pub(super) fn whole(value: &DeValue<'_>) -> Option<u32> {
    let integer = value.as_integer()?;
    u32::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A value without parts, as it would be typed on a command line.
pub(super) fn scalar(value: &DeValue<'_>) -> Option<String> {
    Some(match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Float(float) => float.as_str().to_owned(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().replace('_', ""),
        _ => return None,
    })
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
