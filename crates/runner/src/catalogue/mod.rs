//! The tasks that ship with the runners.
//!
//! Every one gives the same value on every run, says what it spends its time on, looks at `ctx.checkpoint()` in its
//! loops, waits inside `ctx.blocking`, and writes by `ctx.out()` and `ctx.err()` alone.
//!
//! - [`kind`] is what is known about a task before it runs,
//! - [`generated`] is data that tasks make up, [`source`] where they read it,
//! - [`waiting`] has `sleep`,
//! - [`tutorial`] has `worker`, `square`,
//! - [`computing`] has `noop`, `spin`, `primes`; [`mandelbrot`] and [`pipeline`] have one each,
//! - [`reading`] has `read`, [`writing`] `write-fsync`, [`fetching`] `http-get`, [`compressing`] `zstd`,
//! - [`hashing`] has `sha256`, `blake3`; [`text`] has `json`, `wordcount`,
//! - [`memory`] has `sort`, `alloc`, `cow`,
//! - [`traffic`] has `counter`, `result`,
//! - [`failing`] has `fail`, `flaky`, `noisy`,
//! - [`fault`] has `panic`, `abort`, `segv`, `exit`, `oom`, `hang`,
//! - [`staying`] has `leak`, `fork-bomb-lite`,
//! - [`call`] runs any of them on a worker, [`measured`] tells what that used, [`offspring`] what it has left running,
//! - [`serving`] runs one in a process that was started for it.

pub(crate) mod kind;
mod generated;
mod source;
mod waiting;
mod tutorial;
mod computing;
mod mandelbrot;
mod pipeline;
mod reading;
mod writing;
mod fetching;
mod compressing;
mod hashing;
mod text;
mod memory;
mod traffic;
mod failing;
mod fault;
mod staying;
pub(crate) mod call;
mod offspring;
pub(crate) mod measured;
pub(crate) mod serving;

use kind::Kind;

/// All tasks, in the order in which they are listed.
static KINDS: &[&Kind] = &[
    &tutorial::WORKER,
    &tutorial::SQUARE,
    &computing::NOOP,
    &waiting::SLEEP,
    &computing::SPIN,
    &computing::PRIMES,
    &mandelbrot::MANDELBROT,
    &pipeline::PIPELINE,
    &hashing::SHA256,
    &hashing::BLAKE3,
    &compressing::ZSTD,
    &reading::READ,
    &writing::WRITE_FSYNC,
    &fetching::HTTP_GET,
    &text::JSON,
    &text::WORDCOUNT,
    &memory::SORT,
    &memory::ALLOC,
    &memory::COW,
    &traffic::COUNTER,
    &traffic::RESULT,
    &fault::PANIC,
    &failing::FAIL,
    &failing::FLAKY,
    &failing::NOISY,
    &fault::ABORT,
    &fault::SEGV,
    &fault::EXIT,
    &fault::OOM,
    &fault::HANG,
    &staying::LEAK,
    &staying::FORK_BOMB_LITE,
];

impl Kind {
    /// All tasks, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        KINDS.iter().copied()
    }

    /// The task of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|kind| kind.name == name)
    }
}

#[cfg(test)]
mod tests;
