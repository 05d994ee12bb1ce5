//! The instances of a task: every combination of its matrix with every input.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;

use super::matrix::Axis;
use crate::excerpt::Excerpt;

/// The instances of a task.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) axes: Vec<Axis>,
    pub(super) inputs: Option<Vec<OsString>>,
}

/// What one of them is given.
#[derive(Debug)]
pub(super) struct Row<'r> {
    /// Its place among all, from 0.
    pub(super) index: u64,
    /// A value for each axis of the matrix.
    pub(super) values: Vec<Cow<'r, str>>,
    pub(super) input: Option<&'r OsStr>,
}

impl Rows {
    /// How many there are; beyond what can be counted, as many as can.
    pub(super) fn len(&self) -> u64 {
        let inputs = self.inputs.as_ref().map_or(1, |inputs| inputs.len() as u64);
        let lengths = self.axes.iter().map(Axis::len);
        lengths.fold(inputs, u64::saturating_mul)
    }

    /// The one at this place; the last of its dimensions changes first.
    pub(super) fn row(&self, index: u64) -> Row<'_> {
        let mut rest = index;
        let input = self.inputs.as_ref().and_then(|inputs| {
            let length = inputs.len() as u64;
            let place = usize::try_from(rest.checked_rem(length)?).ok()?;
            rest /= length;
            inputs.get(place).map(OsString::as_os_str)
        });
        let mut values = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            values.push(axis.value(rest.checked_rem(axis.len()).unwrap_or(0)));
            rest = rest.checked_div(axis.len()).unwrap_or(0);
        }
        values.reverse();
        Row {
            index,
            values,
            input,
        }
    }

    /// What one of them is called, given its task's id: `square[n=3]`.
    pub(super) fn id(&self, task: &str, row: &Row<'_>) -> String {
        let mut id = task.to_owned();
        let mut open = '[';
        // Writing to a string cannot fail.
        for (axis, value) in self.axes.iter().zip(&row.values) {
            let _ = write!(id, "{open}{}={}", axis.name, Excerpt(value));
            open = ',';
        }
        if let Some(input) = row.input {
            let _ = write!(id, "{open}{}", Excerpt(&input.to_string_lossy()));
            open = ',';
        }
        if open == ',' {
            id.push(']');
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::Values;
    use super::*;

    fn axis(name: &str, values: Values) -> Axis {
        let name = name.to_owned();
        Axis { name, values }
    }

    fn ids(rows: &Rows) -> Vec<String> {
        let ids = (0..rows.len()).map(|index| rows.id("t", &rows.row(index)));
        ids.collect()
    }

    #[test]
    fn every_combination_comes_once_and_the_last_dimension_changes_first() {
        let rows = Rows {
            axes: vec![
                axis("a", Values::Range(8, 9)),
                axis("b", Values::List(vec!["x".into(), "y".into()])),
            ],
            inputs: Some(vec!["1".into(), "2".into()]),
        };
        let expected = [
            "t[a=8,b=x,1]",
            "t[a=8,b=x,2]",
            "t[a=8,b=y,1]",
            "t[a=8,b=y,2]",
            "t[a=9,b=x,1]",
            "t[a=9,b=x,2]",
            "t[a=9,b=y,1]",
            "t[a=9,b=y,2]",
        ];
        assert_eq!(ids(&rows), expected);
    }

    #[test]
    fn a_task_without_dimensions_is_one_instance_and_without_inputs_none() {
        assert_eq!(ids(&Rows::default()), ["t"]);
        let none = Rows {
            axes: Vec::new(),
            inputs: Some(Vec::new()),
        };
        assert_eq!(none.len(), 0);
    }

    #[test]
    fn what_cannot_be_counted_is_still_many() {
        let axes = ["a", "b"].map(|name| axis(name, Values::Range(0, u64::MAX)));
        let rows = Rows {
            axes: axes.into(),
            inputs: None,
        };
        assert_eq!(rows.len(), u64::MAX);
    }
}
