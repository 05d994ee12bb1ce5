//! The tutorial's four programs, through the libraries.
//!
//! Where the programs sleep, the tasks here meet at a gate: all five workers must have started before
//! any may end, which is what sleeping for two seconds was to show.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use anypool_core::{Context, Executor as _, RawExecutor};
use anypool_tests::{Gate, Pass, Recorder};
use process_runner::{Process, ProcessPool};
use thread_runner::{Thread, ThreadPool};

process_runner::init_at_load!();

/// Says that it starts, works, says that it is done.
fn worker((number, pass): (u64, Pass), ctx: &Context) {
    writeln!(ctx.out(), "Worker {number} 시작").expect("the output is open");
    let _ = pass.enter();
    writeln!(ctx.out(), "Worker {number} 완료").expect("the output is open");
}

/// As `worker`, in the words of any program: a process has a standard output of its own.
fn printing_worker((number, pass): (u64, Pass)) {
    println!("Worker {number} 시작");
    let _ = pass.enter();
    println!("Worker {number} 완료");
}

fn square((n, pass): (u64, Pass)) -> u64 {
    let _ = pass.enter();
    n * n
}

/// Lets five workers go when all five have started.
fn let_all_go(gate: &Gate) {
    assert!(
        gate.next_sorted(5)
            .iter()
            .map(|visitor| visitor.number)
            .eq(0..5)
    );
}

/// All say that they start before any says that it is done.
fn says_what_the_tutorial_says(recorder: &Recorder) {
    let lines = recorder.lines();
    assert_eq!(lines.len(), 10, "{lines:?}");
    let with = |word: &str, lines: &[String]| -> BTreeSet<String> {
        lines
            .iter()
            .filter(|line| line.ends_with(word))
            .cloned()
            .collect()
    };
    let expected = |word: &str| (0..5).map(|n| format!("Worker {n} {word}")).collect();
    assert_eq!(with("시작", &lines[..5]), expected("시작"));
    assert_eq!(with("완료", &lines[5..]), expected("완료"));
}

#[test]
fn five_processes_start_work_and_are_joined() {
    let (gate, recorder) = (Gate::new(), Arc::<Recorder>::default());
    let spawn = |number| {
        let process = Process::builder().host(recorder.clone());
        process
            .spawn(printing_worker, (number, gate.pass(number)))
            .unwrap()
    };
    let processes: Vec<_> = (0..5).map(spawn).collect();
    let pids: BTreeSet<_> = processes.iter().map(Process::pid).collect();
    assert_eq!(pids.len(), 5);
    let_all_go(&gate);
    for process in processes {
        process.join().unwrap();
    }
    let lines = recorder.lines();
    assert_eq!(lines.len(), 10, "{lines:?}");
    for number in 0..5 {
        let said = |word| {
            lines
                .iter()
                .position(|line| *line == format!("Worker {number} {word}"))
        };
        let (started, done) = (said("시작"), said("완료"));
        assert!(started.is_some() && started < done, "{lines:?}");
    }
}

#[test]
fn five_threads_start_work_and_are_joined() {
    let (gate, recorder) = (Gate::new(), Arc::<Recorder>::default());
    let spawn = |number| {
        let thread = Thread::builder().host(recorder.clone());
        thread.spawn(worker, (number, gate.pass(number))).unwrap()
    };
    let threads: Vec<_> = (0..5).map(spawn).collect();
    let_all_go(&gate);
    for thread in threads {
        thread.join().unwrap();
    }
    says_what_the_tutorial_says(&recorder);
}

/// Five squares on four workers: the fifth starts when one of the first four has ended.
fn squares_come_in_order(pool: &dyn RawExecutor) {
    let gate = Gate::new();
    let squares = pool.map(square, (1..=5).map(|n| (n, gate.pass(n))));
    let mut running = gate.next_sorted(4);
    running.pop().unwrap().let_go();
    running.push(gate.next());
    drop(running);
    let squares: Vec<u64> = squares.collect::<Result<_, _>>().unwrap();
    assert_eq!(squares, [1, 4, 9, 16, 25]);
}

#[test]
fn a_process_pool_maps_squares() {
    squares_come_in_order(&ProcessPool::builder().workers(4).start().unwrap());
}

#[test]
fn a_thread_pool_maps_squares() {
    squares_come_in_order(&ThreadPool::builder().workers(4).start().unwrap());
}
