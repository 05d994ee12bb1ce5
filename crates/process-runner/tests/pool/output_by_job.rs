//! Output by job: all that a job printed, under its own number, before its handle is released.

use std::num::NonZeroUsize;
use std::sync::Arc;

use anypool_core::{Executor as _, MapOptions, Stream};
use process_runner::{OutputMode, ProcessPool, Transport};

use crate::recorder::Recorder;
use crate::scene::{TRANSPORTS, eventually, quiet};

fn by_job(workers: usize, transport: Transport) -> (ProcessPool, Arc<Recorder>) {
    let host = Arc::new(Recorder::default());
    let builder = quiet(workers, transport).output(OutputMode::PerJob);
    (builder.host(Arc::clone(&host) as _).start().unwrap(), host)
}

fn chat(n: u32) {
    for line in 0..n % 50 {
        println!("{n}: line {line}");
        eprintln!("{n}: warning {line}");
    }
}

#[test]
fn output_is_tagged_with_its_job_and_comes_before_the_value() {
    for transport in TRANSPORTS {
        let (pool, host) = by_job(3, transport);
        let jobs: Vec<_> = (0..300)
            .map(|n| (n, pool.submit(chat, n).unwrap()))
            .collect();
        for (n, job) in jobs {
            let id = job.id();
            assert_eq!(job.join(), Ok(()));
            let text = host.of_job(id);
            let count = text
                .lines()
                .filter(|line| line.starts_with(&format!("{n}: ")))
                .count();
            assert_eq!(count, 2 * (n as usize % 50), "{text}");
            assert_eq!(text.lines().count(), count, "{text}");
        }
    }
}

fn print_half(n: u32) {
    print!("half {n}");
    eprint!("warning {n}");
}

#[test]
fn a_job_that_ends_without_a_newline_has_its_output_all_the_same() {
    for transport in TRANSPORTS {
        let (pool, host) = by_job(1, transport);
        let jobs = [1, 2].map(|n| (n, pool.submit(print_half, n).unwrap()));
        for (n, job) in jobs {
            let id = job.id();
            assert_eq!(job.join(), Ok(()));
            let mut lines: Vec<_> = host.of_job(id).lines().map(str::to_owned).collect();
            lines.sort_unstable();
            assert_eq!(lines, [format!("half {n}"), format!("warning {n}")]);
        }
    }
}

fn print_and_die(n: u32) {
    print!("dying {n}");
    eprintln!("last words {n}");
    // Standard output keeps half a line back until it is flushed.
    std::io::Write::flush(&mut std::io::stdout()).unwrap();
    std::process::abort();
}

#[test]
fn the_output_of_a_job_that_killed_its_worker_is_its_own() {
    for transport in TRANSPORTS {
        let (pool, host) = by_job(1, transport);
        let job = pool.submit(print_and_die, 5).unwrap();
        let id = job.id();
        assert!(job.join().is_err());
        let text = host.of_job(id);
        assert!(
            text.contains("dying 5\n") && text.contains("last words 5\n"),
            "{text}"
        );
    }
}

fn print_block(n: u32) -> u32 {
    println!("{n} {}", "x".repeat(30_000));
    n
}

#[test]
fn a_slow_host_bounds_how_much_is_kept_for_it() {
    if !crate::scene::alone("output_by_job::a_slow_host_bounds_how_much_is_kept_for_it") {
        return;
    }
    for transport in TRANSPORTS {
        let (host, permit) = crate::output::Slow::new();
        let builder = quiet(2, transport).output(OutputMode::PerJob);
        let pool = builder.host(Arc::clone(&host) as _).start().unwrap();
        let before = crate::output::resident_bytes();
        let jobs: Vec<_> = (0..3_000)
            .map(|n| pool.submit(print_block, n).unwrap())
            .collect();
        // Once 4 MiB wait for a host that takes nothing, no more jobs are sent.
        eventually("no more jobs start", || {
            let stats = pool.stats();
            stats.done * 30_000 > 4 << 20 && stats.busy == 0
        });
        let grown = crate::output::resident_bytes().saturating_sub(before);
        assert!(grown < 32 << 20, "{grown} bytes for 90 MB of output");
        drop(permit);
        for (n, job) in (0..).zip(jobs) {
            assert_eq!(job.join(), Ok(n));
        }
        drop(pool);
        assert!(*host.bytes.lock().unwrap() > 3_000 * 30_000);
    }
}

#[test]
fn in_a_map_every_line_is_there_when_the_last_item_is() {
    for transport in TRANSPORTS {
        let (pool, host) = by_job(2, transport);
        let options = MapOptions::new().chunk(NonZeroUsize::new(7).unwrap());
        assert!(
            pool.map_with(chat, 0..100, options)
                .all(|outcome| outcome.is_ok())
        );
        let expected: usize = (0..100).map(|n| n % 50).sum();
        assert_eq!(host.text(Stream::Out).lines().count(), expected);
        assert!(host.blocks().iter().all(|block| block.origin.job.is_some()));
    }
}
