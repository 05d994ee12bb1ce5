//! Jobs that fail are tried again, as often as they allow.

use std::time::Duration;

use anypool_core::{Context, Executor as _, JobError, JobOptions, MapOptions, Retries};

use crate::scene::{Log, PATIENCE, Scene, TRANSPORTS, logged, pool, quiet};

fn retries(count: u32) -> Retries {
    Retries::new(count).delay(Duration::from_millis(1))
}

fn options(count: u32) -> JobOptions {
    JobOptions::new().retries(retries(count))
}

/// Fails in the way that `how` says until attempt number `good`.
fn fails_until(input: (Log, String), good: u32, ctx: &Context) -> u32 {
    let (log, how) = input;
    log.note(format_args!("attempt {}", ctx.attempt()));
    if ctx.attempt() >= good {
        return ctx.attempt();
    }
    match how.as_str() {
        "panic" => panic!("not yet"),
        "abort" => std::process::abort(),
        _ => loop {
            std::thread::park_timeout(PATIENCE);
        },
    }
}

/// The task above with its input in one piece.
fn attempt(input: ((Log, String), u32), ctx: &Context) -> u32 {
    fails_until(input.0, input.1, ctx)
}

#[test]
fn a_job_is_tried_again_until_it_succeeds() {
    for transport in TRANSPORTS {
        for how in ["panic", "abort", "hang"] {
            let scene = Scene::new();
            let pool = quiet(2, transport).quiet_panics(true).start().unwrap();
            let options = options(5).timeout(Duration::from_millis(300));
            let options = options.retries(retries(5).poison_after(9));
            let input = ((scene.log.clone(), how.to_owned()), 3);
            let job = pool.submit_with(attempt, input, options).unwrap();
            assert_eq!(job.join(), Ok(3), "{how} over {transport}");
            let attempts = ["attempt 1", "attempt 2", "attempt 3"];
            assert_eq!(scene.log.lines(), attempts, "{how}");
            assert_eq!(pool.stats().retries, 2);
        }
    }
}

#[test]
fn a_job_that_costs_its_workers_is_poison_and_says_how_each_died() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        let input = ((scene.log.clone(), "abort".to_owned()), 99);
        let job = pool.submit_with(attempt, input, options(9)).unwrap();
        let Err(JobError::Poison { attempts }) = job.join() else {
            panic!("it is poison");
        };
        let pids = attempts.iter().map(|attempt| match attempt {
            JobError::WorkerDied(death) if death.started => death.pid,
            other => panic!("{other:?}"),
        });
        let pids: Vec<u32> = pids.collect();
        assert!(pids.len() == 2 && pids[0] != pids[1], "{pids:?}");
        assert_eq!(scene.log.lines().len(), 2);
        assert_eq!(
            pool.submit(logged, (scene.log.clone(), 1)).unwrap().join(),
            Ok(1)
        );
    }
}

#[test]
fn spent_retries_are_told_in_order() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).quiet_panics(true).start().unwrap();
        let input = ((scene.log.clone(), "panic".to_owned()), 99);
        let job = pool.submit_with(attempt, input, options(2)).unwrap();
        let Err(error @ JobError::RetriesExhausted { .. }) = job.join() else {
            panic!("all attempts failed");
        };
        assert!(matches!(error.last_attempt(), JobError::Panicked(_)));
        let told = error.to_string();
        let (_, third) = told.split_once("attempt 3: worker ").unwrap();
        assert!(third.contains(" panicked: "), "{told}");
    }
}

#[test]
fn only_the_items_of_a_map_that_fail_are_tried_again() {
    fn odd_at_first(input: (Log, u32), ctx: &Context) -> u32 {
        let (log, n) = input;
        log.note(format_args!("ran {n}"));
        match (n % 4, ctx.attempt()) {
            (1, 1) => panic!("not yet"),
            (3, 1) => std::process::abort(),
            _ => n,
        }
    }
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(2, transport).quiet_panics(true).start().unwrap();
        let options = MapOptions::new()
            .chunk(std::num::NonZeroUsize::new(8).unwrap())
            .retries(retries(3));
        let inputs = (0..32).map(|n| (scene.log.clone(), n));
        let values: Result<Vec<u32>, _> = pool.map_with(odd_at_first, inputs, options).collect();
        assert_eq!(values, Ok((0..32).collect()), "{transport}");
        let lines = scene.log.lines();
        for n in 0..32 {
            let line = format!("ran {n}");
            let ran = lines.iter().filter(|&seen| *seen == line).count();
            assert_eq!(ran, if n % 2 == 1 { 2 } else { 1 }, "{line}");
        }
    }
}

#[test]
fn a_retry_that_waits_can_be_cancelled_and_is_waited_for_otherwise() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).quiet_panics(true).start().unwrap();
        let input = |good| ((scene.log.clone(), "panic".to_owned()), good);
        let late = options(1).retries(Retries::new(1).delay(PATIENCE).jitter(false));
        let waiting = pool.submit_with(attempt, input(2), late).unwrap();
        crate::scene::eventually("it has failed once", || pool.stats().retries == 1);
        assert!(waiting.cancel());
        assert_eq!(waiting.join(), Err(JobError::Cancelled));
        let soon = options(1).retries(Retries::new(1).delay(Duration::from_millis(100)));
        let soon = pool.submit_with(attempt, input(2), soon).unwrap();
        pool.shutdown();
        assert_eq!(soon.try_join().unwrap(), Ok(2));
    }
}

#[test]
fn stopping_ends_a_retry_that_waits() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).quiet_panics(true).start().unwrap();
        let input = ((scene.log.clone(), "panic".to_owned()), 2);
        let late = options(1).retries(Retries::new(1).delay(PATIENCE).jitter(false));
        let waiting = pool.submit_with(attempt, input, late).unwrap();
        crate::scene::eventually("it has failed once", || pool.stats().retries == 1);
        assert_eq!(pool.shutdown_now().cancelled, 1);
        assert_eq!(waiting.try_join().unwrap(), Err(JobError::Cancelled));
    }
}
