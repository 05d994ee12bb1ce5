//! The rows of the bench: what one arm does in one round.
//!
//! - [`crew`]: which processes the workers are;
//! - [`latency`]: one job in flight; [`singly`]: many, each with a handle of its own;
//! - [`map`]: many items by one call;
//! - [`echo`]: large payloads;
//! - [`start`]: from nothing to a value of each worker; [`death`]: a worker
//!   is killed;
//! - [`rest`]: what a pool costs that has nothing to do; [`pending`]: what waiting jobs cost;
//! - [`tutorial`]: whole programs;
//! - [`growth`]: the same with more workers, larger payloads, longer queues.

mod crew;
mod latency;
mod singly;
mod map;
mod echo;
mod start;
mod death;
mod rest;
mod pending;
mod tutorial;
mod growth;

use std::time::Duration;

use anypool::{ProcessPool, ThreadPool};

use crate::pools::blocking::Tokio;
use crate::pools::closures::{Channelled, Crossbeam, Executing, Rayon};
use crate::pools::ours::Ours;
use crate::pools::procspawn::Procspawn;
use crate::pools::tickets::Ticketed;
use crate::pools::{PROCESSES, Pool, Settings, transport};
use crate::reading::Reading;

/// How much a round is to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    /// About how long, where that can be chosen.
    pub(crate) budget: Duration,
    /// The share of what a full round does, where the time cannot be chosen.
    pub(crate) scale: f64,
    /// How many or how large, where that grows.
    pub(crate) at: u64,
}

/// An arm that is ready to be measured.
pub(crate) trait Row {
    /// Measures once.
    ///
    /// # Errors
    ///
    /// In words.
    fn round(&mut self, round: Round) -> Result<Reading, String>;
}

impl<F: FnMut(Round) -> Result<Reading, String>> Row for F {
    fn round(&mut self, round: Round) -> Result<Reading, String> {
        self(round)
    }
}

/// Our processes by default, with payloads that serde would visit byte by byte.
const LIST: &str = "pool-list";

/// What a round is, or why there is none.
type Started = Result<Box<dyn Row>, String>;

/// How many workers a pool has, unless the row is about their number.
const WORKERS: usize = 2;

/// Makes an arm ready for a row.
///
/// # Errors
///
/// The arm does not do that, or cannot be started.
pub(crate) fn start(arm: &str, row: &str) -> Started {
    let settings = Settings {
        workers: WORKERS,
        transport: transport(arm)?,
    };
    match arm {
        LIST if row == "echo-10mb" => echo::lists::<Ours<ProcessPool>>(settings),
        "threads" => threads(row, settings),
        "threads-pulled" if row == "thread-map" => map::pulled(settings),
        "crossbeam" => any::<Channelled<Crossbeam>>(row, settings),
        "crossbeam-ticket" => any::<Ticketed<Crossbeam>>(row, settings),
        "rayon" | "rayon-long" if row == "thread-map" => map::rayon(arm, settings.workers),
        "rayon" => any::<Channelled<Rayon>>(row, settings),
        "threadpool" => any::<Channelled<Executing>>(row, settings),
        "tokio" => any::<Tokio>(row, settings),
        "procspawn" => processes::<Procspawn>(row, settings),
        "procspawn-list" if row == "echo-10mb" => echo::lists::<Procspawn>(settings),
        _ if arm.starts_with(PROCESSES) => own_processes(row, settings),
        _ => bare(arm, row),
    }
}

fn own_processes(row: &str, settings: Settings) -> Started {
    match row {
        "map-10m" => map::processes(settings),
        "tutorial" => Ok(Box::new(tutorial::round)),
        "pending" => pending::processes(settings),
        _ => processes::<Ours<ProcessPool>>(row, settings),
    }
}

fn threads(row: &str, settings: Settings) -> Started {
    match row {
        "thread-map" => map::threads(settings),
        _ => any::<Ours<ThreadPool>>(row, settings),
    }
}

/// What every pool of processes does.
fn processes<P: Pool + 'static>(row: &str, settings: Settings) -> Started {
    match row {
        "echo-10mb" => echo::bytes::<P>(settings),
        "start" => Ok(start::starts::<P>(settings, 0)),
        "start-1gib" => Ok(start::starts::<P>(settings, start::GIB)),
        "death" => Ok(death::deaths::<P>(settings)),
        "memory" => rest::memory::<P>(settings),
        _ => any::<P>(row, settings),
    }
}

/// What every pool does.
fn any<P: Pool + 'static>(row: &str, settings: Settings) -> Started {
    match row {
        "one-in-flight" | "thread-one-in-flight" => latency::one_in_flight::<P>(settings),
        "singly" | "thread-singly" => singly::each::<P>(settings),
        "idle" => rest::idle::<P>(settings),
        "pending" => pending::any::<P>(settings),
        "growth-workers" => Ok(growth::workers::<P>(settings)),
        "growth-payload" => Ok(growth::payload::<P>(settings)),
        "growth-pending" => Ok(growth::pending::<P>(settings)),
        _ => Err(format!("it has no row `{row}`")),
    }
}

/// The programs that do one thing only.
fn bare(arm: &str, row: &str) -> Started {
    match (arm, row) {
        ("bare-spin" | "bare-sleep", "one-in-flight") => latency::bare(arm),
        ("bare-pipe", "singly") => singly::bare_pipe(),
        ("bare-ring", "singly") => singly::bare_ring(),
        ("bare-pipe", "map-10m") => map::bare_pipe(),
        ("bare-loop", "thread-map") => Ok(map::bare_loop()),
        ("bare-arena" | "bare-pipe" | "bare-socket", "echo-10mb") => echo::bare(arm),
        ("bare-fork", "start") => Ok(start::bare(0)),
        ("bare-fork", "start-1gib") => Ok(start::bare(start::GIB)),
        ("bare-pidfd", "death") => Ok(death::bare()),
        ("bare-fork", "memory") => rest::bare_memory(),
        _ => Err(format!("there is no arm `{arm}` in the row `{row}`")),
    }
}
