//! A picture whose rows take very different times: what shows whether a pool shares out work well.

use anypool_core::Context;

use super::kind::{Arguments, Class, Kind};
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// One row of the Mandelbrot set.
pub(super) static MANDELBROT: Kind = Kind::new(
    "mandelbrot",
    Class::Cpu,
    &[
        count("row", None, "which row of the picture, from 0"),
        count("w", Some("800"), "the picture's width"),
        count("h", Some("600"), "the picture's height"),
        count(
            "iters",
            Some("1000"),
            "steps after which a point counts as inside",
        ),
    ],
    mandelbrot,
    "computes a row of the Mandelbrot set; gives its checksum",
);

const fn count(
    name: &'static str,
    default: Option<&'static str>,
    summary: &'static str,
) -> Parameter {
    Parameter {
        name,
        default,
        domain: Domain::Integer {
            least: 0,
            most: 1_000_000,
        },
        summary,
    }
}

fn mandelbrot(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let iters = arguments.integer("iters")?;
    let (w, h) = (arguments.integer("w")?, arguments.integer("h")?.max(1));
    let y = real(arguments.integer("row")?) * 2.0 / real(h) - 1.0;
    let mut checksum = 0_u64;
    for column in 0..w {
        ctx.checkpoint();
        let x = real(column) * 3.5 / real(w) - 2.5;
        let steps = escape((x, y), iters);
        checksum = checksum.wrapping_mul(31).wrapping_add(steps);
    }
    Ok(Answer::integer(checksum))
}

/// Steps until the point leaves the circle, `iters` at most. The order of the operations is part of the result.
fn escape((x, y): (f64, f64), iters: u64) -> u64 {
    let (mut real, mut imaginary) = (0.0, 0.0);
    let mut steps = 0;
    while real * real + imaginary * imaginary <= 4.0 && steps < iters {
        (real, imaginary) = (
            real * real - imaginary * imaginary + x,
            2.0 * real * imaginary + y,
        );
        steps += 1;
    }
    steps
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the parameters end at a million, which every f64 holds exactly"
)]
fn real(number: u64) -> f64 {
    number as f64
}
