//! Both ends in one process.

use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::*;
use crate::transport::ends::WorkerEnd as _;
use crate::transport::region::{PARENT, SHARED_BYTES, WORKER};
use crate::transport::wakes::{NAP, POST};

fn ends() -> (ShmParent, ShmWorker) {
    let memory = SharedMemory::create(SHARED_BYTES).unwrap();
    let map = || Arc::new(SharedMemory::map(&memory).unwrap());
    let (parent, bell) = ShmParent::new(map()).unwrap();
    (parent, ShmWorker::new(map(), bell).unwrap())
}

/// Sends back what comes, until the end.
fn echo(worker: &mut ShmWorker) {
    let mut piece = Vec::new();
    while worker
        .receive(&mut |part| piece.extend_from_slice(part))
        .unwrap()
    {
        worker.send(&piece).unwrap();
        piece.clear();
    }
}

/// Waits until the worker's end has rung.
fn await_bell(parent: &mut ShmParent) {
    let mut watched = [PollFd::new(parent.readable().unwrap(), PollFlags::POLLIN)];
    assert_eq!(poll(&mut watched, PollTimeout::from(60_000u16)), Ok(1));
    parent.rung();
}

#[test]
fn whatever_their_pace_both_sides_see_all_and_nobody_sleeps_for_ever() {
    let (mut parent, mut worker) = ends();
    let sent: Vec<u8> = (0..1_000_000u32).map(|n| n.to_le_bytes()[1]).collect();
    let echoed = thread::scope(|scope| {
        scope.spawn(|| echo(&mut worker));
        let mut echoed = Vec::new();
        let mut rest = &sent[..];
        while echoed.len() < sent.len() {
            if !rest.is_empty() && parent.unsent_bytes() == 0 {
                let (part, more) = rest.split_at(rest.len().min(100_000));
                parent.send(part).unwrap();
                rest = more;
            }
            parent
                .receive(&mut |part| echoed.extend_from_slice(part))
                .unwrap();
            let goes_on = !rest.is_empty() && parent.unsent_bytes() == 0;
            if echoed.len() < sent.len() && !goes_on && !parent.arm() {
                await_bell(&mut parent);
            }
        }
        parent.close();
        echoed
    });
    assert!(echoed == sent);
}

#[test]
fn single_messages_go_there_and_back() {
    let (mut parent, mut worker) = ends();
    thread::scope(|scope| {
        scope.spawn(|| echo(&mut worker));
        for n in 0..20_000u64 {
            parent.send(&n.to_le_bytes()).unwrap();
            let mut reply = Vec::new();
            while reply.is_empty() {
                parent
                    .receive(&mut |part| reply.extend_from_slice(part))
                    .unwrap();
                if reply.is_empty() && !parent.arm() {
                    await_bell(&mut parent);
                }
            }
            assert_eq!(reply, n.to_le_bytes());
        }
        parent.close();
    });
}

#[test]
fn what_was_sent_before_the_end_is_read_before_it() {
    let (mut parent, mut worker) = ends();
    parent.send(b"last").unwrap();
    parent.close();
    let mut seen = Vec::new();
    assert!(
        worker
            .receive(&mut |part| seen.extend_from_slice(part))
            .unwrap()
    );
    assert_eq!(seen, b"last");
    assert!(!worker.receive(&mut |_| panic!("nothing more")).unwrap());
}

#[test]
fn a_sleeping_worker_hears_of_the_end() {
    let (mut parent, mut worker) = ends();
    let memory = Arc::clone(&parent.memory);
    thread::scope(|scope| {
        let sleeper = scope.spawn(move || worker.receive(&mut |_| ()).unwrap());
        while memory.words()[WORKER].load(Ordering::Relaxed) != NAP {
            thread::sleep(Duration::from_millis(1));
        }
        parent.close();
        assert!(!sleeper.join().unwrap());
    });
}

#[test]
fn nobody_sleeps_at_a_post_that_was_given_up_and_its_bell_stays_armed() {
    let (mut parent, mut worker) = ends();
    let post = parent.post().unwrap();
    assert!(!parent.arm());
    // Else it sleeps until the deadline, and leaves a word that rings nobody.
    post.sleep(|| false, Some(Instant::now() + Duration::from_secs(2)));
    worker.send(b"answer").unwrap();
    await_bell(&mut parent);
}

#[test]
fn who_sleeps_at_a_post_is_woken_by_the_answer_and_by_whoever_rouses_it() {
    let (mut parent, mut worker) = ends();
    let memory = Arc::clone(&parent.memory);
    for is_roused in [true, false] {
        let post = parent.post().unwrap();
        thread::scope(|scope| {
            let sleeper = scope.spawn(|| post.sleep(|| false, None));
            while memory.words()[PARENT].load(Ordering::Relaxed) != POST {
                thread::sleep(Duration::from_millis(1));
            }
            if is_roused {
                post.rouse();
            } else {
                worker.send(b"answer").unwrap();
            }
            sleeper.join().unwrap();
        });
        assert_eq!(post.has_come(), !is_roused);
    }
}
