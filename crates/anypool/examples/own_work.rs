//! Work of your own on either pool, for a comparison of the two: see `own_work.toml` beside this file.

use anypool::{Executor as _, ProcessPool, RawExecutor, ThreadPool};

fn steps_to_one(start: u64) -> u32 {
    let next = |n: u64| {
        if n.is_multiple_of(2) {
            n / 2
        } else {
            3 * n + 1
        }
    };
    let numbers = std::iter::successors(Some(start), |n| (*n > 1).then(|| next(*n)));
    numbers.map(|_| 1).sum()
}

fn longest(pool: &dyn RawExecutor) -> anyhow::Result<()> {
    let steps: Vec<u32> = pool
        .map(steps_to_one, 1..=300_000)
        .collect::<Result<_, _>>()?;
    println!("{:?}", steps.iter().max());
    Ok(())
}

fn main() -> anyhow::Result<()> {
    anypool::init();
    match std::env::args().nth(1).as_deref() {
        Some("threads") => longest(&ThreadPool::builder().start()?),
        Some("processes") => longest(&ProcessPool::builder().start()?),
        _ => anyhow::bail!("which pool? threads or processes"),
    }
}
