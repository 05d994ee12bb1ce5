//! Our own pools.

use anypool::{Executor, JobHandle, ProcessPool, ThreadPool};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::job::Job;
use crate::pools::{Pool, Settings};

/// How one of our pools is started.
pub(crate) trait Start: Executor + Sized {
    /// Starts it.
    fn with(settings: Settings) -> Result<Self, String>;
}

impl Start for ThreadPool {
    fn with(settings: Settings) -> Result<Self, String> {
        let builder = Self::builder().workers(settings.workers).queue(QUEUE);
        builder.start().map_err(|error| error.to_string())
    }
}

impl Start for ProcessPool {
    fn with(settings: Settings) -> Result<Self, String> {
        let builder = Self::builder().workers(settings.workers).queue(QUEUE);
        let builder = builder.transport(settings.transport).quiet_panics(true);
        builder.start().map_err(|error| error.to_string())
    }
}

/// Room for all jobs that any row queues up.
const QUEUE: usize = 1 << 21;

/// A pool of ours.
pub(crate) struct Ours<E>(pub(crate) E);

impl<E: Start> Pool for Ours<E> {
    type Handle<T: Send + 'static> = JobHandle<T>;

    fn start(settings: Settings) -> Result<Self, String> {
        E::with(settings).map(Self)
    }

    fn submit<J: Job>(&self, input: J::Input) -> JobHandle<J::Output> {
        self.0.submit(J::run, input).expect("the pool is open")
    }

    fn join<T: Send + Serialize + DeserializeOwned + 'static>(
        &self,
        handle: JobHandle<T>,
    ) -> Result<T, String> {
        handle.join().map_err(|error| error.to_string())
    }
}
