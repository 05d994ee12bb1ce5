//! The hatch: what is handed through it arrives once, and what is not comes back.

use loom::model::Builder;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use crate::hatch::Hatch;

/// A job, by its number.
struct Job(u32);

/// Opens the hatch so often, and closes it again; gives what has been handed in.
fn serve(hatch: &Hatch<Job>, times: usize) -> Vec<u32> {
    let mut taken = Vec::new();
    for _ in 0..times {
        let Some(opened) = hatch.open() else { continue };
        if !opened.is_touched() {
            thread::yield_now();
        }
        taken.extend(opened.close().map(|job| job.0));
    }
    taken
}

/// Offers a job once; gives it back if nobody took it.
fn offer(hatch: &Hatch<Job>, number: u32) -> Option<u32> {
    hatch.offer(Job(number)).err().map(|job| job.0)
}

fn bounded() -> Builder {
    let mut builder = Builder::new();
    // What can go wrong here takes one switch or two; more would take minutes.
    builder.preemption_bound = Some(2);
    builder
}

#[test]
fn each_job_is_taken_once_or_comes_back() {
    bounded().check(|| {
        let hatch = Arc::new(Hatch::new());
        let offers = [1, 2].map(|number| {
            let hatch = Arc::clone(&hatch);
            thread::spawn(move || offer(&hatch, number))
        });
        let mut seen = serve(&hatch, 2);
        seen.extend(offers.into_iter().filter_map(|offer| offer.join().unwrap()));
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
        assert_eq!(
            offer(&hatch, 3),
            Some(3),
            "the hatch is closed behind the worker"
        );
    });
}

#[test]
fn a_worker_that_is_called_away_loses_nothing() {
    bounded().check(|| {
        let hatch = Arc::new(Hatch::new());
        let calls = Arc::new(AtomicUsize::new(0));
        let offerer = {
            let hatch = Arc::clone(&hatch);
            thread::spawn(move || offer(&hatch, 1))
        };
        let caller = {
            let (hatch, calls) = (Arc::clone(&hatch), Arc::clone(&calls));
            thread::spawn(move || {
                calls.fetch_add(usize::from(hatch.call()), Ordering::Relaxed);
            })
        };
        let taken = serve(&hatch, 1);
        let back = offerer.join().unwrap();
        caller.join().unwrap();
        assert_eq!(taken.len() + usize::from(back.is_some()), 1);
        // Who is called away has nothing in hand.
        assert!(calls.load(Ordering::Relaxed) == 0 || taken.is_empty());
    });
}

#[test]
fn workers_have_the_hatch_one_after_the_other() {
    bounded().check(|| {
        let hatch = Arc::new(Hatch::new());
        let other = {
            let hatch = Arc::clone(&hatch);
            thread::spawn(move || serve(&hatch, 1))
        };
        let offerer = {
            let hatch = Arc::clone(&hatch);
            thread::spawn(move || [1, 2].map(|number| offer(&hatch, number)))
        };
        let mut seen = serve(&hatch, 1);
        seen.extend(other.join().unwrap());
        seen.extend(offerer.join().unwrap().into_iter().flatten());
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
    });
}

#[test]
fn who_was_called_away_does_not_touch_the_hatch_of_the_next_worker() {
    bounded().check(|| {
        let hatch = Arc::new(Hatch::new());
        let next = {
            let hatch = Arc::clone(&hatch);
            thread::spawn(move || {
                hatch.call();
                serve(&hatch, 1)
            })
        };
        let offerer = {
            let hatch = Arc::clone(&hatch);
            thread::spawn(move || offer(&hatch, 1))
        };
        let mut seen = serve(&hatch, 1);
        seen.extend(next.join().unwrap());
        seen.extend(offerer.join().unwrap());
        assert_eq!(seen, [1]);
    });
}
