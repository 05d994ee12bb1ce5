//! What the value of a key may look like.

use std::fmt;
use std::time::Duration;

use toml::de::DeValue;

use crate::size;

/// A key of a table.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) is_required: bool,
    /// What it is for, in a line.
    pub(super) summary: &'static str,
}

/// What a value may look like.
#[derive(Debug)]
pub(super) enum Form {
    /// A text.
    Text,
    /// A time above nothing, with its unit: `"30s"`.
    Limit,
    /// A time with its unit, which may be `"0s"`.
    Pause,
    /// A size with its unit: `"64MiB"`.
    Size,
    /// A whole number, both ends included.
    Whole(u64, u64),
    /// A number above 0.
    Real,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text that is written as on the command line.
    Written(Written),
    /// A text, a number, or `true` or `false`: what a parameter takes.
    Scalar,
    /// A list.
    List(&'static Form),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table whose keys are names; each is a thing of this kind.
    Names(&'static str, &'static Form),
    /// A list of such tables; each is a thing of this kind.
    Tables(&'static str, &'static [Key]),
    /// One of these.
    Any(&'static [Form]),
}

/// A text that is written as on the command line.
#[derive(Debug)]
pub(super) struct Written {
    /// What it is.
    pub(super) what: &'static str,
    /// The same as a regular expression.
    pub(super) pattern: &'static str,
    /// Whether a text is one.
    pub(super) is_one: fn(&str) -> bool,
}

impl Key {
    /// A key that may be left out.
    pub(super) const fn new(name: &'static str, form: Form, summary: &'static str) -> Self {
        Self {
            name,
            form,
            is_required: false,
            summary,
        }
    }

    /// A key that must be there.
    pub(super) const fn required(name: &'static str, form: Form, summary: &'static str) -> Self {
        Self {
            is_required: true,
            ..Self::new(name, form, summary)
        }
    }
}

impl Form {
    /// Whether a value is of the right type, whatever is in it.
    pub(super) fn takes(&self, value: &DeValue<'_>) -> bool {
        match self {
            Self::Text
            | Self::Limit
            | Self::Pause
            | Self::Size
            | Self::Word(_)
            | Self::Written(_) => value.is_str(),
            Self::Whole(..) => value.is_integer(),
            Self::Real => value.is_integer() || value.is_float(),
            Self::Flag => value.is_bool(),
            Self::Scalar => !value.is_array() && !value.is_table() && !value.is_datetime(),
            Self::List(_) | Self::Tables(..) => value.is_array(),
            Self::Table(_) | Self::Names(..) => value.is_table(),
            Self::Any(forms) => forms.iter().any(|form| form.takes(value)),
        }
    }

    /// Whether a value without parts is one of these, given that its type is right.
    pub(super) fn accepts(&self, value: &DeValue<'_>) -> bool {
        let text = value.as_str().unwrap_or_default();
        match self {
            Self::Limit => time(text).is_some_and(|time| !time.is_zero()),
            Self::Pause => time(text).is_some(),
            Self::Size => {
                // A bare number is a size on the command line; here, every size has its unit.
                size::parse(text).is_ok() && text.ends_with(|letter: char| letter.is_alphabetic())
            }
            Self::Whole(least, most) => {
                whole(value).is_some_and(|number| (*least..=*most).contains(&number))
            }
            Self::Real => real(value).is_some_and(|number| number > 0.0 && number.is_finite()),
            Self::Word(words) => words.contains(&text),
            Self::Written(written) => (written.is_one)(text),
            _ => true,
        }
    }
}

/// A time as it is written.
pub(super) fn time(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok()
}

/// A whole number that is not negative.
pub(super) fn whole(value: &DeValue<'_>) -> Option<u64> {
    let integer = value.as_integer()?;
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A number.
pub(super) fn real(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(float) => float.as_str().parse().ok(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
        _ => None,
    }
}

/// What is expected, in words.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a text"),
            Self::Limit => f.write_str("a time like \"30s\" or \"1m 30s\", above 0"),
            Self::Pause => f.write_str("a time like \"30s\" or \"200ms\""),
            Self::Size => f.write_str("a size like \"64MiB\""),
            Self::Whole(only, most) if only == most => only.fmt(f),
            Self::Whole(least, u64::MAX) => write!(f, "a whole number from {least}"),
            Self::Whole(least, most) => write!(f, "a whole number from {least} to {most}"),
            Self::Real => f.write_str("a number above 0"),
            Self::Flag => f.write_str("true or false"),
            Self::Word(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                f.write_str(&words.join(", "))
            }
            Self::Written(written) => f.write_str(written.what),
            Self::Scalar => f.write_str("a text, a number, true or false"),
            Self::List(each) => write!(f, "a list, each {each}"),
            Self::Table(keys) => {
                let keys: Vec<_> = keys.iter().map(|key| key.name).collect();
                write!(f, "a table with {}", keys.join(", "))
            }
            Self::Names(kind, each) => match each {
                Self::Table(_) => write!(f, "a table for each {kind}"),
                each => write!(f, "a table with {each} for each {kind}"),
            },
            Self::Tables(kind, _) => write!(f, "a table for each {kind}, under [[{kind}]]"),
            Self::Any(forms) => {
                let forms: Vec<_> = forms.iter().map(ToString::to_string).collect();
                f.write_str(&forms.join("; or "))
            }
        }
    }
}
