//! What a file has run: a task or a command on the runners, or programs of the person's own.

use toml::de::DeValue;

use super::fields::{Fields, scalar};
use crate::arm::{Arm, CONTROL};
use crate::nearest::UnknownName;
use crate::report::Side;
use crate::workload::{Program, Shape};

/// What is run, and on which arms it can be.
pub(super) struct Work {
    pub(super) shape: Shape,
    pub(super) params: Vec<String>,
    pub(super) arms: Option<Vec<Arm>>,
}

/// As many workers as the runners take.
const MOST_WORKERS: u32 = 1_000;

/// As many tasks as a command line takes.
const MOST_TASKS: u32 = 10_000;

/// A task or a command, on the runners.
pub(super) fn of_task(mut table: Fields<'_, '_>) -> Option<Work> {
    let (kind, command) = (table.text("kind"), table.read("command", WORDS, words));
    let input = table.read("input", "a text, a number, true or false", scalar);
    let inputs = table.read("inputs", "a list of texts and numbers", texts);
    let tasks = table.whole("tasks", 1, MOST_TASKS);
    let workers = table.whole("workers", 1, MOST_WORKERS);
    let workers = workers.map_or_else(processors, size);
    let params = table.table("params").map(params).unwrap_or_default();
    let inputs = match (input, inputs) {
        (Some(input), None) => {
            let tasks = table.required("tasks", tasks).unwrap_or(1);
            vec![input; size(tasks)]
        }
        (None, Some(inputs)) if tasks.is_none() && !inputs.is_empty() => inputs,
        _ => {
            table.fault(table.at(), INPUTS);
            Vec::new()
        }
    };
    let shape = match (kind, command) {
        (Some(task), None) => Some(Shape::Map {
            task,
            inputs,
            workers,
        }),
        (None, Some(command)) => Some(Shape::Exec {
            command,
            inputs,
            workers,
        }),
        (None, None) if table.has("kind") || table.has("command") => None,
        _ => {
            table.fault(
                table.at(),
                "[workload] needs a `kind` or a `command`, and not both",
            );
            None
        }
    };
    table.finish();
    Some(Work {
        shape: shape?,
        params,
        arms: None,
    })
}

const WORDS: &str = "a list of texts, the program first";

const INPUTS: &str = "it is not clear what the tasks are given\n\
                      = either `input` and `tasks`: the same for so many tasks\n\
                      = or `inputs`: a list, one for each task";

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn words(value: &DeValue<'_>) -> Option<Vec<String>> {
    texts(value).filter(|words| !words.is_empty())
}

/// A list of values as they would be typed on a command line.
pub(super) fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|item| scalar(item.get_ref()))
        .collect()
}

fn params(mut table: Fields<'_, '_>) -> Vec<String> {
    let mut params = Vec::new();
    for (name, value) in table.pairs() {
        match scalar(value.get_ref()) {
            Some(text) => params.push(format!("{name}={text}")),
            None => table.fault(
                value.span(),
                "a parameter is a text, a number, true or false",
            ),
        }
    }
    params
}

/// Programs of the person's own.
pub(super) fn of_programs(tables: Vec<Fields<'_, '_>>) -> Work {
    let mut programs: Vec<Program> = Vec::new();
    for table in tables {
        let names = programs.iter().map(|program| program.arm.name());
        let names: Vec<&str> = names.collect();
        programs.extend(program(table, &names));
    }
    Work {
        arms: Some(programs.iter().map(|program| program.arm).collect()),
        shape: Shape::Programs(programs),
        params: Vec::new(),
    }
}

fn program(mut table: Fields<'_, '_>, taken: &[&str]) -> Option<Program> {
    let name = table.parsed("name", |name| arm_name(name, taken));
    let name = table.required("name", name);
    let kind = table.parsed("kind", kind);
    let command = table.read("command", WORDS, words);
    let command = table.required("command", command);
    let arm = name.and_then(|name| match (Arm::parse(&name), kind) {
        (Ok(known), Some(kind)) if known.side() != kind => {
            let (is, given) = (known.side().name(), kind.name());
            let what = format!("an arm called `{name}` is of the kind `{is}`, and not `{given}`\n= take another name");
            table.fault(table.at(), &what);
            None
        }
        (Ok(known), _) => Some(known),
        (Err(_), kind) => Some(Arm::own(&name, kind.unwrap_or(Side::Other))),
    });
    table.finish();
    Some(Program {
        arm: arm?,
        command: command?,
    })
}

/// A name that tables and gates can have.
fn arm_name(name: &str, taken: &[&str]) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_.+@".contains(letter);
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(
            "the name of an arm has letters, digits, `-`, `_`, `.`, `+` and `@` alone".to_owned(),
        );
    }
    if name == CONTROL {
        return Err(format!(
            "`{CONTROL}` is what an arm is called that runs twice a round\n= take another name"
        ));
    }
    if taken.contains(&name) {
        return Err(format!("there is an arm called `{name}` already"));
    }
    Ok(name.to_owned())
}

fn kind(name: &str) -> Result<Side, UnknownName> {
    let found = Side::ALL.into_iter().find(|side| side.name() == name);
    found.ok_or_else(|| UnknownName {
        kind: "kind of workers called",
        given: name.to_owned(),
        known: Side::ALL.map(|side| side.name().to_owned()).to_vec(),
    })
}
