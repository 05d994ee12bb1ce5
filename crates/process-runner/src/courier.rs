//! A thread that does, one after the other, what may take as long as it likes: user code, and writing
//! to outputs that may be full. The supervisor never waits for either.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

/// A courier for errands of type `T`; its thread starts with the first errand.
pub(crate) struct Courier<T> {
    name: &'static str,
    pool: PoolKey,
    run: Arc<dyn Fn(T) + Send + Sync>,
    backlog_bytes: Arc<AtomicUsize>,
    started: Option<Started<T>>,
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

/// Where errands go with their sizes, and the thread that runs them.
type Started<T> = (mpsc::Sender<(T, usize)>, JoinHandle<()>);

impl<T: Send + 'static> Courier<T> {
    pub(crate) fn new(
        name: &'static str,
        pool: PoolKey,
        run: impl Fn(T) + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            pool,
            run: Arc::new(run),
            backlog_bytes: Arc::default(),
            started: None,
        }
    }

    /// Hands an errand over that holds `bytes` of memory. Errands are run in this order.
    pub(crate) fn send(&mut self, errand: T, bytes: usize) -> io::Result<()> {
        let (sender, _) = match &mut self.started {
            Some(started) => started,
            None => {
                self.started
                    .insert(start(self.name, self.pool, &self.run, &self.backlog_bytes)?)
            }
        };
        // SeqCst, as for all its changes: whoever asks for a notice when the backlog is small must not
        // miss both the notice and the small backlog.
        self.backlog_bytes.fetch_add(bytes, Ordering::SeqCst);
        // The thread ends only after the sender is dropped.
        let _ = sender.send((errand, bytes));
        Ok(())
    }

    /// How many bytes wait to be delivered.
    pub(crate) fn backlog_bytes(&self) -> usize {
        self.backlog_bytes.load(Ordering::SeqCst)
    }

    /// Waits until every errand has been run.
    pub(crate) fn finish(&mut self) {
        if let Some((sender, thread)) = self.started.take() {
            drop(sender);
            // A courier's panic would be a bug of ours; it has been reported on standard error.
            let _ = thread.join();
        }
    }
}

fn start<T: Send + 'static>(
    name: &str,
    pool: PoolKey,
    run: &Arc<dyn Fn(T) + Send + Sync>,
    backlog_bytes: &Arc<AtomicUsize>,
) -> io::Result<Started<T>> {
    let (sender, errands) = mpsc::channel::<(T, usize)>();
    let run = Arc::clone(run);
    let backlog_bytes = Arc::clone(backlog_bytes);
    let work = move || {
        POOL.set(Some(pool));
        for (errand, bytes) in errands {
            run(errand);
            backlog_bytes.fetch_sub(bytes, Ordering::SeqCst);
        }
    };
    let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
    Ok((sender, thread))
}

impl<T> std::fmt::Debug for Courier<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
