//! The words: nobody sleeps for ever. A model in which all threads sleep has failed.

use std::sync::Arc;

use loom::model::Builder;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use crate::bell::Bell;
use crate::sys::memory::SharedMemory;
use crate::transport::post::Post;
use crate::transport::region::{REPLIES, REQUESTS, WORDS};
use crate::transport::ring::{Miscounted, RingReader, RingWriter};
use crate::transport::wakes::Wakes;

fn bounded() -> Builder {
    let mut builder = Builder::new();
    // What can go wrong here takes one switch or two; more would take minutes.
    builder.preemption_bound = Some(2);
    builder
}

/// The worker, as far as it moves bytes.
struct Worker {
    wakes: Wakes,
    requests: RingReader,
    replies: RingWriter,
    bell: loom::sync::Arc<Bell>,
}

impl Worker {
    fn new(memory: &Arc<SharedMemory>, bell: &loom::sync::Arc<Bell>) -> Self {
        Self {
            wakes: Wakes::new(Arc::clone(memory)),
            requests: RingReader::new(Arc::clone(memory), REQUESTS),
            replies: RingWriter::new(Arc::clone(memory), REPLIES),
            bell: loom::sync::Arc::clone(bell),
        }
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut seen = Vec::new();
        loop {
            let any = self
                .requests
                .read(&mut |piece| seen.extend_from_slice(piece));
            if any.unwrap() {
                if self.wakes.offer_room() {
                    self.bell.ring();
                }
                return seen;
            }
            let requests = &self.requests;
            let slept = self.wakes.nap(|| Ok::<_, Miscounted>(requests.has_more()));
            slept.unwrap();
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        loop {
            rest = &rest[self.replies.write(rest).unwrap()..];
            if self.wakes.tell_parent() {
                self.bell.ring();
            }
            if rest.is_empty() {
                return;
            }
            let replies = &mut self.replies;
            self.wakes
                .nap(|| Ok::<_, Miscounted>(!replies.is_full()?))
                .unwrap();
        }
    }
}

/// The parent, as far as it moves bytes.
struct Parent {
    wakes: Wakes,
    requests: RingWriter,
    replies: RingReader,
    memory: Arc<SharedMemory>,
}

impl Parent {
    fn new(memory: &Arc<SharedMemory>) -> Self {
        Self {
            wakes: Wakes::new(Arc::clone(memory)),
            requests: RingWriter::new(Arc::clone(memory), REQUESTS),
            replies: RingReader::new(Arc::clone(memory), REPLIES),
            memory: Arc::clone(memory),
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        assert_eq!(self.requests.write(bytes), Ok(bytes.len()));
        self.wakes.tell_worker();
    }

    /// Takes in what has come.
    fn take(&mut self, into: &mut Vec<u8>) {
        let any = self
            .replies
            .read(&mut |piece| into.extend_from_slice(piece));
        if any.unwrap() {
            self.wakes.tell_worker();
        }
    }

    /// Waits for so many bytes, asleep at its post.
    fn receive_at_post(&mut self, count: usize) -> Vec<u8> {
        let mut seen = Vec::new();
        loop {
            self.take(&mut seen);
            if seen.len() >= count {
                return seen;
            }
            self.wakes.disarm();
            let post = Post::new(Arc::clone(&self.memory), self.replies.seen());
            if !post.watch(false, || post.has_come()) {
                post.sleep(|| false, None);
            }
        }
    }

    /// Waits for so many bytes, asleep until the bell is rung.
    fn receive_at_bell(&mut self, count: usize, bell: &Bell) -> Vec<u8> {
        let mut seen = Vec::new();
        loop {
            self.take(&mut seen);
            if seen.len() >= count {
                return seen;
            }
            self.wakes.arm();
            if !self.replies.has_more() {
                bell.wait();
            }
        }
    }
}

fn sides() -> (Parent, Worker, loom::sync::Arc<Bell>) {
    let memory = Arc::new(SharedMemory::of(WORDS));
    let bell = loom::sync::Arc::new(Bell::default());
    (Parent::new(&memory), Worker::new(&memory, &bell), bell)
}

#[test]
fn a_worker_that_falls_asleep_hears_of_a_request() {
    bounded().check(|| {
        let (mut parent, mut worker, _bell) = sides();
        let working = thread::spawn(move || worker.receive());
        parent.send(b"work");
        assert_eq!(working.join().unwrap(), b"work");
    });
}

#[test]
fn a_thread_at_its_post_hears_of_an_answer() {
    bounded().check(|| {
        let (mut parent, mut worker, _bell) = sides();
        let working = thread::spawn(move || worker.send(b"done"));
        assert_eq!(parent.receive_at_post(4), b"done");
        working.join().unwrap();
    });
}

#[test]
fn a_parent_at_its_bell_hears_of_an_answer() {
    bounded().check(|| {
        let (mut parent, mut worker, bell) = sides();
        let working = thread::spawn(move || worker.send(b"done"));
        assert_eq!(parent.receive_at_bell(4, &bell), b"done");
        working.join().unwrap();
    });
}

#[test]
fn there_and_back_nobody_sleeps_for_ever() {
    bounded().check(|| {
        let (mut parent, mut worker, _bell) = sides();
        let working = thread::spawn(move || {
            let request = worker.receive();
            worker.send(&request);
        });
        parent.send(b"echo");
        assert_eq!(parent.receive_at_post(4), b"echo");
        working.join().unwrap();
    });
}

#[test]
fn a_worker_without_room_hears_of_some() {
    const LONG: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL";
    bounded().check(|| {
        let (mut parent, mut worker, bell) = sides();
        let working = thread::spawn(move || worker.send(LONG));
        assert_eq!(parent.receive_at_bell(LONG.len(), &bell), LONG);
        working.join().unwrap();
    });
}

#[test]
fn a_parent_that_waits_for_room_hears_of_some() {
    bounded().check(|| {
        let (mut parent, mut worker, bell) = sides();
        // Three words each: a third one has no room.
        parent.send(b"012345678");
        parent.send(b"abcdefghi");
        let working = thread::spawn(move || worker.receive());
        let mut rest = &b"ABCDEFGHI"[..];
        loop {
            parent.wakes.want_room();
            rest = &rest[parent.requests.write(rest).unwrap()..];
            if rest.is_empty() {
                break;
            }
            bell.wait();
        }
        parent.wakes.want_no_room();
        assert!(working.join().unwrap().starts_with(b"012345678"));
    });
}

#[test]
fn who_is_roused_while_it_falls_asleep_wakes() {
    bounded().check(|| {
        let (parent, _worker, _bell) = sides();
        let post = Post::new(Arc::clone(&parent.memory), 0);
        let is_over = loom::sync::Arc::new(AtomicBool::new(false));
        let rousing = {
            let (post, is_over) = (post.clone(), loom::sync::Arc::clone(&is_over));
            thread::spawn(move || {
                is_over.store(true, Ordering::Relaxed);
                post.rouse();
            })
        };
        while !is_over.load(Ordering::Relaxed) {
            post.sleep(|| is_over.load(Ordering::Relaxed), None);
        }
        rousing.join().unwrap();
    });
}
