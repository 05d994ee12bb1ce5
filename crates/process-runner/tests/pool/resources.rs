//! Limits on memory and CPU time end what exceeds them, and say by how much.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::{
    Executor as _, JobError, JobOptions, MapOptions, MemoryEvidence, RanBy, StoppedBy, Stream,
};

use process_runner::Process;

use crate::recorder::Recorder;
use crate::scene::{PATIENCE, TRANSPORTS, eventually, pool, quiet, square};

const MIB: u64 = 1 << 20;

/// Touches a MiB after the other until it has `mib`, and holds them for a while.
fn grow(mib: usize) -> usize {
    let mut held: Vec<Vec<u8>> = Vec::new();
    for _ in 0..mib {
        held.push(vec![1; 1 << 20]);
        std::thread::sleep(Duration::from_micros(200));
    }
    held.iter().map(|block| usize::from(block[4_096])).sum()
}

/// Asks for all of it in one piece.
fn reserve(mib: usize) -> usize {
    let block: Vec<u8> = Vec::with_capacity(mib << 20);
    std::hint::black_box(&block).capacity()
}

#[test]
fn a_job_that_grows_beyond_its_memory_is_killed_and_the_figures_are_told() {
    for transport in TRANSPORTS {
        let pool = quiet(2, transport).memory_limit(64 * MIB).start().unwrap();
        assert_eq!(pool.submit(grow, 20).unwrap().join(), Ok(20));
        let Err(JobError::MemoryLimit(overrun)) = pool.submit(grow, 100_000).unwrap().join() else {
            panic!("it has grown beyond its limit");
        };
        assert_eq!(overrun.limit_bytes, 64 * MIB);
        match &overrun.evidence {
            MemoryEvidence::Watched => assert!(overrun.resident_bytes > Some(64 * MIB)),
            MemoryEvidence::Refused(words) => assert!(words.contains("memory allocation of")),
        }
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}

#[test]
fn an_allocation_that_is_refused_is_told_from_other_aborts() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport).memory_limit(64 * MIB).start().unwrap();
        let Err(JobError::MemoryLimit(overrun)) = pool.submit(reserve, 1_000).unwrap().join()
        else {
            panic!("it is too large");
        };
        let MemoryEvidence::Refused(words) = &overrun.evidence else {
            panic!("{overrun:?}");
        };
        assert!(
            words.contains("memory allocation of 1048576000 bytes failed"),
            "{words}"
        );
        let abort = |_: ()| -> u32 { std::process::abort() };
        let aborted = pool.submit(abort, ()).unwrap().join();
        assert!(
            matches!(aborted, Err(JobError::WorkerDied(_))),
            "{aborted:?}"
        );
    }
}

#[test]
fn a_jobs_own_memory_limit_holds_for_it_alone() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let options = JobOptions::new().memory_limit(16 * MIB);
        let tight = pool.submit_with(grow, 100_000, options).unwrap();
        let Err(JobError::MemoryLimit(overrun)) = tight.join() else {
            panic!("it has grown beyond its limit");
        };
        assert_eq!(overrun.evidence, MemoryEvidence::Watched);
        assert_eq!(pool.submit(grow, 40).unwrap().join(), Ok(40));
    }
}

/// Computes for ever, on `threads` threads.
fn burn(threads: usize) {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    std::hint::spin_loop();
                }
            });
        }
    });
}

fn sleep(millis: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(millis));
    millis
}

#[test]
fn cpu_time_is_limited_and_waiting_does_not_count() {
    let limit = Duration::from_millis(200);
    for transport in TRANSPORTS {
        let pool = quiet(2, transport).grace(PATIENCE).cpu_time(limit);
        let pool = pool.start().unwrap();
        let asleep = pool.submit(sleep, 600).unwrap();
        for threads in [1, 2] {
            match pool.submit(burn, threads).unwrap().join() {
                Err(JobError::CpuTime {
                    limit: told,
                    used,
                    stopped_by: StoppedBy::Terminate,
                    worker: Some(RanBy::Process { .. }),
                }) => assert!(told == limit && used >= limit, "{used:?}"),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(asleep.join(), Ok(600));
    }
}

fn burn_millis(millis: u64) -> u64 {
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(millis) {
        std::hint::spin_loop();
    }
    millis
}

#[test]
fn in_a_map_each_item_has_cpu_time_of_its_own() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let options = MapOptions::new()
            .chunk(std::num::NonZeroUsize::new(20).unwrap())
            .cpu_time(Duration::from_millis(400));
        let naps = (0..20).map(|n| if n == 7 { 600_000 } else { 40 });
        let outcomes: Vec<_> = pool.map_with(burn_millis, naps, options).collect();
        let lost: Vec<usize> = (0..20).filter(|&n| outcomes[n].is_err()).collect();
        assert_eq!(lost, [7], "{outcomes:?}");
    }
}

#[test]
fn limits_of_different_kinds_are_looked_at_together() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let options = JobOptions::new()
            .timeout(PATIENCE)
            .cpu_time(Duration::from_millis(50))
            .memory_limit(1 << 30);
        let outcome = pool.submit_with(burn, 1, options).unwrap().join();
        assert!(
            matches!(outcome, Err(JobError::CpuTime { .. })),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_single_process_has_limits_too() {
    for transport in TRANSPORTS {
        let builder = || {
            Process::builder()
                .transport(transport)
                .host(Arc::new(Recorder::default()))
        };
        let hungry = builder().memory_limit(16 * MIB).spawn(grow, 100_000);
        let outcome = hungry.unwrap().join();
        assert!(
            matches!(outcome, Err(JobError::MemoryLimit(_))),
            "{outcome:?}"
        );
        let busy = builder().cpu_time(Duration::from_millis(50)).spawn(burn, 1);
        let outcome = busy.unwrap().join();
        assert!(
            matches!(outcome, Err(JobError::CpuTime { .. })),
            "{outcome:?}"
        );
    }
}

/// Says what a program says that aborts for want of memory, and lives on.
fn survive(n: u64) -> u64 {
    eprintln!("memory allocation of {n} bytes failed, and somebody coped with it");
    n
}

#[test]
fn an_abort_is_not_blamed_on_what_an_earlier_job_said() {
    let abort = |_: ()| -> u32 {
        eprintln!("something else is wrong");
        std::process::abort()
    };
    for transport in TRANSPORTS {
        for limit in [None, Some(256 * MIB)] {
            let host = Arc::new(Recorder::default());
            let builder = quiet(1, transport).host(Arc::clone(&host) as _);
            let builder = match limit {
                Some(limit) => builder.memory_limit(limit),
                None => builder,
            };
            let pool = builder.start().unwrap();
            assert_eq!(pool.submit(survive, 123).unwrap().join(), Ok(123));
            if limit.is_none() {
                // Where no memory is limited, nobody reads it sooner for the next job's sake.
                eventually("it is read", || host.text(Stream::Err).contains("coped"));
            }
            let Err(JobError::WorkerDied(death)) = pool.submit(abort, ()).unwrap().join() else {
                panic!("it aborted for another reason");
            };
            assert_eq!(death.stderr_tail, "something else is wrong\n");
        }
    }
}
