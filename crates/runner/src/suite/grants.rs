//! What tasks are granted, each value where it is said: by a task, by a profile, by the suite.

use std::time::Duration;

use toml::de::DeValue;

use super::fields::Fields;
use crate::engine::terms::{Backoff, Retries, Terms};

/// What tasks are granted, as far as somebody says so.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Grants {
    pub(crate) timeout: Option<Duration>,
    pub(crate) grace: Option<Duration>,
    pub(crate) slow_after: Option<Duration>,
    pub(crate) retries: Option<Retries>,
}

impl Grants {
    pub(super) fn read(fields: Fields<'_>) -> Self {
        Self {
            timeout: fields.time("timeout"),
            grace: fields.time("grace"),
            slow_after: fields.time("slow-after"),
            retries: retries(fields),
        }
    }

    /// These, and where they say nothing, those.
    #[must_use]
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            timeout: self.timeout.or(others.timeout),
            grace: self.grace.or(others.grace),
            slow_after: self.slow_after.or(others.slow_after),
            retries: self.retries.or(others.retries),
        }
    }

    /// The terms that come of it.
    pub(super) fn terms(self) -> Terms {
        let terms = Terms::default();
        Terms {
            timeout: self.timeout,
            grace: self.grace.unwrap_or(terms.grace),
            slow_after: self.slow_after,
            retries: self.retries.unwrap_or_default(),
            ..terms
        }
    }
}

impl From<Terms> for Grants {
    fn from(terms: Terms) -> Self {
        Self {
            timeout: terms.timeout,
            grace: Some(terms.grace),
            slow_after: terms.slow_after,
            retries: Some(terms.retries),
        }
    }
}

fn retries(fields: Fields<'_>) -> Option<Retries> {
    let given = fields.get("retries")?;
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let plain = Retries::default();
    if let DeValue::Integer(_) = given.get_ref() {
        let count = count(fields.whole("retries")?);
        return Some(Retries { count, ..plain });
    }
    let table = fields.table("retries")?;
    Some(Retries {
        count: count(table.whole("count")?),
        backoff: match table.text("backoff") {
            Some("exponential") => Backoff::Exponential,
            _ => Backoff::Fixed,
        },
        delay: table.time("delay").unwrap_or(plain.delay),
        max_delay: table.time("max-delay").unwrap_or(plain.max_delay),
        jitter: table.flag("jitter").unwrap_or(plain.jitter),
    })
}
