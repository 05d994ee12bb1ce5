//! `tokio::task::spawn_blocking`, with as many threads as the other pools have workers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::job::{Job, Next};
use crate::pools::{Pool, Settings};

/// A runtime whose threads for blocking work are the pool.
pub(crate) struct Tokio(Runtime);

impl Pool for Tokio {
    type Handle<T: Send + 'static> = JoinHandle<T>;

    fn start(settings: Settings) -> Result<Self, String> {
        // The caller drives the runtime, so that there is no thread between it and the workers.
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.max_blocking_threads(settings.workers).build();
        runtime.map(Self).map_err(|error| error.to_string())
    }

    fn submit<J: Job>(&self, input: J::Input) -> JoinHandle<J::Output> {
        self.0.spawn_blocking(move || J::run(input))
    }

    fn join<T: Send + Serialize + DeserializeOwned + 'static>(
        &self,
        handle: JoinHandle<T>,
    ) -> Result<T, String> {
        self.0.block_on(handle).map_err(|error| error.to_string())
    }

    /// As in a program that is async throughout: the runtime is entered once.
    fn each(&self, count: u64) -> u64 {
        self.0.block_on(async {
            let handles: Vec<_> = (0..count).map(|n| self.submit::<Next>(n)).collect();
            let mut sum = 0;
            for handle in handles {
                sum += handle.await.expect("nothing befalls these jobs");
            }
            sum
        })
    }
}
