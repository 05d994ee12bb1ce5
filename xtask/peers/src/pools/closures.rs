//! Thread pools that run closures and have no handles: each job's value comes by a channel of its own, as their users
//! have it.

use std::num::NonZeroUsize;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::job::Job;
use crate::pools::{Pool, Settings};

/// Runs closures.
pub(crate) trait Spawn: Sized {
    /// Starts the workers.
    fn with(workers: usize) -> Result<Self, String>;
    /// Has a closure run.
    fn spawn(&self, run: impl FnOnce() + Send + 'static);
}

/// A pool that runs closures, with a channel for each value.
pub(crate) struct Channelled<S>(S);

impl<S: Spawn> Pool for Channelled<S> {
    type Handle<T: Send + 'static> = Receiver<T>;

    fn start(settings: Settings) -> Result<Self, String> {
        S::with(settings.workers).map(Self)
    }

    fn submit<J: Job>(&self, input: J::Input) -> Receiver<J::Output> {
        let (sender, receiver) = bounded(1);
        self.0.spawn(move || {
            // Whoever does not wait for the value does not want it.
            let _ = sender.send(J::run(input));
        });
        receiver
    }

    fn join<T: Send + Serialize + DeserializeOwned + 'static>(
        &self,
        receiver: Receiver<T>,
    ) -> Result<T, String> {
        receiver.recv().map_err(|error| error.to_string())
    }
}

/// The pool that people write by hand: boxed closures in one channel.
pub(crate) struct Crossbeam(Sender<Box<dyn FnOnce() + Send>>);

impl Spawn for Crossbeam {
    fn with(workers: usize) -> Result<Self, String> {
        let (sender, receiver) = crossbeam_channel::unbounded::<Box<dyn FnOnce() + Send>>();
        for worker in 0..workers {
            let receiver = receiver.clone();
            let builder = thread::Builder::new().name(format!("crossbeam-{worker}"));
            let work = move || receiver.into_iter().for_each(|job| job());
            builder.spawn(work).map_err(|error| error.to_string())?;
        }
        Ok(Self(sender))
    }

    fn spawn(&self, run: impl FnOnce() + Send + 'static) {
        let sent = self.0.send(Box::new(run));
        sent.expect("the workers are there as long as the sender");
    }
}

/// `rayon::ThreadPool::spawn`.
pub(crate) struct Rayon(pub(crate) rayon::ThreadPool);

impl Spawn for Rayon {
    fn with(workers: usize) -> Result<Self, String> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(workers);
        builder.build().map(Self).map_err(|error| error.to_string())
    }

    fn spawn(&self, run: impl FnOnce() + Send + 'static) {
        self.0.spawn(run);
    }
}

/// `threadpool::ThreadPool::execute`.
pub(crate) struct Executing(threadpool::ThreadPool);

impl Spawn for Executing {
    fn with(workers: usize) -> Result<Self, String> {
        let workers = NonZeroUsize::new(workers).ok_or("no workers")?;
        Ok(Self(threadpool::ThreadPool::new(workers.get())))
    }

    fn spawn(&self, run: impl FnOnce() + Send + 'static) {
        self.0.execute(run);
    }
}
