//! One task on a thread of its own.

use std::io::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypool_core::{Context, Host, JobError, Origin, Stream};
use thread_runner::Thread;

use crate::gate::{Gate, eventually, threads_named};

#[test]
fn joining_gives_the_value_and_waits_for_the_thread() {
    let thread = Thread::builder().name("lone").spawn(|n: u32| n + 1, 4);
    let thread = thread.unwrap();
    assert_eq!(thread.name(), "lone");
    assert_eq!(thread.join(), Ok(5));
    eventually("the thread is gone", || threads_named("lone") == 0);
}

#[test]
fn a_thread_is_alive_until_its_task_has_ended() {
    static GATE: Gate = Gate::new();
    let thread = Thread::spawn(|_: ()| GATE.pass(), ()).unwrap();
    GATE.await_arrivals(1);
    assert!(thread.is_alive());
    let thread = thread.join_timeout(Duration::from_millis(1)).unwrap_err();
    GATE.open();
    eventually("the thread has ended", || !thread.is_alive());
    assert_eq!(thread.join_timeout(Duration::ZERO).unwrap(), Ok(()));
}

#[test]
fn a_dropped_thread_runs_on() {
    static GATE: Gate = Gate::new();
    static ENDED: Gate = Gate::new();
    let task = |_: ()| {
        GATE.pass();
        ENDED.open();
        ENDED.pass();
    };
    let builder = Thread::builder().name("detached");
    drop(builder.spawn(task, ()).unwrap());
    GATE.await_arrivals(1);
    GATE.open();
    ENDED.await_arrivals(1);
    eventually("the thread is gone", || threads_named("detached") == 0);
}

#[test]
fn a_thread_that_does_not_stop_can_be_given_up() {
    static GATE: Gate = Gate::new();
    let builder = Thread::builder().name("deaf");
    let thread = builder.spawn(|_: ()| GATE.pass(), ()).unwrap();
    GATE.await_arrivals(1);
    thread.stop();
    let thread = thread.join_timeout(Duration::from_millis(1)).unwrap_err();
    thread.abandon();
    assert_eq!(thread.join(), Err(JobError::Killed));
    GATE.open();
    eventually("the thread is gone", || threads_named("deaf") == 0);
}

#[test]
fn a_thread_that_runs_over_is_left_behind() {
    static GATE: Gate = Gate::new();
    let limit = Duration::from_millis(10);
    let builder = Thread::builder().name("over").timeout(limit);
    let thread = builder.spawn(|_: ()| GATE.pass(), ()).unwrap();
    assert!(matches!(thread.join(), Err(JobError::TimedOut { .. })));
    // The kernel's list forgets the watchdog a moment after it was joined.
    eventually("only the thread is left", || threads_named("over") == 1);
    GATE.open();
    eventually("the thread is gone", || threads_named("over") == 0);
}

#[test]
fn a_panic_is_an_outcome() {
    let builder = Thread::builder().quiet_panics(true);
    let thread = builder.spawn(|_: ()| panic!("no"), ());
    let outcome: Result<(), _> = thread.unwrap().join();
    assert!(matches!(outcome, Err(JobError::Panicked(_))));
}

#[test]
fn a_name_with_a_zero_byte_is_refused() {
    let refused = Thread::builder().name("a\0b").spawn(|n: u32| n, 1);
    assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn output_goes_to_the_host() {
    #[derive(Default)]
    struct Paper(Mutex<Vec<u8>>);
    impl Host for Paper {
        fn write(&self, _: Origin, _: Stream, lines: &[u8]) -> io::Result<()> {
            self.0.lock().unwrap().extend_from_slice(lines);
            Ok(())
        }
    }
    fn greet(year: u32, ctx: &Context) {
        writeln!(ctx.out(), "hello {year}").unwrap();
    }
    let paper = Arc::new(Paper::default());
    let builder = Thread::builder().host(Arc::<Paper>::clone(&paper));
    let thread = builder.spawn(greet, 1815).unwrap();
    thread.join().unwrap();
    assert_eq!(*paper.0.lock().unwrap(), b"hello 1815\n");
}
