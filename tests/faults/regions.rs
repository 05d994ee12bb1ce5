//! Deaths and stops while large payloads lie in regions.

use anypool_core::{Bytes, Executor as _, JobError, JobHandle};
use anypool_tests::Holdings;
use process_runner::Transport;
use process_runner::fault::{Action, Point, arm, disarm, use_streams_alone, victim};

use crate::stage::{eventually, play_many, quiet};
use crate::trial::DEATHS;

const LARGE: usize = 3 << 20;

fn echo(bytes: Bytes) -> Bytes {
    bytes
}

fn large(n: u8) -> Bytes {
    (0..=250).cycle().skip(n.into()).take(LARGE).collect()
}

/// A worker that dies at `point` costs the job that it had if that had started; the regions of others and of
/// its replacement serve on.
fn deaths_cost(point: Point, is_lost: bool) {
    play_many("regions::deaths", move || {
        for (action, _) in DEATHS {
            let before = Holdings::now();
            let builder = quiet(2, Transport::Shm);
            use_streams_alone(false);
            let pool = builder.start().unwrap();
            for n in 0..4 {
                assert!(pool.submit(echo, large(n)).unwrap().join() == Ok(large(n)));
            }
            arm(point, action);
            let jobs: Vec<_> = (0..6)
                .map(|n| pool.submit(echo, large(n)).unwrap())
                .collect();
            let outcomes: Vec<_> = jobs.into_iter().map(JobHandle::join).collect();
            assert!(victim(point).is_some(), "{point:?} was reached");
            let mut lost = 0;
            for (n, outcome) in (0..).zip(outcomes) {
                match outcome {
                    Ok(value) => assert!(value == large(n), "job {n}"),
                    Err(JobError::WorkerDied(_)) => lost += 1,
                    Err(error) => panic!("{error}"),
                }
            }
            assert_eq!(lost, usize::from(is_lost), "{point:?} {action:?}");
            assert!(pool.submit(echo, large(9)).unwrap().join() == Ok(large(9)));
            drop(pool);
            before.wait_for();
        }
    });
}

#[test]
fn a_death_before_a_large_input_is_read_costs_nothing() {
    deaths_cost(Point::WorkerRead, false);
}

#[test]
fn a_death_with_a_region_half_written_costs_the_item() {
    deaths_cost(Point::WorkerLending, true);
}

#[test]
fn a_death_after_a_large_result_was_lent_costs_nothing() {
    deaths_cost(Point::WorkerReplied, false);
}

#[test]
fn a_result_is_whole_though_its_worker_dies_while_it_is_taken_up() {
    play_many("regions::borrowing", || {
        let builder = quiet(1, Transport::Shm);
        use_streams_alone(false);
        let pool = builder.start().unwrap();
        assert!(pool.submit(echo, large(0)).unwrap().join() == Ok(large(0)));
        let pid = pool.stats().workers[0].pid.unwrap();
        arm(Point::ParentBorrowing, Action::Hold);
        let job = pool.submit(echo, large(1)).unwrap();
        std::thread::scope(|scope| {
            let joined = scope.spawn(|| job.join());
            eventually("it is taken up", || {
                victim(Point::ParentBorrowing).is_some()
            });
            let worker = nix::unistd::Pid::from_raw(pid.cast_signed());
            nix::sys::signal::kill(worker, nix::sys::signal::Signal::SIGKILL).unwrap();
            disarm(Point::ParentBorrowing);
            assert!(joined.join().unwrap() == Ok(large(1)));
        });
        assert!(pool.submit(echo, large(2)).unwrap().join() == Ok(large(2)));
    });
}
