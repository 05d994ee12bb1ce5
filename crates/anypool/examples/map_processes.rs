//! Five slow squares on a pool of four processes: two seconds, in the order of the inputs.

use std::thread::sleep;
use std::time::Duration;

use anypool::{Executor as _, ProcessPool};

fn square(n: u64) -> u64 {
    sleep(Duration::from_secs(1));
    n * n
}

fn main() -> anyhow::Result<()> {
    anypool::init();
    let pool = ProcessPool::builder().workers(4).start()?;
    let squares: Vec<u64> = pool.map(square, 1..=5).collect::<Result<_, _>>()?;
    println!("{squares:?}");
    Ok(())
}
