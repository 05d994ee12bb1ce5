//! What a user writes with this crate alone, in ordinary tests: no `main` whose first line could
//! start the fork server.

use anypool::{
    Context, Executor as _, JobError, Process, ProcessPool, RawExecutor, Thread, ThreadPool,
    registry, task,
};

anypool::init_at_load!();

fn square(n: u64) -> u64 {
    n * n
}

fn twice(n: u64, _: &Context) -> u64 {
    n * 2
}

fn pools() -> [Box<dyn RawExecutor>; 2] {
    [
        Box::new(ThreadPool::builder().workers(2).start().unwrap()),
        Box::new(ProcessPool::builder().workers(2).start().unwrap()),
    ]
}

#[test]
fn the_same_text_runs_on_both_pools() {
    for pool in pools() {
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
        assert!(pool.map(square, 1..=5).eq([1, 4, 9, 16, 25].map(Ok)));
    }
}

#[test]
fn the_macros_name_and_collect_tasks() {
    let tasks = registry![square, "double" => twice];
    assert!(tasks.get("square").is_some() && tasks.get("double").is_some());
    for pool in pools() {
        assert_eq!(
            pool.submit(task!("double" => twice), 4).unwrap().join(),
            Ok(8)
        );
    }
}

#[test]
fn single_workers_run_one_task() {
    assert_eq!(Thread::spawn(square, 4).unwrap().join(), Ok(16));
    assert_eq!(Process::spawn(square, 4).unwrap().join(), Ok(16));
}

#[test]
fn a_lost_process_is_an_error_and_not_the_end() {
    let abort = |()| -> () { std::process::abort() };
    let outcome = Process::spawn(abort, ()).unwrap().join();
    assert!(
        matches!(outcome, Err(JobError::WorkerDied(_))),
        "{outcome:?}"
    );
}
