//! The thread that runs a process pool.
//!
//! It owns everything about the pool's workers and sees the world as one stream of events
//! ([`poller::Event`]): jobs and orders from other threads (by the inbox), replies, output, reports of
//! the zygote, and time. It never waits for a worker, for the zygote, or for user code.
//!
//! - [`desk`] decides which worker gets what; it does no input or output,
//! - [`agenda`] is what is due at a certain time, [`postponed`] the jobs among it,
//! - [`doom`] is why a worker is ended by force, [`judgement`] decides when,
//! - [`poller`] waits for events,
//! - [`output_stream`] is what a worker prints,
//! - [`equipment`] is what it shares with a worker,
//! - [`worker`] is one live worker with its channels, [`tally`] what workers have done,
//! - [`glances`] tells stuck workers from slow ones,
//! - [`hold`] is what goes on after a suspension,
//! - [`setback`] tells how many workers may fail to come, [`briefing`] what each is told when it comes,
//! - [`bustle`] is how busy other threads are with its work,
//! - [`guests`] are other threads that do a part of it,
//! - [`state`] is all that the supervisor knows,
//! - [`delivery`] is what a courier carries, [`delivering`] sends it on its way,
//! - [`logs`] parts what workers log from what they print,
//! - [`printing`] moves what workers print, [`traffic`] requests and replies, [`listening`] is to
//!   the control plane,
//! - [`waiting`] sees to jobs that wait too long, or to be tried again,
//! - [`limits`] looks at what runs under a limit, and ends it,
//! - [`retiring`] replaces workers that are still well, and lets idle ones go,
//! - [`stuck`] replaces workers that do not start what they were sent,
//! - [`trimming`] gives memory back,
//! - [`suspension`] holds the pool for a while,
//! - [`census`] takes the pool's figures, [`obituary`] remembers how workers ended,
//! - [`orders`] is how many workers may be ordered at once,
//! - [`burial`] sees to those that have ended, [`gleaning`] to what they had answered and not sent,
//! - [`crew`] orders workers and welcomes them,
//! - [`stop`] ends the pool's work,
//! - [`windup`] waits for what comes after it,
//! - [`wreck`] is what comes of a panic,
//! - [`leading`] is what other threads do for the pool,
//! - [`run`] is a turn of the loop,
//! - [`floor`] is whose turn it is.

pub(crate) mod desk;
pub(crate) mod agenda;
pub(crate) mod postponed;
pub(crate) mod doom;
pub(crate) mod judgement;
pub(crate) mod poller;
pub(crate) mod output_stream;
mod equipment;
pub(crate) mod worker;
pub(crate) mod glances;
pub(crate) mod hold;
pub(crate) mod setback;
pub(crate) mod briefing;
mod bustle;
mod guests;
mod tally;
mod delivery;
pub(crate) mod state;
mod delivering;
mod logs;
mod printing;
pub(crate) mod traffic;
mod listening;
mod gleaning;
pub(crate) mod waiting;
pub(crate) mod limits;
pub(crate) mod retiring;
pub(crate) mod stuck;
mod trimming;
pub(crate) mod suspension;
pub(crate) mod census;
pub(crate) mod obituary;
pub(crate) mod burial;
mod orders;
pub(crate) mod crew;
pub(crate) mod stop;
pub(crate) mod windup;
mod wreck;
mod leading;
mod run;
pub(crate) mod floor;
