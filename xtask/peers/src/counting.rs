//! A program that submits and joins so many jobs and ends, for tools that count its instructions.

use std::process::ExitCode;

use anypool::{Executor, InlineExecutor, ProcessPool, ThreadPool};

use crate::job::{Job as _, Next};
use crate::pools::ours::Ours;
use crate::pools::{PROCESSES, Pool as _, Settings, sum_of_each, transport};

/// Runs `jobs` jobs on one worker: `single`, one in flight, or `many`, all in flight.
pub(crate) fn run(arm: &str, shape: &str, jobs: &str) -> ExitCode {
    let done = jobs
        .parse()
        .map_err(|_| format!("not a number of jobs: {jobs}"))
        .and_then(|jobs| try_run(arm, shape, jobs));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{arm}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn try_run(arm: &str, shape: &str, jobs: u64) -> Result<(), String> {
    let settings = Settings {
        workers: 1,
        transport: transport(arm)?,
    };
    let sum = match arm {
        "inline" => submit(&InlineExecutor::new(), shape, jobs)?,
        "threads" => submit(&Ours::<ThreadPool>::start(settings)?.0, shape, jobs)?,
        _ if arm.starts_with(PROCESSES) => {
            submit(&Ours::<ProcessPool>::start(settings)?.0, shape, jobs)?
        }
        _ => return Err("there is no such arm".to_owned()),
    };
    match sum == sum_of_each(jobs) {
        true => Ok(()),
        false => Err("the values are not those of the jobs".to_owned()),
    }
}

fn submit(executor: &impl Executor, shape: &str, jobs: u64) -> Result<u64, String> {
    let one = |number| {
        let submitted = executor.submit(Next::run, number);
        submitted.map_err(|error| error.to_string())
    };
    let join = |handle: anypool::JobHandle<u64>| handle.join().map_err(|error| error.to_string());
    match shape {
        "single" => (0..jobs).map(|number| join(one(number)?)).sum(),
        "many" => {
            let handles = (0..jobs).map(one).collect::<Result<Vec<_>, _>>()?;
            handles.into_iter().map(join).sum()
        }
        _ => Err(format!("neither `single` nor `many`: {shape}")),
    }
}
