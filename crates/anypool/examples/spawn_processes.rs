//! Five processes at once: each says that it starts, works for two seconds, says that it is done.

use std::thread::sleep;
use std::time::Duration;

use anypool::Process;

fn worker(number: u32) {
    println!("Worker {number} 시작");
    sleep(Duration::from_secs(2));
    println!("Worker {number} 완료");
}

fn main() -> anyhow::Result<()> {
    anypool::init();
    let started = (0..5).map(|number| Process::spawn(worker, number));
    for process in started.collect::<Result<Vec<_>, _>>()? {
        process.join()?;
    }
    println!("모든 작업 완료");
    Ok(())
}
