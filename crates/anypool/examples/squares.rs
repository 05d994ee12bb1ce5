//! The same program on processes and on threads.

use anypool::{Executor as _, ProcessPool, RawExecutor, ThreadPool};

fn square(n: u64) -> u64 {
    n * n
}

fn squares(pool: &dyn RawExecutor) -> anyhow::Result<()> {
    let nine = pool.submit(square, 3)?.join()?;
    let squares: Vec<u64> = pool.map(square, 1..=5).collect::<Result<_, _>>()?;
    println!("{nine} {squares:?}");
    Ok(())
}

fn main() -> anyhow::Result<()> {
    anypool::init(); // the first line: the fork server starts while there is one thread
    squares(&ProcessPool::builder().workers(4).start()?)?;
    squares(&ThreadPool::builder().workers(4).start()?)
}
