//! Whether a suite has the right form: known keys alone, each with a value of its form, and none missing.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::form::{Form, Key};
use super::wrong::Wrong;
use crate::nearest::nearest;
use crate::report::Report;

/// A table, as it is spoken of.
pub(super) struct Place {
    /// What kind of table it is: `task`.
    kind: String,
    /// Which one: task `hash`.
    name: String,
}

impl Place {
    /// The suite itself.
    pub(super) fn suite() -> Self {
        Self {
            kind: "suite".to_owned(),
            name: "the suite".to_owned(),
        }
    }

    fn named(kind: &str, name: &str) -> Self {
        let name = format!("{kind} `{name}`");
        let kind = kind.to_owned();
        Self { kind, name }
    }

    fn inside(&self, key: &str) -> Self {
        let name = match &*self.kind {
            "suite" => format!("`{key}`"),
            _ => format!("`{key}` of {}", self.name),
        };
        let kind = key.to_owned();
        Self { kind, name }
    }
}

/// Checks a table, which stands at `meant`, and all that is in it.
pub(super) fn table(
    wrong: &mut Wrong<'_>,
    table: &DeTable<'_>,
    meant: Range<usize>,
    keys: &'static [Key],
    place: &Place,
) {
    for (name, value) in table.iter() {
        let name_at = name.span();
        let name = name.get_ref();
        match keys.iter().find(|key| key.name == name) {
            Some(key) => self::value(wrong, value, &key.form, (key.name, place)),
            None => wrong.tell(unknown(wrong, name, name_at, keys, place)),
        }
    }
    for key in keys.iter().filter(|key| key.is_required) {
        if !table.contains_key(key.name) {
            let what = format!("{} has no `{}`", place.name, key.name);
            let label = format!("`{}` is {}", key.name, key.summary);
            let report = wrong.at(meant.clone(), &label, what);
            wrong.tell(report.note(format!("expected: {}", key.form)));
        }
    }
}

/// Checks the value of a key.
fn value(
    wrong: &mut Wrong<'_>,
    value: &Spanned<DeValue<'_>>,
    form: &'static Form,
    of: (&str, &Place),
) {
    let (key, place) = of;
    let inner = value.get_ref();
    if !form.takes(inner) || !form.accepts(inner) {
        return wrong.tell(misfit(wrong, value, form, of));
    }
    match form {
        Form::Any(forms) => {
            if let Some(form) = forms.iter().find(|form| form.takes(inner)) {
                self::value(wrong, value, form, of);
            }
        }
        Form::List(each) => {
            for item in inner.as_array().into_iter().flat_map(|list| list.iter()) {
                self::value(wrong, item, each, of);
            }
        }
        Form::Table(keys) => {
            if let Some(inner) = inner.as_table() {
                table(wrong, inner, value.span(), keys, &place.inside(key));
            }
        }
        Form::Names(kind, each) => {
            for (name, named) in inner.as_table().into_iter().flat_map(|table| table.iter()) {
                match (each, named.get_ref().as_table()) {
                    (Form::Table(keys), Some(inner)) => {
                        let place = Place::named(kind, name.get_ref());
                        table(wrong, inner, named.span(), keys, &place);
                    }
                    _ => {
                        let key = format!("{key}.{}", name.get_ref());
                        self::value(wrong, named, each, (&key, place));
                    }
                }
            }
        }
        Form::Tables(kind, keys) => {
            for item in inner.as_array().into_iter().flat_map(|list| list.iter()) {
                match item.get_ref().as_table() {
                    Some(inner) => {
                        let id = inner.get("id").and_then(|id| id.get_ref().as_str());
                        let place = Place::named(kind, id.unwrap_or("?"));
                        table(wrong, inner, item.span(), keys, &place);
                    }
                    None => wrong.tell(misfit(wrong, item, form, of)),
                }
            }
        }
        _ => {}
    }
}

fn unknown(
    wrong: &Wrong<'_>,
    name: &str,
    name_at: Range<usize>,
    keys: &[Key],
    place: &Place,
) -> Report {
    let names: Vec<_> = keys.iter().map(|key| key.name).collect();
    let label = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "no such key".to_owned(),
    };
    let what = format!("unknown key `{name}` in {}", place.name);
    wrong
        .at(name_at, &label, what)
        .note(format!("{} keys: {}", place.kind, names.join(", ")))
        .note(format!("see: {} help suite", wrong.text.program))
}

/// A value that does not have the form of its key.
fn misfit(
    wrong: &Wrong<'_>,
    value: &Spanned<DeValue<'_>>,
    form: &Form,
    (key, place): (&str, &Place),
) -> Report {
    let inner = value.get_ref();
    let label = match (form, inner) {
        (Form::Limit | Form::Pause, DeValue::Integer(number)) => {
            format!("write \"{}s\", if that is in seconds", number.as_str())
        }
        (Form::Size, DeValue::Integer(number)) => {
            format!("write \"{}B\", if that is in bytes", number.as_str())
        }
        (Form::Size, DeValue::String(_)) => "each size has its unit".to_owned(),
        (Form::Word(words), DeValue::String(text)) => match nearest(text, words.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "no such word".to_owned(),
        },
        (_, DeValue::String(_)) if form.takes(inner) => "this is none".to_owned(),
        _ if form.takes(inner) => "out of its range".to_owned(),
        _ => format!("this is {}", type_of(inner)),
    };
    let what = format!("`{key}` of {} cannot be this", place.name);
    let report = wrong.at(value.span(), &label, what);
    report.note(format!("expected: {form}"))
}

fn type_of(value: &DeValue<'_>) -> &'static str {
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
