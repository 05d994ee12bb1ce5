//! A task that is one of the catalogue: its parameters, and the calls that come of it.

use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::path::PathBuf;

use super::fields::scalar;
use super::matrix::Values;
use super::parts::Parts;
use super::rows::Row;
use super::wrong::Wrong;
use crate::catalogue::call::Call;
use crate::catalogue::kind::Kind;
use crate::engine::unit::Work;
use crate::event::TaskKey;
use crate::excerpt::Excerpt;
use crate::nearest::nearest;
use crate::parameter::{Argument, Domain};
use crate::settings::describe;

/// A task of the catalogue with what its instances have in common.
#[derive(Debug)]
pub(super) struct CallSpec {
    pub(super) kind: &'static Kind,
    /// A value for each parameter; those that differ hold anything.
    arguments: Vec<Argument>,
    /// The parameter of each axis.
    axes: Vec<usize>,
    /// The parameter that inputs set.
    input: Option<usize>,
    /// Where relative paths begin.
    folder: PathBuf,
}

impl CallSpec {
    /// Reads it; all that is wrong is told.
    pub(super) fn read(wrong: &mut Wrong<'_>, parts: &Parts<'_>, kind: &'static Kind) -> Self {
        let reading = Reading { parts, kind };
        let mut spec = Self {
            kind,
            arguments: Vec::new(),
            axes: Vec::new(),
            input: reading.input(wrong),
            folder: parts.folder.to_owned(),
        };
        let mut values = vec![None; kind.parameters.len()];
        for (name, value) in parts.task.names("params") {
            let Some(place) = reading.find(wrong, name.get_ref(), name.span()) else {
                continue;
            };
            let text = scalar(value).unwrap_or_default();
            values[place] = spec.argument(place, text.as_ref());
            if values[place].is_none() {
                reading.refuse(wrong, place, &text, (value.span(), "this is none"));
                // It is not missing, at least.
                values[place] = Some(Argument::Flag(false));
            }
        }
        let set = |values: &mut [Option<Argument>], place: usize| {
            values[place].replace(Argument::Flag(false)).is_some()
        };
        for (axis, at) in &parts.axes {
            let Some(place) = reading.find(wrong, &axis.name, at.clone()) else {
                continue;
            };
            spec.axes.push(place);
            if set(&mut values, place) {
                reading.twice(wrong, place, at.clone());
            }
            let checked = match &axis.values {
                Values::Range(first, last) => vec![first.to_string(), last.to_string()],
                Values::List(values) => values.clone(),
            };
            for text in checked {
                if wrong.is_full() {
                    break;
                }
                if spec.argument(place, text.as_ref()).is_none() {
                    reading.refuse(wrong, place, &text, (at.clone(), "one of these is none"));
                }
            }
        }
        if let (Some(place), Some(inputs)) = (spec.input, &parts.inputs) {
            if set(&mut values, place) {
                reading.twice(wrong, place, inputs.at.clone());
            }
            for (index, input) in inputs.values.iter().enumerate() {
                if wrong.is_full() {
                    break;
                }
                if spec.argument(place, input).is_none() {
                    let (at, label) = inputs.place(index);
                    reading.refuse(wrong, place, &input.to_string_lossy(), (at, &label));
                }
            }
        }
        spec.arguments = reading.complete(wrong, values);
        spec
    }

    /// A value of a parameter. Paths begin in the suite's folder.
    fn argument(&self, place: usize, text: &OsStr) -> Option<Argument> {
        let parameter = self.kind.parameters.get(place)?;
        match parameter.domain {
            Domain::Path if text.is_empty() => Some(Argument::Path(OsString::new())),
            Domain::Path => Some(Argument::Path(self.folder.join(text).into_os_string())),
            domain => domain.parse(text.to_str()?),
        }
    }

    /// The call of an instance.
    pub(super) fn work(&self, row: &Row<'_>) -> (Work, TaskKey) {
        let mut arguments = self.arguments.clone();
        let axes = self.axes.iter().zip(&row.values);
        let mut given: Vec<_> = axes
            .map(|(place, value)| (*place, OsStr::new(&**value)))
            .collect();
        given.extend(self.input.zip(row.input));
        for (place, text) in given {
            // All values were tried when the suite was read.
            if let Some(argument) = self.argument(place, text) {
                arguments[place] = argument;
            }
        }
        let call = Call::new(self.kind, arguments, row.index);
        let key = call.key();
        (Work::Call(call), key)
    }
}

/// A task that is read as one of this kind.
struct Reading<'p> {
    parts: &'p Parts<'p>,
    kind: &'static Kind,
}

impl Reading<'_> {
    /// The parameter that inputs set.
    fn input(&self, wrong: &mut Wrong<'_>) -> Option<usize> {
        let inputs = self.parts.inputs.as_ref()?;
        let mut parameters = self.kind.parameters.iter();
        if !inputs.are_files {
            return parameters.next().map(|_| 0);
        }
        let place = parameters.position(|parameter| parameter.domain == Domain::Path);
        if place.is_none() {
            let what = format!("`{}` takes no files", self.kind.name);
            let report = wrong.at(inputs.at.clone(), "it has no parameter for them", what);
            wrong.tell(report.note(format!("its parameters: {}", describe(self.kind))));
        }
        place
    }

    /// The parameter of this name.
    fn find(&self, wrong: &mut Wrong<'_>, name: &str, at: Range<usize>) -> Option<usize> {
        let names: Vec<_> = self
            .kind
            .parameters
            .iter()
            .map(|known| known.name)
            .collect();
        let place = names.iter().position(|known| *known == name);
        if place.is_none() {
            let label = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it takes {}", named(self.kind)),
            };
            let (kind, id) = (self.kind.name, self.parts.id);
            let what = format!("`{kind}` of task `{id}` has no parameter `{name}`");
            let report = wrong.at(at, &label, what);
            wrong.tell(match &*names {
                [] => report,
                _ => report.note(format!("parameters of `{kind}`: {}", named(self.kind))),
            });
        }
        place
    }

    fn refuse(
        &self,
        wrong: &mut Wrong<'_>,
        place: usize,
        text: &str,
        (at, label): (Range<usize>, &str),
    ) {
        let Some(parameter) = self.kind.parameters.get(place) else {
            return;
        };
        let (kind, name) = (self.kind.name, parameter.name);
        let what = format!("`{kind}` cannot take `{}` as `{name}`", Excerpt(text));
        let report = wrong.at(at, label, what);
        wrong.tell(report.note(format!("expected: {}", parameter.domain)));
    }

    fn twice(&self, wrong: &mut Wrong<'_>, place: usize, at: Range<usize>) {
        let name = self
            .kind
            .parameters
            .get(place)
            .map_or("", |known| known.name);
        let what = format!("`{name}` of task `{}` is set twice", self.parts.id);
        wrong.tell(wrong.at(at, "and something else sets it, too", what));
    }

    /// The values with the defaults of those that nothing sets.
    fn complete(&self, wrong: &mut Wrong<'_>, values: Vec<Option<Argument>>) -> Vec<Argument> {
        let mut complete = Vec::with_capacity(values.len());
        for (parameter, value) in self.kind.parameters.iter().zip(values) {
            let default = || parameter.domain.parse(parameter.default?);
            match value.or_else(default) {
                Some(value) => complete.push(value),
                None => {
                    let name = parameter.name;
                    let what = format!("task `{}` has no `{name}`", self.parts.id);
                    let label = format!("`{}` needs it: {}", self.kind.name, parameter.summary);
                    let report = wrong.at(self.parts.at.clone(), &label, what);
                    let report = report.note(format!("expected: {}", parameter.domain));
                    wrong.tell(report.help(format!("add `params.{name} = …`")));
                }
            }
        }
        complete
    }
}

fn named(kind: &Kind) -> String {
    match describe(kind) {
        none if none.is_empty() => "no parameters".to_owned(),
        some => some,
    }
}
