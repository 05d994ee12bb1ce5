//! What tasks log in their workers reaches the subscriber of the pool's owner.

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::mpsc::{channel, sync_channel};

use anypool_core::{Executor as _, JobError};
use tracing::Level;
use tracing::level_filters::LevelFilter;

use crate::recorder::{Logged, Recorder, Told};
use crate::scene::{PATIENCE, Recording, WAYS, builder, eventually};

const TARGET: &str = "tracing::logs";

fn talk(n: u64) -> u64 {
    println!("printed {n}");
    tracing::warn!(n, text = "a\nb", "said {n}");
    eprintln!("warned {n}");
    tracing::info!(target: "elsewhere", "two\nlines");
    tracing::trace!("nobody wants this");
    n
}

#[test]
fn events_arrive_as_they_were_with_worker_pid_and_job_in_the_jobs_span() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let (settings, paper) = builder(way);
        let pool = settings.start().unwrap();
        let pid = pool.stats().pids[&0].to_string();
        let job = pool.submit(talk, 7).unwrap();
        let number = job.id().0.to_string();
        assert_eq!(job.join(), Ok(7));
        drop(pool);
        let span = recorder.jobs()[0].0;
        let [said] = &recorder.logged(TARGET)[..] else {
            panic!("{:?}", recorder.told());
        };
        assert_eq!((said.level, said.span), (Level::WARN, Some(span)));
        let field = |name| said.fields[name].as_str();
        assert_eq!(["message", "worker"].map(field), ["said 7", "0"]);
        assert_eq!((field("pid"), field("job")), (&*pid, &*number));
        assert_eq!(field("fields"), r#"n=7 text="a\nb""#);
        assert!(field("location").contains("logs.rs:"), "{said:?}");
        let [other] = &recorder.logged("elsewhere")[..] else {
            panic!("{:?}", recorder.told());
        };
        assert_eq!((other.level, other.span), (Level::INFO, Some(span)));
        assert_eq!(other.fields["message"], "two\nlines");
        let told = recorder.told();
        let place = |wanted: &Told| told.iter().position(|told| told == wanted);
        let end = place(&Told::Closed(span)).unwrap();
        assert!(place(&Told::Logged(said.clone())) < place(&Told::Logged(other.clone())));
        assert!(place(&Told::Logged(other.clone())).unwrap() < end);
        let text = paper.text();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["printed 7", "warned 7"]);
    }
}

#[test]
fn workers_make_no_event_that_nobody_wants() {
    for way in WAYS {
        let levels = |_: ()| {
            (
                tracing::enabled!(Level::INFO),
                tracing::enabled!(Level::DEBUG),
            )
        };
        let filters = [
            (LevelFilter::INFO, (true, false)),
            (LevelFilter::OFF, (false, false)),
        ];
        for (filter, wanted) in filters {
            // The last threads of a pool before, of another test maybe, may keep its subscriber for another moment. What is
            // wanted is found out when there is a new one.
            eventually("only what is wanted is made", || {
                let _recording = Recording::with(Recorder::new(filter));
                let pool = builder(way).0.start().unwrap();
                pool.submit(levels, ()).unwrap().join() == Ok(wanted)
            });
        }
    }
}

#[test]
fn events_between_jobs_and_of_other_threads_have_their_places() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let pool = builder(way).0.start().unwrap();
        let many = |n: u64| {
            let logging = std::thread::scope(|scope| {
                let logs = scope.spawn(move || tracing::info!(n, "from a thread"));
                logs.join().is_ok()
            });
            tracing::info!(n, "from the task");
            logging
        };
        let jobs: Vec<_> = (0..100).map(|n| pool.submit(many, n).unwrap()).collect();
        assert!(jobs.into_iter().all(|job| job.join() == Ok(true)));
        drop(pool);
        let spans: Vec<u64> = recorder.jobs().iter().map(|(span, _)| *span).collect();
        let logged = recorder.logged(TARGET);
        assert_eq!(logged.len(), 200);
        for (n, pair) in logged.chunks(2).enumerate() {
            for said in pair {
                assert_eq!(said.fields["fields"], format!("n={n}"));
                assert_eq!(said.span, Some(spans[n]), "{said:?}");
            }
        }
    }
}

fn last_words(_: ()) {
    tracing::error!(code = 3, "about to die");
    std::process::abort();
}

#[test]
fn the_last_words_of_a_worker_arrive_and_are_readable_in_its_obituary() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let pool = builder(way).0.start().unwrap();
        let Err(JobError::WorkerDied(death)) = pool.submit(last_words, ()).unwrap().join() else {
            panic!("no death");
        };
        let told = format!("ERROR {TARGET}: about to die code=3\n");
        assert_eq!(death.stderr_tail, told);
        drop(pool);
        let [said] = &recorder.logged(TARGET)[..] else {
            panic!("{:?}", recorder.told());
        };
        assert_eq!(said.span, Some(recorder.jobs()[0].0));
    }
}

fn write_error(bytes: Vec<u8>) {
    std::io::stderr().write_all(&bytes).unwrap();
}

#[test]
fn a_faked_event_is_an_event_and_a_malformed_one_is_output() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let (settings, paper) = builder(way);
        let pool = settings.start().unwrap();
        let fake = b"\x1elog1\x1f2\x1f999999\x1f\x1ffaker\x1flies\x1f\n";
        let broken = b"\x1elog1\x1f2\x1fnobody\x1f\x1ffaker\x1flies\x1f\n";
        let block = [&b"before\n"[..], fake, broken, b"after\n"].concat();
        assert_eq!(pool.submit(write_error, block).unwrap().join(), Ok(()));
        drop(pool);
        let [lies] = &recorder.logged("faker")[..] else {
            panic!("{:?}", recorder.told());
        };
        assert_eq!((lies.level, lies.span), (Level::WARN, None), "not its job");
        let printed = [&b"before\n"[..], broken, b"after\n"].concat();
        assert_eq!(paper.text().as_bytes(), printed);
    }
}

#[test]
fn a_subscriber_that_is_stuck_or_panics_holds_up_no_job() {
    for way in WAYS {
        let (permit, permits) = sync_channel::<()>(0);
        let (said, heard) = channel();
        let (permits, said) = (Mutex::new(permits), Mutex::new(said));
        let react = move |logged: &Logged| {
            if logged.target == TARGET {
                let _ = said.lock().unwrap().send(logged.fields["message"].clone());
                let _ = permits
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .recv();
                panic!("a subscriber that panics, as the test wants it to");
            }
        };
        let recording = Recording::with(Recorder::reacting(LevelFilter::INFO, react));
        let pool = builder(way).0.start().unwrap();
        let first = pool.submit(talk, 0).unwrap();
        assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), "said 0");
        if way.1 == process_runner::OutputMode::PerWorker {
            for n in 1..50 {
                let job = pool.submit(talk, n).unwrap();
                assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(n));
            }
        }
        drop(permit);
        assert_eq!(first.join_timeout(PATIENCE).unwrap(), Ok(0));
        assert_eq!(pool.submit(talk, 50).unwrap().join(), Ok(50));
        drop(pool);
        let recorder = &recording.recorder;
        let jobs = recorder.jobs();
        eventually("every span is closed", || {
            jobs.iter().all(|(span, _)| recorder.is_closed(*span))
        });
        assert_eq!(recorder.logged("elsewhere").len(), jobs.len());
    }
}

fn shout(lines: u64) {
    for n in 0..lines {
        tracing::info!(n, "{}", "x".repeat(2_000));
    }
}

#[test]
fn a_job_that_logs_faster_than_anybody_reads_waits_and_loses_nothing() {
    const LINES: u64 = 10_000;
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let pool = builder(way).0.start().unwrap();
        assert_eq!(pool.submit(shout, LINES).unwrap().join(), Ok(()));
        drop(pool);
        let logged = recording.recorder.logged(TARGET);
        let order = logged.iter().map(|said| said.fields["fields"].clone());
        let expected = (0..LINES).map(|n| format!("n={n}"));
        assert!(order.eq(expected), "{} lines", logged.len());
    }
}
