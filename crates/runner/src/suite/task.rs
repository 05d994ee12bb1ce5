//! A task of a suite.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use super::call::CallSpec;
use super::command::CommandSpec;
use super::fields::Fields;
use super::grants::Grants;
use super::inputs::Inputs;
use super::keys::COMMAND;
use super::matrix::Axis;
use super::parts::Parts;
use super::rows::{Row, Rows};
use super::wrong::Wrong;
use crate::catalogue::kind::Kind;
use crate::engine::source::Group;
use crate::engine::unit::Work;
use crate::event::{TaskKey, Verdict};
use crate::nearest::nearest;

/// A task of a suite.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: String,
    /// Where its kind is named.
    pub(super) kind_at: Range<usize>,
    pub(super) doing: Doing,
    pub(super) rows: Rows,
    /// What it says itself of its terms.
    pub(super) grants: Grants,
    pub(super) group: Option<usize>,
    pub(super) weight: usize,
    pub(super) expect: Verdict,
    /// What it comes after, as it is written, and where.
    pub(super) after: Vec<(String, Range<usize>)>,
}

/// What a task does.
#[derive(Debug)]
pub(super) enum Doing {
    Call(CallSpec),
    Command(CommandSpec),
    /// Nobody knows: its kind is wrong.
    Unknown,
}

impl Doing {
    pub(super) fn work(&self, row: &Row<'_>) -> (Work, TaskKey) {
        match self {
            Self::Call(call) => call.work(row),
            Self::Command(command) => command.work(row),
            Self::Unknown => {
                let why = "nobody knows what it does".into();
                (Work::Impossible(why), TaskKey::builder("unknown").finish())
            }
        }
    }

    /// The task of the catalogue that it is.
    pub(super) fn kind(&self) -> Option<&'static Kind> {
        match self {
            Self::Call(call) => Some(call.kind),
            Self::Command(_) | Self::Unknown => None,
        }
    }
}

/// What all tasks of a suite have around them.
pub(super) struct Around<'a> {
    pub(super) folder: &'a Path,
    pub(super) groups: &'a [Group],
}

/// Reads the tasks of a suite, in order. One without an id is not among them, which was told.
pub(super) fn read_all(wrong: &mut Wrong<'_>, suite: Fields<'_>, around: &Around<'_>) -> Vec<Task> {
    let list = suite.get("task").and_then(|list| list.get_ref().as_array());
    let mut tasks: Vec<Task> = Vec::new();
    let mut seen: HashMap<String, Range<usize>> = HashMap::new();
    for table in list.into_iter().flat_map(|list| list.iter()) {
        let Some(fields) = table.get_ref().as_table().map(Fields) else {
            continue;
        };
        let Some(id) = fields.placed("id") else {
            continue;
        };
        if let Some(first) = seen.get(*id.get_ref()) {
            let what = format!("two tasks have the id `{}`", id.get_ref());
            let first = wrong.text.spot(first.clone()).label("the first");
            let report = wrong.at(id.span(), "the second", what);
            wrong.tell(report.at(first).help("give one of them another"));
            continue;
        }
        seen.insert((*id.get_ref()).to_owned(), id.span());
        check_id(wrong, id.get_ref(), id.span());
        tasks.push(read(wrong, fields, id.get_ref(), around));
    }
    tasks
}

/// Ids go into ids of instances and into patterns.
fn check_id(wrong: &mut Wrong<'_>, id: &str, at: Range<usize>) {
    let fits = |letter: char| letter.is_alphanumeric() || "-_.:".contains(letter);
    if id.is_empty() || !id.chars().all(fits) {
        let what = format!("`{}` cannot be an id", id.escape_debug());
        let report = wrong.at(at, "this one", what);
        wrong.tell(report.note("expected: letters, digits, `-`, `_`, `.` and `:`"));
    }
}

fn read(wrong: &mut Wrong<'_>, task: Fields<'_>, id: &str, around: &Around<'_>) -> Task {
    let axes = Axis::read_all(task).into_iter();
    let parts = Parts {
        task,
        id,
        at: task.placed("kind").map_or(0..0, |kind| kind.span()),
        axes: axes.map(|(axis, value)| (axis, value.span())).collect(),
        inputs: Inputs::read(wrong, task, id, around.folder),
        folder: around.folder,
    };
    let doing = doing(wrong, &parts);
    let after = task.texts("after").into_iter();
    let weight = task.whole("weight").map(usize::try_from);
    let expect = task.text("expect").map(str::parse);
    Task {
        id: id.to_owned(),
        kind_at: parts.at,
        doing,
        rows: Rows {
            axes: parts.axes.into_iter().map(|(axis, _)| axis).collect(),
            inputs: parts.inputs.map(|inputs| inputs.values),
        },
        grants: Grants::read(task),
        group: group(wrong, task, around.groups),
        weight: weight.and_then(Result::ok).unwrap_or(1),
        expect: expect.and_then(Result::ok).unwrap_or(Verdict::Ok),
        after: after
            .map(|after| ((*after.get_ref()).to_owned(), after.span()))
            .collect(),
    }
}

fn doing(wrong: &mut Wrong<'_>, parts: &Parts<'_>) -> Doing {
    match parts.task.text("kind") {
        Some(COMMAND) => {
            not_of_commands(wrong, parts);
            Doing::Command(CommandSpec::read(wrong, parts))
        }
        Some(name) => match find_kind(wrong, name, parts) {
            Some(kind) => {
                of_commands(wrong, parts, kind);
                Doing::Call(CallSpec::read(wrong, parts, kind))
            }
            None => Doing::Unknown,
        },
        None => Doing::Unknown,
    }
}

fn find_kind(wrong: &mut Wrong<'_>, name: &str, parts: &Parts<'_>) -> Option<&'static Kind> {
    let found = Kind::find(name);
    if found.is_none() {
        let names: Vec<_> = Kind::all().map(|kind| kind.name).chain([COMMAND]).collect();
        let label = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "no such kind".to_owned(),
        };
        let what = format!("unknown kind `{name}` of task `{}`", parts.id);
        let report = wrong.at(parts.at.clone(), &label, what);
        let program = wrong.text.program;
        wrong.tell(
            report
                .note(format!("kinds: {}", names.join(", ")))
                .note(format!("see: {program} list")),
        );
    }
    found
}

/// Keys of commands, on a task that is none.
fn of_commands(wrong: &mut Wrong<'_>, parts: &Parts<'_>, kind: &Kind) {
    for key in ["argv", "stdin", "cwd", "env", "ok-codes", "memory-limit"] {
        if let Some(value) = parts.task.get(key) {
            let what = format!("`{key}` is for commands, and task `{}` is none", parts.id);
            let label = format!("its kind is \"{}\"", kind.name);
            wrong.tell(wrong.at(value.span(), &label, what));
        }
    }
}

/// Keys of tasks of the catalogue, on a command.
fn not_of_commands(wrong: &mut Wrong<'_>, parts: &Parts<'_>) {
    if let Some(params) = parts.task.get("params") {
        let what = format!("task `{}` is a command, which has no `params`", parts.id);
        let report = wrong.at(params.span(), "these are for tasks of the catalogue", what);
        wrong.tell(report.help("put them into `argv`, `env` or `stdin`"));
    }
}

fn group(wrong: &mut Wrong<'_>, task: Fields<'_>, groups: &[Group]) -> Option<usize> {
    let named = task.placed("group")?;
    let place = groups
        .iter()
        .position(|group| &*group.name == *named.get_ref());
    if place.is_none() {
        let names: Vec<_> = groups.iter().map(|group| &*group.name).collect();
        let label = match nearest(named.get_ref(), names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "no such group".to_owned(),
        };
        let what = format!("unknown group `{}`", named.get_ref());
        let report = wrong.at(named.span(), &label, what);
        wrong.tell(match &*names {
            [] => report.help(format!(
                "add `[groups.{}]` with `max-running`",
                named.get_ref()
            )),
            names => report.note(format!("groups: {}", names.join(", "))),
        });
    }
    place
}
