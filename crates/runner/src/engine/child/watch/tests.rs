//! Whom a program leaves its outputs to.

use std::os::fd::AsFd as _;
use std::sync::mpsc;
use std::thread;

use super::super::clock::Clock;
use super::super::groups::Groups;
use super::super::leftover::PATIENCE;
use super::super::start::{Wiring, starting};
use super::*;

/// Whether what has been printed is held by somebody, when `holder` has the other end of its output for longer than
/// anybody is waited for.
fn is_held(holder: impl FnOnce(Box<dyn FnOnce() + Send>) + Send + 'static) -> bool {
    let (out, writer) = io::pipe().unwrap();
    let (tell, told) = mpsc::channel();
    let hold = Box::new(move || {
        tell.send(()).unwrap();
        thread::sleep(3 * PATIENCE);
        drop(writer);
    });
    let holding = thread::Builder::new().spawn(|| holder(hold)).unwrap();
    told.recv().unwrap();
    let (stop, _running) = io::pipe().unwrap();
    let (clock, groups) = (Clock::start(), Groups::for_slots(1));
    let post = Post {
        slot: 0,
        wiring: Wiring::Piped,
        clock: &clock,
        groups: &groups,
        stop: stop.as_fd(),
    };
    let started = Started {
        pid: Pid::this(),
        notice: None,
        out: Some(out),
        err: None,
    };
    let terms = Terms::default();
    let mut watch = Watch::new(started, &terms, post);
    watch.drain(&mut |_| ());
    let held = watch.is_held(&mut |_| ());
    holding.join().unwrap();
    held
}

#[test]
fn a_program_on_its_way_to_be_started_is_no_leak_of_another() {
    assert!(!is_held(starting));
    assert!(is_held(|hold| hold()));
}
