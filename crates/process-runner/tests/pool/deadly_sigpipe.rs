//! A program that has made `SIGPIPE` deadly: whoever dies at the other end of its pipes must not end it.

use anypool_core::{Executor as _, JobError};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::{InitError, StartError};

use crate::leaks::children_of;
use crate::scene::{PATIENCE, TRANSPORTS, alone, eventually, is_gone, pool, quiet, square};
use crate::sys::make_sigpipe_deadly;

fn length(text: String) -> usize {
    text.len()
}

#[test]
fn workers_and_a_fork_server_that_die_end_no_program() {
    if !alone("deadly_sigpipe::workers_and_a_fork_server_that_die_end_no_program") {
        return;
    }
    make_sigpipe_deadly();
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        for round in 0..8 {
            let job = pool.submit(length, "x".repeat(8 << 20)).unwrap();
            // In the middle of the input, or near it.
            std::thread::sleep(std::time::Duration::from_millis(round % 5));
            for pid in pool.stats().pids.into_values() {
                let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
            }
            match job.join_timeout(PATIENCE).unwrap() {
                Ok(length) => assert_eq!(length, 8 << 20),
                Err(error) => assert!(matches!(error, JobError::WorkerDied(_)), "{error}"),
            }
        }
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
    let pools = TRANSPORTS.map(|transport| pool(1, transport));
    let zygote = children_of(std::process::id())[0].cast_signed();
    kill(Pid::from_raw(zygote), Signal::SIGKILL).unwrap();
    eventually("the fork server is gone", || is_gone(zygote));
    for (transport, pool) in TRANSPORTS.into_iter().zip(pools) {
        let error = quiet(1, transport).start().unwrap_err();
        // Found out when the pool asked for a session, or for its first worker.
        let is_gone = matches!(
            error,
            StartError::Init(InitError::Gone { .. })
                | StartError::Supervisor {
                    what: "the fork server",
                    ..
                }
                | StartError::Worker {
                    what: "the order to the fork server",
                    ..
                }
        );
        assert!(is_gone, "{error}");
        eventually("the pool fails", || pool.submit(square, 3).is_err());
    }
}
