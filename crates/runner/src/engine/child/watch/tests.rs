//! Whom a program leaves its outputs to.

use std::os::fd::AsFd as _;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::super::clock::Clock;
use super::super::groups::Groups;
use super::super::leftover::PATIENCE;
use super::super::start::{Wiring, starting};
use super::*;

/// Whether what has been printed is held by somebody, when `holder` has the other end of its output for longer than
/// anybody is waited for: as long as what it is given takes, which can wait for the answer.
fn is_held(holder: impl FnOnce(Hold) + Send + 'static, lasts: fn(Receiver<()>)) -> bool {
    let (out, writer) = io::pipe().unwrap();
    let (tell, told) = mpsc::channel();
    let (answer, answered) = mpsc::channel();
    let hold = Box::new(move || {
        tell.send(()).unwrap();
        lasts(answered);
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
    drop(answer);
    holding.join().unwrap();
    held
}

type Hold = Box<dyn FnOnce() + Send>;

#[test]
fn a_program_on_its_way_to_be_started_is_no_leak_of_another() {
    assert!(!is_held(starting, |_| thread::sleep(3 * PATIENCE)));
    assert!(is_held(
        |hold| hold(),
        |answered| assert!(answered.recv().is_err())
    ));
}
