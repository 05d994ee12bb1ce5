//! Trays: what is laid there while a worker falls asleep is seen by that worker, or the worker is seen.

use std::sync::Arc;

use loom::model::Builder;
use loom::sync::{Condvar, Mutex};
use loom::thread;

use crate::tray::{Balance, Tray};

/// What the pool's lock keeps of its sleepers.
#[derive(Default)]
struct Sleepers {
    idle: usize,
    wakes: usize,
}

struct Pool {
    balance: Arc<Balance>,
    sleepers: Mutex<Sleepers>,
    work_ready: Condvar,
    /// That of the busy worker.
    tray: Mutex<Tray<u32>>,
}

impl Pool {
    fn new() -> Self {
        let balance: Arc<Balance> = Arc::default();
        Self {
            tray: Mutex::new(Tray::new(Arc::clone(&balance))),
            balance,
            sleepers: Mutex::default(),
            work_ready: Condvar::new(),
        }
    }

    /// What a submission from inside does.
    fn lay(&self, number: u32) {
        self.tray.lock().unwrap().extend([number]);
        if self.balance.has_reserve() {
            let mut sleepers = self.sleepers.lock().unwrap();
            if sleepers.idle > 0 && sleepers.wakes == 0 {
                sleepers.idle -= 1;
                sleepers.wakes += 1;
                self.balance.set_reserve(sleepers.idle);
                self.work_ready.notify_one();
            }
        }
    }

    /// What a worker does that has nothing to do: gives what it has found in the end.
    fn search(&self) -> Vec<u32> {
        let mut sleepers = self.sleepers.lock().unwrap();
        loop {
            if self.balance.has_laden() {
                let taken = self.tray.lock().unwrap().take_half();
                if !taken.is_empty() {
                    return taken.into();
                }
            }
            sleepers.idle += 1;
            self.balance.set_reserve(sleepers.idle);
            if self.balance.has_laden() {
                sleepers.idle -= 1;
                self.balance.set_reserve(sleepers.idle);
                continue;
            }
            while sleepers.wakes == 0 {
                sleepers = self.work_ready.wait(sleepers).unwrap();
            }
            sleepers.wakes -= 1;
        }
    }
}

#[test]
fn what_is_laid_on_a_tray_while_another_falls_asleep_is_found() {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(|| {
        let pool = Arc::new(Pool::new());
        let busy = {
            let pool = Arc::clone(&pool);
            // It goes on with its job and never comes to its tray.
            thread::spawn(move || pool.lay(7))
        };
        // A worker that slept beside it would hang, which the checker reports as a deadlock.
        assert_eq!(pool.search(), [7]);
        busy.join().unwrap();
        assert!(!pool.balance.has_laden());
        assert_eq!(pool.tray.lock().unwrap().len(), 0);
    });
}

#[test]
fn half_of_a_tray_is_taken_and_the_rest_stays_its_workers() {
    loom::model(|| {
        let balance: Arc<Balance> = Arc::default();
        let mut tray = Tray::new(Arc::clone(&balance));
        tray.extend(1..=5);
        assert_eq!(tray.take_half(), [1, 2, 3]);
        assert_eq!((tray.pop(), balance.has_laden()), (Some(4), true));
        assert_eq!(tray.take_half(), [5]);
        assert!(tray.take_all().is_empty() && !balance.has_laden());
    });
}
