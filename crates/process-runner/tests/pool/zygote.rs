//! The fork server: what happens without it, and when it dies.

use anypool_core::{Executor as _, JobError, SubmitError};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::{InitError, ProcessPool, StartError};

use crate::leaks::children_of;
use crate::scene::{PATIENCE, Scene, TRANSPORTS, alone, eventually, gated, pool, square};

#[test]
fn a_killed_fork_server_fails_the_pool_and_hangs_nobody() {
    if !alone("zygote::a_killed_fork_server_fails_the_pool_and_hangs_nobody") {
        return;
    }
    let scene = Scene::new();
    let pools = TRANSPORTS.map(|transport| pool(2, transport));
    let handles = pools.each_ref().map(|pool| {
        let stage = (scene.gate.clone(), scene.log.clone());
        let submit = |n| pool.submit(gated, (stage.clone(), n)).unwrap();
        (0..20).map(submit).collect::<Vec<_>>()
    });
    let busy = 2 * TRANSPORTS.len();
    eventually("all workers are busy", || scene.log.lines().len() == busy);
    let zygote = children_of(std::process::id())[0];
    kill(Pid::from_raw(zygote.cast_signed()), Signal::SIGKILL).unwrap();
    for (pool, handles) in pools.iter().zip(handles) {
        let (mut died, mut failed) = (0, 0);
        for handle in handles {
            match handle.join_timeout(PATIENCE).expect("every job ends") {
                Err(JobError::WorkerDied(death)) if death.started => died += 1,
                Err(JobError::PoolFailed { .. }) => failed += 1,
                outcome => panic!("{outcome:?}"),
            }
        }
        assert_eq!((died, failed), (2, 18));
        assert!(matches!(
            pool.submit(square, 1),
            Err(SubmitError::PoolFailed { .. })
        ));
        pool.shutdown();
    }
    eventually("the fork server is collected", || {
        children_of(std::process::id()).is_empty()
    });
    let again = ProcessPool::start().unwrap_err();
    assert!(
        !matches!(again, StartError::Init(InitError::NotCalled)),
        "{again}"
    );
}

#[test]
fn a_fork_server_that_dies_while_no_pool_exists_is_collected_by_the_next_start() {
    if !alone("zygote::a_fork_server_that_dies_while_no_pool_exists_is_collected_by_the_next_start")
    {
        return;
    }
    let zygote = children_of(std::process::id())[0];
    kill(Pid::from_raw(zygote.cast_signed()), Signal::SIGKILL).unwrap();
    eventually("a pool is refused", || {
        let refused = ProcessPool::builder().workers(1).start();
        matches!(refused, Err(StartError::Init(InitError::Gone { .. })))
    });
    eventually("the fork server is collected", || {
        children_of(std::process::id()).is_empty()
    });
}
