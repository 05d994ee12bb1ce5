//! The modelled global lock: results are the same under it, and who waits for it can be stopped.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::child::{Live, program, run};

#[test]
fn results_are_the_same_under_the_lock() {
    for (arguments, out) in [
        ("map primes 10 100 1000 -j 3 --gil", "[4, 25, 168]\n"),
        ("map primes 10 100 1000 -j 3 --gil=1us", "[4, 25, 168]\n"),
        ("map square 1 2 3 --inline -s secs=0 --gil", "[1, 4, 9]\n"),
        (
            "spawn pipeline --count 2 -s cpu_us=10 --gil",
            "337598\n337598\n",
        ),
        ("exec --gil -k -- echo ::: 1 2", "1\n2\n"),
    ] {
        let ran = run(arguments);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, out),
            "{arguments}: {}",
            ran.err
        );
    }
}

#[test]
fn an_interval_is_a_time_that_a_stop_can_wait_for() {
    for (arguments, told) in [
        ("map noop 1 --gil=2s", "expected a time up to 1s"),
        ("map noop 1 --gil=0s", "expected a time up to 1s"),
        ("map noop 1 --gil=5", "time unit needed"),
        ("exec --gil=x -- true ::: 1", "expected number"),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments}");
        assert!(ran.err.contains(told), "{arguments}: {}", ran.err);
    }
}

#[test]
fn a_stop_reaches_tasks_that_wait_for_the_lock() {
    for command in [
        "map spin 3600000000 3600000000 3600000000 -j 3 --gil",
        "spawn spin -s us=3600000000 --count 3 --gil=1s",
        // Nobody ever hands over, so all but one wait until they are told to stop.
        "map spin 3600000000 3600000000 -s stubborn=true -j 2 --gil --grace 50ms",
    ] {
        let live = Live::start(program(command));
        live.wait_until_busy(Duration::from_millis(50));
        live.signal(Signal::SIGINT);
        let ran = live.finish();
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (130, ""),
            "{command}: {}",
            ran.err
        );
    }
}
