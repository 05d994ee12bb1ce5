//! The task model, tested without threads or processes of an executor: jobs run only when a test
//! says so, on the thread it says.

mod hand_driven;
mod states;
mod cancelling;
mod destructors;
mod joining;
mod callbacks;
mod calling_back;
mod futures;
mod waiting;
mod helping;
mod completing;
mod holding;
mod killing;
mod retrying;
mod helping_again;
mod refusing;
mod mapping;
mod blocks;
mod map_failures;
mod map_deadline;
mod payloads;
mod contexts;
mod hosts;
mod entries;
