//! What a pool's owner is told while it happens, whatever the hook does.

use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypool_core::{Executor as _, ExitCause, JobError, JobOptions, MapOptions, Retries, WorkerId};
use process_runner::{EndCause, PoolEvent, ProcessPool, ProcessPoolBuilder, Transport};

use crate::scene::{PATIENCE, TRANSPORTS, eventually, pool, quiet, square};

/// A builder whose pool's events come out here.
fn told(workers: usize, transport: Transport) -> (ProcessPoolBuilder, Receiver<PoolEvent>) {
    let (told, events) = channel();
    let hook = move |event: &PoolEvent| drop(told.send(event.clone()));
    (quiet(workers, transport).on_event(hook), events)
}

fn abort_or(n: u64) -> u64 {
    if n == 13 {
        std::process::abort();
    }
    n
}

#[test]
fn the_life_of_a_pool_is_told_in_its_order() {
    for transport in TRANSPORTS {
        let (builder, events) = told(1, transport);
        let pool = builder.start().unwrap();
        let pid = pool.stats().pids[&0];
        let worker = WorkerId(0);
        let good = pool.submit(abort_or, 1).unwrap();
        let good_id = good.id();
        assert_eq!(good.join(), Ok(1));
        let bad = pool.submit(abort_or, 13).unwrap();
        let bad_id = bad.id();
        let error = bad.join().unwrap_err();
        assert_eq!(pool.submit(abort_or, 2).unwrap().join(), Ok(2));
        let next = pool.stats().pids[&0];
        pool.shutdown();
        let mut events = events.iter();
        let mut event = || events.next().unwrap();
        let started = |pid, replaces| PoolEvent::WorkerStarted {
            worker,
            pid,
            replaces,
        };
        assert_eq!(event(), started(pid, None));
        assert_eq!(event(), PoolEvent::WorkerReady { worker, pid });
        let PoolEvent::JobFinished { job, outcome, .. } = event() else {
            panic!("the first job is not told of");
        };
        assert_eq!((job, outcome), (good_id, Ok(())));
        let PoolEvent::JobFinished { job, outcome, .. } = event() else {
            panic!("the second job is not told of");
        };
        assert_eq!((job, outcome), (bad_id, Err(error)));
        let PoolEvent::WorkerEnded(end) = event() else {
            panic!("the death is not told of");
        };
        assert_eq!(end.cause, EndCause::Died(ExitCause::Signal(6)));
        assert_eq!((end.pid, end.job, end.done), (Some(pid), Some(bad_id), 1));
        assert_eq!(event(), started(next, Some(pid)));
        assert_eq!(event(), PoolEvent::WorkerReady { worker, pid: next });
        assert!(matches!(
            event(),
            PoolEvent::JobFinished {
                outcome: Ok(()),
                ..
            }
        ));
        assert_eq!(event(), PoolEvent::Stopping { at_once: false });
        let PoolEvent::WorkerEnded(end) = event() else {
            panic!("the last worker's end is not told of");
        };
        assert_eq!((end.cause, end.done), (EndCause::Stopped, 1));
        assert_eq!(event(), PoolEvent::Ended);
    }
}

fn fail_first(ctx: &anypool_core::Context) {
    assert!(ctx.attempt() > 1, "the first attempt fails");
}

#[test]
fn a_retry_is_told_with_its_cause_and_the_end_once() {
    for transport in TRANSPORTS {
        let (builder, events) = told(1, transport);
        let pool = builder.quiet_panics(true).start().unwrap();
        let pause = Duration::from_millis(1);
        let retries = Retries::new(1).delay(pause).jitter(false);
        let options = JobOptions::new().retries(retries);
        let task = |(): (), ctx: &anypool_core::Context| fail_first(ctx);
        let tried = pool.submit_with(task, (), options).unwrap();
        let id = tried.id();
        assert_eq!(tried.join(), Ok(()));
        drop(pool);
        let of_job: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                PoolEvent::JobRetried {
                    job,
                    attempt,
                    pause: waited,
                    cause: JobError::Panicked(_),
                    ..
                } => Some((job, attempt, waited == pause)),
                PoolEvent::JobFinished { job, outcome, .. } => Some((job, 0, outcome == Ok(()))),
                _ => None,
            })
            .collect();
        assert_eq!(of_job, [(id, 2, true), (id, 0, true)]);
    }
}

#[test]
fn the_items_of_a_chunk_are_told_apart() {
    for transport in TRANSPORTS {
        let (builder, events) = told(1, transport);
        let pool = builder.start().unwrap();
        let options = MapOptions::new().chunk(std::num::NonZeroUsize::new(3).unwrap());
        assert!(
            pool.map_with(square, 0..3, options)
                .all(|outcome| outcome.is_ok())
        );
        drop(pool);
        let items = events.iter().filter_map(|event| match event {
            PoolEvent::JobFinished { item, .. } => item,
            _ => None,
        });
        assert_eq!(items.collect::<Vec<_>>(), [0, 1, 2]);
    }
}

#[test]
fn a_hook_that_panics_harms_nobody_and_hears_the_rest() {
    for transport in TRANSPORTS {
        let (told, events) = channel();
        let hook = move |event: &PoolEvent| {
            let _ = told.send(event.clone());
            panic!("a hook that panics, as the test wants it to");
        };
        let pool = quiet(2, transport).on_event(hook).start().unwrap();
        for n in 0..20 {
            assert_eq!(pool.submit(square, n).unwrap().join(), Ok(n * n));
        }
        pool.shutdown();
        let finished = |event: &PoolEvent| matches!(event, PoolEvent::JobFinished { .. });
        let events: Vec<PoolEvent> = events.iter().collect();
        assert_eq!(events.iter().filter(|event| finished(event)).count(), 20);
        assert_eq!(events.last(), Some(&PoolEvent::Ended));
    }
}

#[test]
fn a_hook_that_is_stuck_holds_up_no_job_and_loses_no_count() {
    const JOBS: u64 = 10_000;
    for transport in TRANSPORTS {
        let (permit, permits) = sync_channel::<()>(0);
        let (told, events) = channel();
        let permits = Mutex::new(permits);
        let hook = move |event: &PoolEvent| {
            let _ = permits.lock().unwrap().recv();
            let _ = told.send(event.clone());
        };
        let pool = quiet(2, transport).on_event(hook).start().unwrap();
        let jobs: Vec<_> = (0..JOBS).map(|n| pool.submit(square, n).unwrap()).collect();
        for (n, job) in (0..).zip(jobs) {
            assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(n * n));
        }
        drop(permit);
        drop(pool);
        let (mut finished, mut missed) = (0, 0);
        for event in events {
            match event {
                PoolEvent::JobFinished { .. } => finished += 1,
                PoolEvent::Missed { jobs, workers: 0 } => missed += jobs,
                _ => {}
            }
        }
        assert_eq!(finished + missed, JOBS);
        assert!(missed > 0 && finished >= 4_000, "{finished} {missed}");
    }
}

#[test]
fn a_hook_may_use_its_pool_and_be_its_last_owner() {
    for transport in TRANSPORTS {
        let slot = Arc::new(Mutex::new(None::<ProcessPool>));
        let (told, heard) = channel();
        let owner = Arc::clone(&slot);
        let hook = move |event: &PoolEvent| {
            if let PoolEvent::JobFinished { .. } = event
                && let Some(pool) = owner.lock().unwrap().take()
            {
                let _ = told.send((pool.stats().done, format!("{pool:?}")));
            }
        };
        *slot.lock().unwrap() = Some(quiet(1, transport).on_event(hook).start().unwrap());
        let job = slot
            .lock()
            .unwrap()
            .as_ref()
            .map(|pool| pool.submit(square, 3));
        assert_eq!(job.unwrap().unwrap().join(), Ok(9));
        let (done, text) = heard.recv_timeout(PATIENCE).unwrap();
        assert_eq!(done, 1);
        assert!(text.contains("ProcessPool"), "{text}");
    }
}

fn sleep_for_ever(_: ()) {
    loop {
        std::thread::park();
    }
}

#[test]
fn a_pool_that_stops_at_once_says_so_and_whom_it_ends() {
    for transport in TRANSPORTS {
        let (builder, events) = told(1, transport);
        let pool = builder.start().unwrap();
        let job = pool.submit(sleep_for_ever, ()).unwrap();
        eventually("it runs", || pool.stats().workers[0].running.is_some());
        let id = job.id();
        pool.shutdown_now();
        assert_eq!(job.join(), Err(JobError::Killed));
        let events: Vec<PoolEvent> = events.iter().collect();
        let [.., stopping, finished, ended, last] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(*stopping, PoolEvent::Stopping { at_once: true });
        assert!(matches!(finished, PoolEvent::JobFinished { job, .. } if *job == id));
        let PoolEvent::WorkerEnded(end) = ended else {
            panic!("{events:?}");
        };
        assert_eq!((end.cause, end.job), (EndCause::Stopped, Some(id)));
        assert_eq!(*last, PoolEvent::Ended);
    }
}

#[test]
fn without_a_hook_there_is_no_thread_for_it() {
    if !crate::scene::alone("events::without_a_hook_there_is_no_thread_for_it") {
        return;
    }
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let name = |task: std::io::Result<std::fs::DirEntry>| {
            std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap_or_default()
        };
        tasks
            .map(name)
            .filter(|name| name.trim() == "anypool-events")
            .count()
    };
    for transport in TRANSPORTS {
        let plain = pool(1, transport);
        assert_eq!(plain.submit(square, 3).unwrap().join(), Ok(9));
        assert_eq!(threads(), 0);
        let (builder, _events) = told(1, transport);
        let pool = builder.start().unwrap();
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
        // A thread has its name a moment after its start.
        eventually("the thread is there", || threads() == 1);
    }
}
