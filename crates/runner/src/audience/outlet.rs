//! The way of lines to who may take his time to read them.
//!
//! Lines queue up in the order of their events, under a lock that is never held while anything is written. Whoever
//! finds nobody at the writing does it for all. Whoever finds someone at it leaves his own lines to them, unless he has
//! to know that they are written, or too much waits: so a reader that pauses holds up those who print, and not
//! those who have to stop the run.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// What writes. It tells by itself what goes wrong.
type Put = Box<dyn FnMut(&[u8]) -> io::Result<()> + Send>;

/// So many bytes wait before everybody waits with them.
const ROOM: usize = 1 << 20;

/// The way of lines to who may take his time to read them.
pub(super) struct Outlet {
    waiting: Mutex<Vec<u8>>,
    /// Is gone when it has failed: nothing can follow what is missing.
    put: Mutex<Option<Put>>,
}

impl Outlet {
    pub(super) fn new(put: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static) -> Self {
        Self {
            waiting: Mutex::default(),
            put: Mutex::new(Some(Box::new(put))),
        }
    }

    /// Adds what `write` appends.
    pub(super) fn push(&self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut lock(&self.waiting));
    }

    /// Sees to it that what waits is written; with `wait`, it is when this returns.
    pub(super) fn flush(&self, wait: bool) {
        loop {
            let mut put = match self.put.try_lock() {
                Ok(put) => put,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if wait || lock(&self.waiting).len() > ROOM => {
                    lock(&self.put)
                }
                // Who is at it looks again when he is done.
                Err(TryLockError::WouldBlock) => return,
            };
            let lines = std::mem::take(&mut *lock(&self.waiting));
            if !lines.is_empty() && put.as_mut().is_some_and(|put| put(&lines).is_err()) {
                *put = None;
            }
            drop(put);
            // Only now: until a moment ago, others have left their lines to us.
            if lock(&self.waiting).is_empty() {
                return;
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{self, Receiver, Sender};
    use std::thread::{self, JoinHandle};

    use super::*;

    /// An outlet whose every write is told, and waits until it is let go on.
    fn gated() -> (Arc<Outlet>, Receiver<Vec<u8>>, Sender<()>) {
        let (told, written) = mpsc::channel();
        let (go, gate) = mpsc::channel();
        let outlet = Outlet::new(move |bytes: &[u8]| {
            told.send(bytes.to_vec()).unwrap();
            gate.recv().map_err(|_| io::ErrorKind::BrokenPipe.into())
        });
        (Arc::new(outlet), written, go)
    }

    fn push(outlet: &Outlet, text: &str) {
        outlet.push(|waiting| waiting.extend_from_slice(text.as_bytes()));
    }

    fn flush_aside(outlet: &Arc<Outlet>, wait: bool) -> JoinHandle<()> {
        let outlet = Arc::clone(outlet);
        let writer = thread::Builder::new().name("writer".to_owned());
        writer.spawn(move || outlet.flush(wait)).unwrap()
    }

    #[test]
    fn who_finds_someone_writing_leaves_his_lines_to_them() {
        let (outlet, written, go) = gated();
        push(&outlet, "a");
        let writer = flush_aside(&outlet, false);
        assert_eq!(written.recv().unwrap(), b"a");
        push(&outlet, "b");
        outlet.flush(false);
        push(&outlet, "c");
        outlet.flush(false);
        go.send(()).unwrap();
        assert_eq!(written.recv().unwrap(), b"bc");
        go.send(()).unwrap();
        writer.join().unwrap();
    }

    #[test]
    fn nobody_leaves_his_lines_to_somebody_who_has_looked_for_the_last_time() {
        for _ in 0..300 {
            let (told, written) = mpsc::channel();
            let outlet = Outlet::new(move |bytes: &[u8]| {
                told.send(bytes.len()).unwrap();
                Ok(())
            });
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        for _ in 0..50 {
                            push(&outlet, "a");
                            outlet.flush(false);
                        }
                    });
                }
            });
            drop(outlet);
            assert_eq!(written.iter().sum::<usize>(), 200);
        }
    }

    #[test]
    fn who_has_to_know_waits_until_his_lines_are_written() {
        let (outlet, written, go) = gated();
        push(&outlet, "a");
        let waiter = flush_aside(&outlet, true);
        assert_eq!(written.recv().unwrap(), b"a");
        assert!(!waiter.is_finished());
        go.send(()).unwrap();
        waiter.join().unwrap();
    }

    #[test]
    fn nothing_follows_what_could_not_be_written() {
        let (outlet, written, go) = gated();
        drop(go);
        for text in ["a", "b"] {
            push(&outlet, text);
            outlet.flush(true);
        }
        drop(outlet);
        assert_eq!(written.iter().count(), 1);
    }
}
