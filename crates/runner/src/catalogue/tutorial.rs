//! The tutorial's two tasks: a worker that says when it starts and when it is done, and a slow square.

use std::io::Write as _;
use std::time::Duration;

use anypool_core::Context;

use super::kind::{Arguments, Class, Kind};
use super::waiting::nap;
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Says that it starts, waits, says that it is done.
pub(super) static WORKER: Kind = Kind {
    closing: Some(closing),
    ..Kind::new(
        "worker",
        Class::Io,
        &[
            Parameter {
                name: "secs",
                default: Some("2"),
                domain: Domain::Seconds,
                summary: "how long it waits between its lines",
            },
            Parameter {
                name: "lang",
                default: Some("ko"),
                domain: Domain::Word(&["ko", "en"]),
                summary: "the language of its lines",
            },
        ],
        worker,
        "prints `Worker N 시작`, waits, prints `Worker N 완료`; gives N",
    )
};

/// What a worker says.
struct Words {
    started: &'static str,
    done: &'static str,
    all_done: &'static str,
}

const KOREAN: Words = Words {
    started: "시작",
    done: "완료",
    all_done: "모든 작업 완료",
};

const ENGLISH: Words = Words {
    started: "started",
    done: "done",
    all_done: "All tasks done",
};

fn words(arguments: &Arguments<'_>) -> &'static Words {
    match arguments.word("lang") {
        Ok("en") => &ENGLISH,
        _ => &KOREAN,
    }
}

fn closing(arguments: &Arguments<'_>) -> &'static str {
    words(arguments).all_done
}

fn worker(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let words = words(arguments);
    let number = arguments.index;
    let say = |word| {
        writeln!(ctx.out(), "Worker {number} {word}")
            .map_err(|error| TaskFailure::Output(error.to_string()))
    };
    say(words.started)?;
    nap(arguments.time("secs")?, ctx);
    say(words.done)?;
    Ok(Answer::integer(number))
}

/// Waits, then squares its input.
pub(super) static SQUARE: Kind = Kind::new(
    "square",
    Class::Io,
    &[
        Parameter {
            name: "n",
            default: None,
            // The largest whose square fits the result.
            domain: Domain::Integer {
                least: 0,
                most: u32::MAX as u64,
            },
            summary: "what is squared",
        },
        Parameter {
            name: "secs",
            default: Some("1"),
            domain: Domain::Seconds,
            summary: "how long it takes",
        },
    ],
    square,
    "waits, then gives n²",
);

fn square(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let n = arguments.integer("n")?;
    let time: Duration = arguments.time("secs")?;
    nap(time, ctx);
    let squared = n.checked_mul(n);
    squared
        .map(Answer::integer)
        .ok_or_else(|| TaskFailure::System(format!("the square of {n} is too large")))
}
