//! Reads a comparison's file, and goes on behind each fault, so that all are told at once.

use std::cell::RefCell;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::CompareFile;
use super::arms::chosen;
use super::fields::Fields;
use super::measure::measure;
use super::work::{of_programs, of_task, texts};
use super::wrong::{FileError, Wrong};
use crate::arm::Arm;
use crate::class::Class;
use crate::gate::Gate;
use crate::need::Need;
use crate::sweep::{Knob, Sweep};
use crate::terms::Terms;

/// The version of the format.
const SCHEMA: u32 = 1;

pub(super) fn read(file: &Path, text: &str) -> Result<CompareFile, FileError> {
    let wrong = RefCell::new(Wrong::new(text));
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().unwrap_or_default();
        let what = format!("this is no TOML: {}", error.message());
        wrong.borrow_mut().at(at, what, "");
    }
    // What is not there may be what could not be read.
    wrong.replace(Wrong::new(text)).finish(file)?;
    let found = of_root(Fields::new(&wrong, root.get_ref(), 0..0, "the file"));
    wrong.into_inner().finish(file)?;
    found.ok_or_else(|| FileError::whole(file, "the file says too little".to_owned()))
}

fn of_root(mut root: Fields<'_, '_>) -> Option<CompareFile> {
    let schema = root.whole("schema", SCHEMA, SCHEMA);
    root.required("schema", schema);
    let name = root.parsed("name", name);
    let name = root.required("name", name);
    let question = root.text("question");
    let class = root.parsed("class", Class::parse);
    let needs = needs(&mut root);
    let (task, programs) = (root.table("workload"), root.tables("arm"));
    let sweep = root.table("sweep").and_then(sweep);
    let arms = root.table("arms");
    let measure = root.table("measure").map(measure).unwrap_or_default();
    let gates = root.tables("gate").into_iter().filter_map(gate).collect();
    let work = match (task, programs.is_empty()) {
        (Some(task), true) => of_task(task),
        (None, false) => Some(of_programs(programs)),
        (task, is_empty) => {
            let what = match is_empty {
                true => "there is nothing to run",
                false => "there are a [workload] and [[arm]]s, and one of them is too many",
            };
            let at = task.map_or(0..0, |task| task.at());
            root.fault(at, &format!("{what}\n{WORK}"));
            None
        }
    };
    let own = work.as_ref().and_then(|work| work.arms.as_deref());
    let chosen = arms.map(|table| chosen(table, own)).unwrap_or_default();
    root.finish();
    let (name, work) = (name?, work?);
    let arms = chosen.arms.or(work.arms).unwrap_or(Arm::ALL.to_vec());
    Some(CompareFile {
        question: question.unwrap_or_else(|| format!("{name}: threads or processes?")),
        name,
        class: class.unwrap_or(Class::Mixed),
        shape: work.shape,
        params: work.params,
        sweep,
        // Who runs no threads is divided by what is named first.
        terms: Terms {
            baseline: chosen.baseline.or(usual(&arms)),
            control: chosen.control,
            needs,
        },
        arms,
        measure,
        gates,
    })
}

const WORK: &str = "= a [workload] is a task or a command that the runners run\n\
                    = programs of your own, each of which does all of the work in its way, are [[arm]]s";

fn usual(arms: &[Arm]) -> Option<Arm> {
    let has_threads = arms.contains(&Arm::Threads);
    let first = arms.first().copied();
    has_threads.then_some(Arm::Threads).or(first)
}

/// A name that can be a folder's.
fn name(text: &str) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    if text.is_empty() || text.starts_with('.') || !text.chars().all(is_plain) {
        return Err(
            "a name has letters, digits, `-`, `_` and `.` alone, and folders are named after it"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

/// What the work needs beside speed, where all of it can be had at once.
fn needs(root: &mut Fields<'_, '_>) -> Vec<Need> {
    let found = root.each("needs", Need::parse).unwrap_or_default();
    let needs: Vec<Need> = found.iter().map(|(_, need)| *need).collect();
    if let Some(first) = needs.first() {
        let is_other = |need: &Need| need.wants_processes() != first.wants_processes();
        if let Some((at, other)) = found.iter().find(|(_, need)| is_other(need)) {
            let sides = match other.wants_processes() {
                true => ("threads", "processes"),
                false => ("processes", "threads"),
            };
            root.fault(
                at.clone(),
                &format!(
                    "`{}` needs {}, and `{}` needs {}\n= no pool has both: make two files of the parts of the work",
                    first.name(),
                    sides.0,
                    other.name(),
                    sides.1
                ),
            );
        }
    }
    needs
}

fn sweep(mut table: Fields<'_, '_>) -> Option<Sweep> {
    let mut found = None;
    for knob in Knob::ALL {
        let Some(value) = table.get(knob.key()) else {
            continue;
        };
        let places = match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            list => texts(list).map(|places| places.join(",")),
        };
        let Some(places) = places else {
            table.fault(value.span(), PLACES);
            continue;
        };
        match format!("{}={places}", knob.key()).parse::<Sweep>() {
            Ok(_) if found.is_some() => table.fault(value.span(), "one knob is turned at a time"),
            Ok(sweep) => found = Some(sweep),
            Err(error) => table.fault(value.span(), &error.to_string()),
        }
    }
    table.finish();
    found
}

const PLACES: &str = "expected: a list of numbers, as [1, 2, 4], or a text, as \"1..100:log\"";

fn gate(mut table: Fields<'_, '_>) -> Option<Gate> {
    let gate = table.parsed("check", str::parse::<Gate>);
    let gate = table.required("check", gate);
    table.finish();
    gate
}
