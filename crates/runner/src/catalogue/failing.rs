//! Tasks that give no value and harm nobody else: now and then, or always, or with a lot of noise.

use std::io::Write as _;

use anypool_core::Context;

use super::generated::Numbers;
use super::kind::{Arguments, Class, Kind};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Says that it failed.
pub(super) static FAIL: Kind = Kind::new(
    "fail",
    Class::Fault,
    &[Parameter {
        name: "message",
        default: Some("this task fails, as it was asked to"),
        domain: Domain::Text,
        summary: "what it says",
    }],
    |arguments, _| Err(TaskFailure::Asked(arguments.word("message")?.to_owned())),
    "fails with a message",
);

/// Fails at first, or by chance.
pub(super) static FLAKY: Kind = Kind::new(
    "flaky",
    Class::Fault,
    &[
        number("fail_first", "1", 1 << 20, "how many tries fail"),
        number("percent", "0", 100, "instead: how likely a try is to fail"),
        number("seed", "0", u64::MAX, "chooses which tries those are"),
    ],
    flaky,
    "fails at first and succeeds when tried again; gives the number of the try",
);

const fn number(
    name: &'static str,
    default: &'static str,
    most: u64,
    summary: &'static str,
) -> Parameter {
    Parameter {
        name,
        default: Some(default),
        domain: Domain::Integer { least: 0, most },
        summary,
    }
}

fn flaky(arguments: &Arguments<'_>, _: &Context) -> Result<Answer, TaskFailure> {
    let attempt = u64::from(arguments.attempt);
    let percent = arguments.integer("percent")?;
    let fails = if percent == 0 {
        attempt <= arguments.integer("fail_first")?
    } else {
        let seed = arguments.integer("seed")?.wrapping_mul(1_000_003);
        let place = arguments.index.wrapping_mul(1_009);
        let mut numbers = Numbers(seed.wrapping_add(place).wrapping_add(attempt));
        // The first number of neighbouring seeds is still alike.
        numbers.next();
        numbers.next() % 100 < percent
    };
    if fails {
        return Err(TaskFailure::Asked(format!("try {attempt} fails")));
    }
    Ok(Answer::integer(attempt))
}

/// Floods its output.
pub(super) static NOISY: Kind = Kind::new(
    "noisy",
    Class::Fault,
    &[
        number("mib", "1", 1 << 20, "how much it prints, in MiB"),
        Parameter {
            name: "raw",
            default: Some("false"),
            domain: Domain::Flag,
            summary: "whether its lines hold bytes that are no UTF-8",
        },
    ],
    noisy,
    "prints `mib` MiB of lines; gives the number of bytes",
);

/// The length of a line with its newline.
const LINE: usize = 1 << 10;

fn noisy(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let mut line = [b'.'; LINE];
    line[LINE - 1] = b'\n';
    if arguments.flag("raw")? {
        // Bytes that begin no character, and one that is cut short.
        line[..4].copy_from_slice(&[0xff, 0xfe, 0x80, 0xe2]);
    }
    let lines = arguments.integer("mib")? << 10;
    for _ in 0..lines {
        ctx.checkpoint();
        ctx.out()
            .write_all(&line)
            .map_err(|error| TaskFailure::Output(error.to_string()))?;
    }
    Ok(Answer::integer(lines << 10))
}
