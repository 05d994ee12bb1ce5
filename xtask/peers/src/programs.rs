//! The tutorial's four programs, as their authors would write them.

use std::io::Write as _;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anypool::{Context, Executor, Process, ProcessPool, Thread, ThreadPool};

/// Their names.
pub(crate) const PROGRAMS: [&str; 4] = [
    "spawn_processes",
    "spawn_threads",
    "map_processes",
    "map_threads",
];

/// How long each of them waits.
pub(crate) const IDEAL: Duration = Duration::from_secs(2);

/// Five workers that wait for all of that time.
const SPAWNED: u64 = 5;

/// Five inputs on four workers take two turns.
const WORKERS: usize = 4;
const TURNS: u32 = 2;

/// Runs one; `scale` shortens what it waits for.
pub(crate) fn run(name: &str, scale: &str) -> ExitCode {
    let done = scale
        .parse::<f64>()
        .map_err(anyhow::Error::from)
        .and_then(|scale| program(name, IDEAL.mul_f64(scale)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn program(name: &str, ideal: Duration) -> anyhow::Result<()> {
    match name {
        "spawn_processes" => {
            let processes: Vec<_> = (0..SPAWNED)
                .map(|number| Process::spawn(worker, (number, ideal)))
                .collect::<Result<_, _>>()?;
            for process in processes {
                process.join()?;
            }
        }
        "spawn_threads" => {
            let threads: Vec<_> = (0..SPAWNED)
                .map(|number| Thread::spawn(worker, (number, ideal)))
                .collect::<Result<_, _>>()?;
            for thread in threads {
                thread.join()?;
            }
        }
        "map_processes" => map(&ProcessPool::builder().workers(WORKERS).start()?, ideal)?,
        "map_threads" => map(&ThreadPool::builder().workers(WORKERS).start()?, ideal)?,
        _ => anyhow::bail!("there is no such program"),
    }
    Ok(())
}

fn worker((number, time): (u64, Duration), ctx: &Context) {
    let say = |word| writeln!(ctx.out(), "Worker {number} {word}");
    // A program that nobody listens to works all the same.
    let _ = say("시작");
    sleep(time);
    let _ = say("완료");
}

fn square((number, time): (u64, Duration)) -> u64 {
    sleep(time);
    number * number
}

fn map(pool: &impl Executor, ideal: Duration) -> anyhow::Result<()> {
    let inputs = (1..=5).map(|number| (number, ideal / TURNS));
    let squares: Vec<u64> = pool.map(square, inputs).collect::<Result<_, _>>()?;
    anyhow::ensure!(squares == [1, 4, 9, 16, 25]);
    Ok(())
}
