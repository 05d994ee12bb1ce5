//! A thread that does, one after the other, what may take as long as it likes: user code, and writing
//! to outputs that may be full. The supervisor never waits for either.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

use crate::fault::{self, Point};
use crate::sys::threads;

/// A courier for errands of type `T`; its thread starts with the first errand.
pub(crate) struct Courier<T> {
    name: &'static str,
    pool: PoolKey,
    duty: Arc<Duty<T>>,
    backlog_bytes: Arc<AtomicUsize>,
    started: Option<Started<T>>,
}

/// What a courier's thread does.
struct Duty<T> {
    run: Box<dyn Fn(T) + Send + Sync>,
    /// Called when the thread has nothing left to do.
    at_end: Box<dyn Fn() + Send + Sync>,
}

thread_local! {
    static POOL: Cell<Option<PoolKey>> = const { Cell::new(None) };
}

/// Which pool a courier serves: the address of its inbox, which it keeps alive.
pub(crate) type PoolKey = usize;

/// Whether this thread is a courier of `pool`: it must not wait for its end, which waits for it.
pub(crate) fn is_courier_of(pool: PoolKey) -> bool {
    POOL.get() == Some(pool)
}

/// An errand and the bytes of memory that it holds.
type Weighed<T> = (T, usize);

/// An errand that nobody will run, and why.
pub(crate) struct Unsent<T> {
    pub(crate) errand: T,
    pub(crate) error: io::Error,
}

/// A courier's thread, as those see it who send it about.
struct Started<T> {
    /// `None` once no more will come.
    sender: Option<mpsc::Sender<Weighed<T>>>,
    /// What the thread has not taken yet. It holds the lock only while it takes an errand.
    waiting: Waiting<T>,
}

type Waiting<T> = Arc<Mutex<Receiver<Weighed<T>>>>;

impl<T: Send + 'static> Courier<T> {
    /// A courier that does `run` for each errand, and `at_end` when it was closed and has run all.
    pub(crate) fn new(
        name: &'static str,
        pool: PoolKey,
        run: impl Fn(T) + Send + Sync + 'static,
        at_end: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (run, at_end) = (Box::new(run), Box::new(at_end));
        Self {
            name,
            pool,
            duty: Arc::new(Duty { run, at_end }),
            backlog_bytes: Arc::default(),
            started: None,
        }
    }

    /// Hands an errand over that holds `bytes` of memory. Errands are run in this order.
    ///
    /// # Errors
    ///
    /// The thread cannot be started; the errand comes back.
    pub(crate) fn send(&mut self, errand: T, bytes: usize) -> Result<(), Unsent<T>> {
        if self.started.is_none() {
            match self.start() {
                Ok(started) => self.started = Some(started),
                Err(error) => return Err(Unsent { errand, error }),
            }
        }
        // SeqCst, as for all its changes: whoever asks for a notice when the backlog is small must not
        // miss both the notice and the small backlog.
        self.backlog_bytes.fetch_add(bytes, Ordering::SeqCst);
        let sender = self.started.as_ref().and_then(|s| s.sender.as_ref());
        // The thread ends only after the sender is dropped.
        let _ = sender.map(|sender| sender.send((errand, bytes)));
        Ok(())
    }

    /// How many bytes wait to be delivered.
    pub(crate) fn backlog_bytes(&self) -> usize {
        self.backlog_bytes.load(Ordering::SeqCst)
    }

    /// Takes no more errands. Returns false when there is no thread to wait for; else `at_end` is called
    /// when it has run what it has.
    pub(crate) fn close(&mut self) -> bool {
        self.started
            .as_mut()
            .is_some_and(|started| started.sender.take().is_some())
    }

    /// Takes the errands back that a closed courier has not begun, and leaves its thread behind with the
    /// one that it does not come back from.
    pub(crate) fn abandon(&mut self) -> Vec<T> {
        let Some(Started { sender, waiting }) = self.started.take() else {
            return Vec::new();
        };
        // Otherwise the thread could be waiting for errands, with the lock.
        drop(sender);
        let waiting = lock(&waiting);
        waiting.try_iter().map(|(errand, _)| errand).collect()
    }

    fn start(&self) -> io::Result<Started<T>> {
        fault::attempt(Point::ParentDelegating)?;
        let (sender, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let (pool, duty, errands) = (self.pool, Arc::clone(&self.duty), Arc::clone(&waiting));
        let backlog_bytes = Arc::clone(&self.backlog_bytes);
        let work = move || {
            POOL.set(Some(pool));
            // Also when an errand panics, which would be a bug of ours.
            let ending = Ending(duty);
            while let Some((errand, bytes)) = next(&errands) {
                (ending.0.run)(errand);
                backlog_bytes.fetch_sub(bytes, Ordering::SeqCst);
            }
        };
        threads::start(Builder::new().name(self.name.to_owned()), work)?;
        let sender = Some(sender);
        Ok(Started { sender, waiting })
    }
}

fn next<T>(errands: &Mutex<Receiver<Weighed<T>>>) -> Option<Weighed<T>> {
    lock(errands).recv().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says at the end of a courier's thread that it has come.
struct Ending<T>(Arc<Duty<T>>);

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        (self.0.at_end)();
    }
}

impl<T> std::fmt::Debug for Courier<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn a_closed_courier_runs_what_it_has_and_says_so() {
        let (ran, runs) = channel();
        let (ended, ends) = channel();
        let run = move |n: u32| ran.send(n).unwrap();
        let mut courier = Courier::new("test", 0, run, move || ended.send(()).unwrap());
        assert!(!courier.close(), "nothing has started");
        for n in 0..10 {
            assert!(courier.send(n, 1).is_ok());
        }
        assert!(courier.close());
        ends.recv_timeout(PATIENCE).unwrap();
        assert!(runs.try_iter().eq(0..10));
        assert!(!courier.close());
        assert!(courier.abandon().is_empty());
    }

    #[test]
    fn a_courier_that_does_not_come_back_leaves_its_errands() {
        let (arrived, arrival) = channel();
        let (open, gate) = channel::<()>();
        let gate = Mutex::new(gate);
        let run = move |n: u32| {
            arrived.send(n).unwrap();
            let _ = gate.lock().unwrap().recv();
        };
        let mut courier = Courier::new("test", 0, run, || ());
        for n in 0..3 {
            assert!(courier.send(n, 1).is_ok());
        }
        assert_eq!(arrival.recv_timeout(PATIENCE), Ok(0));
        assert!(courier.close());
        assert_eq!(courier.abandon(), [1, 2]);
        drop(open);
    }
}
