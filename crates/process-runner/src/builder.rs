//! The settings of a pool, as its owner gives them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::Host;

use crate::config::{Config, OutputMode};
use crate::sys::entry::MakeRegistry;
use crate::transport::Transport;

/// Settings for a [`ProcessPool`].
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct ProcessPoolBuilder(pub(crate) Config);

impl ProcessPoolBuilder {
    /// How many workers there are; by default as many as this process may use CPUs.
    pub fn workers(mut self, workers: usize) -> Self {
        self.0.workers = workers;
        self
    }

    /// The name of the pool's thread, as `ps -L` shows it; of longer ones it shows 15 bytes.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// How many jobs may wait (1 Mi by default, and at most 1 GiB of encoded inputs): `submit` waits
    /// while the queue is full.
    pub fn queue(mut self, jobs: usize) -> Self {
        self.0.queue = jobs;
        self
    }

    /// How long an item may run, unless its job says otherwise; time in the queue does not count.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.0.timeout = Some(limit);
        self
    }

    /// How long a process has between `SIGTERM` and `SIGKILL`; 2 s by default.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace = grace;
        self
    }

    /// How jobs travel.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.0.transport = transport;
        self
    }

    /// Where the workers' output goes, in whole lines; by default to this process's own streams.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.0.host = host;
        self
    }

    /// When the output reaches the host.
    pub fn output(mut self, mode: OutputMode) -> Self {
        self.0.output = mode;
        self
    }

    /// Keeps panics that handles report from being printed to the workers' standard error as well.
    pub fn quiet_panics(mut self, quiet: bool) -> Self {
        self.0.quiet_panics = quiet;
        self
    }

    /// The program's named tasks; every worker must know the same.
    pub fn registry(mut self, make: MakeRegistry) -> Self {
        self.0.registry = Some(make);
        self
    }
}

impl fmt::Debug for ProcessPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPoolBuilder")
            .field("workers", &self.0.workers)
            .field("transport", &self.0.transport)
            .finish_non_exhaustive()
    }
}
