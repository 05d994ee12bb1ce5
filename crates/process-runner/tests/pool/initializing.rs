//! The worker initializer: the state that it makes, and the jobs that wait for it.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use anypool_core::{Context, Executor as _, Stream};
use process_runner::{OutputMode, StartError};
use serde::{Deserialize, Serialize, Serializer};

use crate::recorder::Recorder;
use crate::scene::{Gate, Log, Scene, TRANSPORTS, eventually, pool, quiet, square};

/// A worker's state, which need not be shareable.
struct Counter(u32, Cell<u32>);

fn counter(log: Log) -> Result<Counter, String> {
    log.note("made");
    Ok(Counter(std::process::id(), Cell::new(0)))
}

fn count(_: u32, ctx: &Context) -> (u32, u32) {
    let Counter(pid, calls) = ctx.state().unwrap();
    calls.set(calls.get() + 1);
    (*pid, calls.get())
}

pub(crate) fn abort(_: ()) {
    std::process::abort();
}

#[test]
fn each_worker_has_a_state_of_its_own_and_its_successor_a_new_one() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(2, transport).worker_init(counter, scene.log.clone());
        let pool = pool.start().unwrap();
        let seen: Vec<_> = pool.map(count, 0..100).map(Result::unwrap).collect();
        let counts: HashSet<_> = seen.iter().copied().collect();
        assert_eq!(counts.len(), 100, "a count came twice: {seen:?}");
        let pids: HashSet<_> = seen.iter().map(|&(pid, _)| pid).collect();
        assert!(pids.iter().all(|pid| seen.contains(&(*pid, 1))), "{seen:?}");
        eventually("both have started", || scene.log.lines().len() == 2);
        assert!(pool.submit(abort, ()).unwrap().join().is_err());
        assert_eq!(pool.map(count, 0..100).filter(Result::is_ok).count(), 100);
        eventually("the third has started", || scene.log.lines().len() == 3);
    }
}

pub(crate) fn hang(stage: (Gate, Log)) -> Result<(), String> {
    stage.1.note("hangs");
    stage.0.pass();
    Ok(())
}

#[test]
fn a_slow_initializer_gets_the_jobs_that_waited() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let stage = (scene.gate.clone(), scene.log.clone());
        let pool = quiet(1, transport).worker_init(hang, stage).start();
        let pool = pool.unwrap();
        let jobs: Vec<_> = (0..10).map(|n| pool.submit(square, n).unwrap()).collect();
        scene.log.wait_for("hangs");
        assert!(jobs.iter().all(|job| !job.is_finished()));
        std::thread::scope(|scope| {
            // Stopping waits for accepted work, also for what waits for an initializer.
            let down = scope.spawn(|| pool.shutdown());
            let _open = scene.gate.open();
            down.join().unwrap();
        });
        for (n, job) in (0..).zip(jobs) {
            assert_eq!(job.join(), Ok(n * n));
        }
    }
}

fn speak(words: String) -> Result<(), String> {
    print!("{words}");
    Ok(())
}

#[test]
fn what_an_initializer_prints_is_no_jobs() {
    for transport in TRANSPORTS {
        let host = Arc::new(Recorder::default());
        let pool = quiet(1, transport)
            .host(host.clone())
            .output(OutputMode::PerJob)
            .worker_init(speak, "without a newline".to_owned())
            .start()
            .unwrap();
        let job = pool.submit(|_: ()| println!("job"), ()).unwrap();
        let id = job.id();
        job.join().unwrap();
        pool.shutdown();
        assert_eq!(host.of_job(id), "job\n");
        let text = host.text(Stream::Out);
        assert_eq!(text, "without a newline\njob\n");
    }
}

/// Has no encoding.
#[derive(Deserialize)]
struct Secret;

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not for others"))
    }
}

#[test]
fn inputs_of_any_size_arrive_and_what_has_no_encoding_is_told_at_the_start() {
    for transport in TRANSPORTS {
        for bytes in [0, 1, 4096, 32 << 20] {
            let length = |text: String| Ok::<_, String>(text.len());
            let pool = quiet(2, transport).worker_init(length, "x".repeat(bytes));
            let pool = pool.start().unwrap();
            let state = |_: (), ctx: &Context| *ctx.state::<usize>().unwrap();
            assert_eq!(pool.submit(state, ()).unwrap().join(), Ok(bytes));
        }
        let refused = quiet(1, transport).worker_init(|_: Secret| Ok::<_, String>(()), Secret);
        match refused.start().unwrap_err() {
            StartError::Input { setting, error } => {
                assert_eq!(setting, "worker_init");
                assert!(error.contains("not for others"), "{error}");
            }
            error => panic!("{error}"),
        }
    }
    // A pool without an initializer has no state.
    let pool = pool(1, TRANSPORTS[0]);
    let state = |_: (), ctx: &Context| ctx.state::<usize>().is_none();
    assert_eq!(pool.submit(state, ()).unwrap().join(), Ok(true));
}
