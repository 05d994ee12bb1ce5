//! What a file has run: a task or a command on the runners, or programs of the person's own.

use toml::de::DeValue;

use super::fields::{Fields, scalar};
use crate::arm::Arm;
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
    let programs: Vec<Program> = tables.into_iter().filter_map(program).collect();
    Work {
        arms: Some(programs.iter().map(|program| program.arm).collect()),
        shape: Shape::Programs(programs),
        params: Vec::new(),
    }
}

fn program(mut table: Fields<'_, '_>) -> Option<Program> {
    let arm = table.parsed("name", Arm::parse);
    let arm = table.required("name", arm);
    let command = table.read("command", WORDS, words);
    let command = table.required("command", command);
    table.finish();
    Some(Program {
        arm: arm?,
        command: command?,
    })
}
