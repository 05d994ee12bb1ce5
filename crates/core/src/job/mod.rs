//! Jobs: one submission of a task each, from the queue to the outcome.
//!
//! - [`retries`] decides whether what failed is tried again,
//! - [`options`] is what a job asks for,
//! - [`encoded_value`] is a value on its way from a worker,
//! - [`answers`] are how items ended, in the terms of executors,
//! - [`witness`] is who is told how a job's items end, whatever ends them,
//! - [`contract`] is what executors see of a job,
//! - [`work`] is some items of a job, as executors queue them,
//! - [`workload`] is what one item computes,
//! - [`stored`] is an outcome that may still be encoded,
//! - [`kept`] is what outlives the attempts at an item that may be tried again,
//! - [`input`] is what an item has until it runs,
//! - [`underway`] is what a thread cannot wait for, as it does it itself,
//! - [`audience`] is who wants to know of its end,
//! - [`latch`] is where they wait for it,
//! - [`cell`] is a job with one item, whose outcome a handle takes,
//! - [`ending`] is how such a job ends, [`withdrawal`] how it is kept from starting, [`item`] what its
//!   executor sees of it,
//! - [`outlet`] is what the handle sees of it,
//! - [`chunk`] is several items of a `map`, whose outcomes come together; [`row`] says where each of them
//!   is, [`inputs`] what they have until they run, in [`pieces`], [`lane`] how consecutive ones ended;
//!   [`items`] is what their executor sees of them, [`block`] how a thread runs several at a stretch.

pub(crate) mod retries;
pub(crate) mod options;
pub(crate) mod encoded_value;
pub(crate) mod answers;
pub(crate) mod witness;
pub(crate) mod contract;
pub(crate) mod work;
pub(crate) mod stored;
pub(crate) mod workload;
pub(crate) mod underway;
pub(crate) mod kept;
pub(crate) mod input;
pub(crate) mod audience;
mod latch;
pub(crate) mod cell;
pub(crate) mod ending;
mod withdrawal;
mod item;
pub(crate) mod outlet;
mod pieces;
mod inputs;
pub(crate) mod lane;
pub(crate) mod row;
pub(crate) mod chunk;
mod block;
mod items;
