//! `procspawn::Pool`: workers that are started by executing the program again.

use procspawn::{JoinHandle, Pool as Processes};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::job::Job;
use crate::pools::{Pool, Settings};

/// The pool.
pub(crate) struct Procspawn(Processes);

impl Pool for Procspawn {
    type Handle<T: Send + 'static> = JoinHandle<T>;

    /// Each queued job holds three descriptors.
    const QUEUE: u64 = 250;

    fn start(settings: Settings) -> Result<Self, String> {
        let mut builder = Processes::builder(settings.workers);
        // Standard input and output are the line to the harness.
        builder.disable_stdin().disable_stdout();
        builder.build().map(Self).map_err(|error| error.to_string())
    }

    fn submit<J: Job>(&self, input: J::Input) -> JoinHandle<J::Output> {
        self.0.spawn(input, J::run)
    }

    fn join<T: Send + Serialize + DeserializeOwned + 'static>(
        &self,
        handle: JoinHandle<T>,
    ) -> Result<T, String> {
        handle.join().map_err(|error| error.to_string())
    }
}

impl Drop for Procspawn {
    fn drop(&mut self) {
        self.0.kill();
    }
}
