//! Ctrl-C and `SIGTERM`: once stops the run within its grace, twice ends it at once. Nothing is left behind.

use nix::sys::signal::Signal;

use super::child::{Live, program};

#[test]
fn one_signal_stops_a_run() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        for command in [
            "spawn worker --count 3 -s secs=3600",
            "map worker 3600 3600 3600 -j 3",
        ] {
            let mut live = Live::start(program(command));
            for _ in 0..3 {
                live.line();
            }
            live.signal(signal);
            let ran = live.finish();
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (code, ""),
                "{command}: {}",
                ran.err
            );
            assert_eq!(ran.err.lines().count(), 1, "{command}: {}", ran.err);
            assert!(ran.err.contains("; stopping"), "{command}: {}", ran.err);
        }
    }
}

#[test]
fn nothing_more_starts_after_a_signal() {
    let mut live = Live::start(program("map worker 3600 0 0 0 -j 1 -s lang=en"));
    assert_eq!(live.line(), "Worker 0 started");
    live.signal(Signal::SIGINT);
    let ran = live.finish();
    assert_eq!((ran.code, ran.out.as_str()), (130, ""));
}

#[test]
fn a_stubborn_task_is_waited_for_no_longer_than_the_grace() {
    for command in [
        "spawn hang -s stubborn=true --grace 50ms",
        "map hang true --grace 50ms",
    ] {
        let live = Live::start(program(command));
        live.wait_until_stubborn();
        live.signal(Signal::SIGINT);
        assert_eq!(live.finish().code, 130, "{command}");
    }
}

#[test]
fn a_second_signal_ends_the_run_at_once() {
    for command in [
        "spawn hang -s stubborn=true --grace 1h",
        "map hang true --grace 1h",
    ] {
        let mut live = Live::start(program(command));
        live.wait_until_stubborn();
        // Two signals of a kind that are both pending count once, so the second is of another kind.
        live.signal(Signal::SIGINT);
        live.signal(Signal::SIGTERM);
        live.close();
        let code = live.finish().code;
        assert!([130, 143].contains(&code), "{command}: {code}");
    }
}

#[test]
fn one_after_another_stops_too() {
    for command in [
        "spawn worker --count 3 -s secs=3600 --inline",
        "map worker 3600 0 0 --inline",
    ] {
        let mut live = Live::start(program(command));
        assert_eq!(live.line(), "Worker 0 시작");
        live.signal(Signal::SIGINT);
        let ran = live.finish();
        assert_eq!((ran.code, ran.out.as_str()), (130, ""), "{command}");
    }
}
