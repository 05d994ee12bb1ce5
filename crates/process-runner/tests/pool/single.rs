//! Single processes: one task, one process, one end.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{ExitCause, JobError, Stream};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::Process;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::deaths::death;
use crate::leaks::children_of;
use crate::limits::{stubborn, with_child};
use crate::recorder::Recorder;
use crate::scene::{
    PATIENCE, Scene, TRANSPORTS, alone, eventually, gated, is_gone, logged, square,
};

fn print_and_panic(text: String) {
    println!("{text}");
    print!("no newline");
    panic!("{text} panics");
}

#[test]
fn a_process_gives_its_tasks_value_and_ends() {
    for transport in TRANSPORTS {
        let process = Process::builder()
            .transport(transport)
            .spawn(square, 9)
            .unwrap();
        let pid = process.pid();
        assert!(pid > 1 && pid != std::process::id());
        eventually("it has ended", || !process.is_alive());
        assert!(is_gone(pid.cast_signed()));
        assert_eq!(process.join(), Ok(81));
    }
}

#[test]
fn a_panic_and_all_output_are_there_when_join_returns() {
    for transport in TRANSPORTS {
        let host = Arc::new(Recorder::default());
        let builder = Process::builder().transport(transport).quiet_panics(true);
        let process = builder
            .host(Arc::clone(&host) as _)
            .spawn(print_and_panic, "it".to_owned());
        let outcome = process.unwrap().join();
        assert!(matches!(outcome, Err(JobError::Panicked(p)) if p.message == "it panics"));
        assert_eq!(host.text(Stream::Out), "it\nno newline\n");
        assert_eq!(host.text(Stream::Err), "");
    }
}

#[test]
fn terminate_and_kill_end_a_process_and_its_children() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let spawn = || {
            Process::builder()
                .transport(transport)
                .spawn(with_child, scene.log.clone())
        };
        let process = spawn().unwrap();
        let child = scene.log.wait_for_number("child ");
        assert!(process.is_alive());
        process.terminate();
        let pid = process.pid();
        let end = death(process.join());
        assert_eq!(
            (end.pid, end.cause, end.started),
            (pid, ExitCause::Signal(15), true)
        );
        eventually("the child is gone", || is_gone(child));

        let process = Process::builder()
            .transport(transport)
            .spawn(stubborn, scene.log.clone());
        let process = process.unwrap();
        scene.log.wait_for("stubborn");
        process.terminate();
        let process = process
            .join_timeout(Duration::from_millis(100))
            .unwrap_err();
        assert!(process.is_alive());
        process.kill();
        assert_eq!(death(process.join()).cause, ExitCause::Signal(9));
    }
}

#[test]
fn join_timeout_gives_the_process_back() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let stage = (scene.gate.clone(), scene.log.clone());
        let process = Process::builder()
            .transport(transport)
            .spawn(gated, (stage, 3))
            .unwrap();
        let process = process.join_timeout(Duration::from_millis(20)).unwrap_err();
        let _open = scene.gate.open();
        assert_eq!(process.join_timeout(PATIENCE).unwrap(), Ok(3));
    }
}

#[test]
fn dropping_a_process_waits_for_it() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let process = Process::builder()
            .transport(transport)
            .spawn(logged, (scene.log.clone(), 1));
        drop(process.unwrap());
        assert_eq!(scene.log.lines(), ["ran 1"]);
    }
}

/// Kills the worker that is to get it, on its way there.
struct Deadly;

impl Serialize for Deadly {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let workers = || children_of(children_of(std::process::id())[0]);
        let is_burial_over = || std::fs::read_dir("/proc/self/task").unwrap().count() <= 3;
        for pid in workers() {
            kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).unwrap();
        }
        eventually("it is buried", || workers().is_empty() && is_burial_over());
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Deadly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self)
    }
}

#[test]
fn a_process_that_dies_before_it_is_given_its_task_is_an_error() {
    if !alone("single::a_process_that_dies_before_it_is_given_its_task_is_an_error") {
        return;
    }
    let spawned = Process::builder().spawn(|_: Deadly| (), Deadly);
    // It was refused, or it was accepted a moment before the end.
    if let Ok(process) = spawned {
        let Ok(outcome) = process.join_timeout(PATIENCE) else {
            panic!("it never ends");
        };
        assert!(!death(outcome).started);
    }
}
