//! Ctrl-C, `SIGTERM` and `SIGHUP`: once stops the run within its grace, twice ends it at once; Ctrl-Z suspends it.
//! Nothing is left behind.

use std::process::Command;
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::child::{Live, program};

#[test]
fn one_signal_stops_a_run() {
    for (signal, code) in [
        (Signal::SIGINT, 130),
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
    ] {
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

#[test]
fn a_signal_that_was_to_be_ignored_stays_ignored() {
    for (signal, name) in [(Signal::SIGHUP, "HUP"), (Signal::SIGINT, "INT")] {
        let run = program("map worker 1 -s lang=en");
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' {name}; exec \"$0\" \"$@\"")]);
        shell.arg(run.get_program()).args(run.get_args());
        let mut live = Live::start(piped(shell));
        assert_eq!(live.line(), "Worker 0 started");
        live.signal(signal);
        assert_eq!(live.line(), "Worker 0 done");
        assert_eq!(live.finish().code, 0, "{name}");
    }
}

fn piped(mut command: Command) -> Command {
    command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped());
    command
}

/// Suspends a run of a task that is busy for `micros` and may run for `limit`, for longer than that. Whether it gave its
/// value all the same.
fn outlives(command: &str, micros: u64, limit: Duration) -> Result<(), String> {
    let command = command.replace("MICROS", &micros.to_string());
    let command = format!("{command} --timeout {}s", limit.as_secs());
    let live = Live::start(program(&command));
    live.wait_until_busy(Duration::from_millis(50));
    live.signal(Signal::SIGTSTP);
    live.wait_until_stopped();
    thread::sleep(limit);
    live.signal(Signal::SIGCONT);
    let ran = live.finish();
    let given = ran.out.trim_matches(['[', ']', '\n']);
    if (ran.code, given) == (0, &micros.to_string()) {
        return Ok(());
    }
    Err(format!("{command}: {}, {given}, {}", ran.code, ran.err))
}

#[test]
fn a_suspended_run_holds_its_workers_and_its_time_limits() {
    for command in ["map spin MICROS -j 1", "spawn spin -s us=MICROS"] {
        // On a machine with too much to do a task runs for many times the processor time that it uses, and its
        // limit counts that; and it may have ended before we see it run. What would do anywhere makes everybody wait, so
        // it is only the second try.
        let short = outlives(command, 400_000, Duration::from_secs(3));
        short
            .or_else(|_| outlives(command, 2_000_000, Duration::from_secs(25)))
            .unwrap();
    }
}

#[test]
fn a_suspended_run_can_be_killed() {
    for command in [
        "map worker 3600 3600 -j 2",
        "spawn worker --count 2 -s secs=3600",
    ] {
        let mut live = Live::start(program(command));
        live.line();
        live.line();
        live.signal(Signal::SIGTSTP);
        live.wait_until_stopped();
        live.signal(Signal::SIGKILL);
        assert_eq!(live.finish().code, 137, "{command}");
    }
}

#[test]
fn a_suspended_run_is_stopped_when_it_goes_on() {
    let mut live = Live::start(program("map worker 3600 3600 -j 2"));
    live.line();
    live.line();
    live.signal(Signal::SIGTSTP);
    live.wait_until_stopped();
    live.signal(Signal::SIGINT);
    live.signal(Signal::SIGCONT);
    assert_eq!(live.finish().code, 130);
}
