//! Pools: ours, and those of others.
//!
//! - [`ours`]: anypool's threads and processes;
//! - [`closures`]: thread pools that only run closures, with a channel for each value;
//! - [`tickets`]: the same with something lighter than a channel;
//! - [`blocking`]: tokio's threads for blocking work;
//! - [`procspawn`]: the other process pool.

pub(crate) mod ours;
pub(crate) mod closures;
pub(crate) mod tickets;
pub(crate) mod blocking;
pub(crate) mod procspawn;

use std::process::ExitCode;

use anypool::Transport;
use anypool::processes::UnknownTransport;

use crate::job::{Job, Next};

/// How a pool is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// How many workers it has.
    pub(crate) workers: usize,
    /// How jobs travel, in a pool of ours.
    pub(crate) transport: Transport,
}

/// A pool under measurement.
pub(crate) trait Pool: Sized {
    /// The caller's end of a job.
    type Handle<T: Send + 'static>;

    /// How many jobs may wait at once. Those that use descriptors for each say less.
    const QUEUE: u64 = 10_000;

    /// Starts one.
    ///
    /// # Errors
    ///
    /// In its own words.
    fn start(settings: Settings) -> Result<Self, String>;

    /// Submits one job.
    fn submit<J: Job>(&self, input: J::Input) -> Self::Handle<J::Output>;

    /// Waits for a job's value.
    ///
    /// # Errors
    ///
    /// What became of the job, in the pool's own words.
    fn join<T: Send + serde::Serialize + serde::de::DeserializeOwned + 'static>(
        &self,
        handle: Self::Handle<T>,
    ) -> Result<T, String>;

    /// Submits so many jobs, joins each of them, and adds up their values.
    ///
    /// # Panics
    ///
    /// When a job has none.
    fn each(&self, count: u64) -> u64 {
        let handles: Vec<_> = (0..count).map(|n| self.submit::<Next>(n)).collect();
        let join = |handle| self.join(handle).expect("nothing befalls these jobs");
        handles.into_iter().map(join).sum()
    }
}

/// What [`Pool::each`] must give.
pub(crate) fn sum_of_each(count: u64) -> u64 {
    count * (count + 1) / 2
}

/// The arms that are pools of processes of ours begin with this; the transport follows.
pub(crate) const PROCESSES: &str = "pool-";

/// The names that a transport may have. What this build does not know is left out.
const TRANSPORTS: [&str; 3] = ["pipe", "ipc", "shm"];

/// Whether an arm uses our fork server.
pub(crate) fn needs_fork_server(arm: &str) -> bool {
    arm.starts_with(PROCESSES) || arm == "program"
}

/// The transport that an arm is named after; the default one for all others.
///
/// # Errors
///
/// When there is none of that name.
pub(crate) fn transport(arm: &str) -> Result<Transport, String> {
    match arm.strip_prefix(PROCESSES) {
        None | Some("list") => Ok(Transport::default()),
        Some(name) => name
            .parse()
            .map_err(|unknown: UnknownTransport| unknown.to_string()),
    }
}

/// Prints the transports of this build, the default one first.
pub(crate) fn print_transports() -> ExitCode {
    let default = Transport::default().to_string();
    println!("{default}");
    let known = TRANSPORTS
        .into_iter()
        .filter(|name| name.parse::<Transport>().is_ok());
    known
        .filter(|name| *name != default)
        .for_each(|name| println!("{name}"));
    ExitCode::SUCCESS
}
