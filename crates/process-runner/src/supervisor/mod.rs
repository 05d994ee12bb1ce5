//! The thread that runs a process pool.
//!
//! It owns everything about the pool's workers and sees the world as one stream of events
//! ([`poller::Event`]): jobs and orders from other threads (by the inbox), replies, output, reports of
//! the zygote, and time. It never waits for a worker, for the zygote, or for user code.
//!
//! - [`desk`] decides which worker gets what; it does no input or output,
//! - [`poller`] waits for events,
//! - [`worker`] is one live worker with its channels,
//! - [`glances`] tells stuck workers from slow ones,
//! - [`hold`] is what goes on after a suspension,
//! - [`state`] is all that the supervisor knows, and how it delivers,
//! - [`traffic`] moves requests, replies and output,
//! - [`limits`] ends what runs too long,
//! - [`stuck`] replaces workers that do not start what they were sent,
//! - [`suspension`] holds the pool for a while,
//! - [`burial`] sees to those that have ended,
//! - [`crew`] orders workers and welcomes them,
//! - [`stop`] ends the pool's work,
//! - [`windup`] waits for what comes after it,
//! - [`run`] is the loop.

pub(crate) mod desk;
pub(crate) mod poller;
pub(crate) mod worker;
pub(crate) mod glances;
pub(crate) mod hold;
pub(crate) mod state;
pub(crate) mod traffic;
pub(crate) mod limits;
pub(crate) mod stuck;
pub(crate) mod suspension;
pub(crate) mod burial;
pub(crate) mod crew;
pub(crate) mod stop;
pub(crate) mod windup;
pub(crate) mod run;
