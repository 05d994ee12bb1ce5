//! The thread pool as its users see it, where it differs from other executors or could go wrong.

mod gate;
mod capacity;
mod initializing;
mod failing;
mod limits;
mod limits_of_chunks;
mod queue_timeouts;
mod retrying;
mod stopping;
mod suspending;
mod stopping_inside;
mod racing;
mod nesting;
mod awaiting;
mod calling_back;
mod scopes;
mod slices;
mod volume;
mod trays;
mod figures;
mod single_thread;
