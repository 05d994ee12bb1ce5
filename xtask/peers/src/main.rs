//! What `cargo xtask bench` measures: our pools, their peers, and bare programs that do one thing only.
//!
//! One process is one *arm* in one *row*: `anypool-peers ARM ROW`. It says `ready`, and then measures once for every
//! line that comes on its standard input, until that ends (see [`serve`]). So all arms stay warm while one of them is
//! measured, and those whose turn it is not sleep in a read.

#![forbid(unsafe_op_in_unsafe_fn)]

mod reading;
mod sys;
mod proc;
mod timing;
mod gate;
mod job;
mod pools;
mod bare;
mod programs;
mod rows;
mod counting;
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // A copy that procspawn has started as a worker does not come back from here.
    if words
        .first()
        .is_some_and(|arm| arm.starts_with("procspawn"))
    {
        procspawn::init();
    }
    if words.contains(&serve::PINNED) && !serve::pin() {
        return ExitCode::FAILURE;
    }
    // The fork server starts while there is one thread, and only where it is needed.
    if words
        .iter()
        .take(2)
        .any(|arm| pools::needs_fork_server(arm))
    {
        anypool::init();
    }
    match words.as_slice() {
        ["transports"] => pools::print_transports(),
        ["count", arm, shape, jobs] => counting::run(arm, shape, jobs),
        ["program", name, scale] => programs::run(name, scale),
        [arm, row, ..] => serve::run(arm, row),
        _ => {
            eprintln!("usage: anypool-peers ARM ROW [{}]", serve::PINNED);
            ExitCode::FAILURE
        }
    }
}
