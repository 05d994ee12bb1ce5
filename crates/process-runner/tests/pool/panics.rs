//! Panics are values: they travel with their message and place, and the worker lives on.

use std::sync::Arc;

use anypool_core::{Context, Executor as _, JobError, Stream};
use process_runner::OutputMode;

use crate::recorder::Recorder;
use crate::scene::{TRANSPORTS, quiet};

fn odd_one(n: u32) -> u32 {
    assert!(n != 3, "{n} is the odd one");
    n
}

#[test]
fn a_panic_travels_with_message_and_place() {
    for transport in TRANSPORTS {
        for is_quiet in [false, true] {
            let host = Arc::new(Recorder::default());
            let builder = quiet(1, transport)
                .quiet_panics(is_quiet)
                .host(Arc::clone(&host) as _);
            let pool = builder.start().unwrap();
            let Err(JobError::Panicked(report)) = pool.submit(odd_one, 3).unwrap().join() else {
                panic!("no panic");
            };
            assert_eq!(report.message, "3 is the odd one");
            let location = report.location.unwrap();
            let place: Vec<_> = location.rsplitn(3, ':').collect();
            assert!(place[2].ends_with("tests/pool/panics.rs"), "{location}");
            assert!(
                place[..2]
                    .iter()
                    .all(|number| number.parse::<u32>().is_ok())
            );
            assert_eq!(pool.submit(odd_one, 4).unwrap().join(), Ok(4));
            assert_eq!(pool.stats().restarts, 0);
            drop(pool);
            let printed = host.text(Stream::Err);
            assert_eq!(printed.contains("3 is the odd one"), !is_quiet, "{printed}");
            assert_eq!(printed.is_empty(), is_quiet, "{printed}");
        }
    }
}

fn panic_on(n: u32, ctx: &Context) {
    panic!(
        "panic {n} of job {} on worker {}",
        ctx.job().0,
        ctx.worker().0
    );
}

#[test]
fn the_words_of_a_panic_are_tagged_with_its_worker_and_its_job() {
    const JOBS: u32 = 40;
    for transport in TRANSPORTS {
        for mode in [OutputMode::PerWorker, OutputMode::PerJob] {
            let host = Arc::new(Recorder::default());
            let builder = quiet(3, transport).output(mode);
            let pool = builder.host(Arc::clone(&host) as _).start().unwrap();
            let jobs: Vec<_> = (0..JOBS)
                .map(|n| pool.submit(panic_on, n).unwrap())
                .collect();
            for job in jobs {
                assert!(matches!(job.join(), Err(JobError::Panicked(_))));
            }
            drop(pool);
            let mut seen = 0;
            for block in host.blocks().iter() {
                let told = block.text.lines().filter(|line| line.starts_with("panic "));
                for line in told {
                    seen += 1;
                    let worker = format!(" on worker {}", block.origin.worker.0);
                    assert!(line.ends_with(&worker), "{block:?}");
                    assert_eq!(block.origin.job.is_some(), mode == OutputMode::PerJob);
                    let job = block.origin.job.map(|job| format!(" of job {} ", job.0));
                    assert!(job.is_none_or(|job| line.contains(&job)), "{block:?}");
                }
            }
            assert_eq!(seen, JOBS);
        }
    }
}
