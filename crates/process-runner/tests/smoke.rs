//! First signs of life: values, deaths and ends, on both transports.

use anypool_core::{Executor as _, ExitCause, JobError};
use process_runner::{Process, ProcessPool, Transport};

process_runner::init_at_load!();

fn square(n: u64) -> u64 {
    n * n
}

fn die(signal: i32) {
    let signal = nix::sys::signal::Signal::try_from(signal).unwrap();
    nix::sys::signal::raise(signal).unwrap();
}

fn pool(transport: Transport) -> ProcessPool {
    ProcessPool::builder()
        .workers(2)
        .transport(transport)
        .start()
        .unwrap()
}

#[test]
fn values_come_back() {
    for transport in [Transport::Pipe, Transport::Ipc] {
        let pool = pool(transport);
        assert_eq!(pool.submit(square, 7).unwrap().join(), Ok(49));
        let squares: Vec<u64> = pool.map(square, 0..1000).map(Result::unwrap).collect();
        assert_eq!(squares, (0..1000).map(|n| n * n).collect::<Vec<u64>>());
    }
}

#[test]
fn a_death_costs_one_job() {
    for transport in [Transport::Pipe, Transport::Ipc] {
        let pool = pool(transport);
        let dead = pool.submit(die, 9).unwrap();
        let Err(JobError::WorkerDied(death)) = dead.join() else {
            panic!()
        };
        assert_eq!(death.cause, ExitCause::Signal(9));
        assert!(death.started);
        assert_eq!(pool.submit(square, 7).unwrap().join(), Ok(49));
    }
}

#[test]
fn large_payloads_travel() {
    for transport in [Transport::Pipe, Transport::Ipc] {
        let pool = pool(transport);
        let text = "x".repeat(5_000_000);
        let echoed = pool
            .submit(|text: String| text, text.clone())
            .unwrap()
            .join()
            .unwrap();
        assert!(echoed == text);
    }
}

#[test]
fn a_single_process() {
    let process = Process::spawn(square, 9).unwrap();
    assert!(process.pid() > 1);
    assert_eq!(process.join(), Ok(81));
    let process = Process::spawn(die, 11).unwrap();
    assert!(
        matches!(process.join(), Err(JobError::WorkerDied(d)) if d.cause == ExitCause::Signal(11))
    );
}
