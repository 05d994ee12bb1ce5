//! Being built.

mod clock;
mod sys;
mod wire;
mod transport;
mod worker;
mod zygote;

pub use transport::{Transport, UnknownTransport};
pub use zygote::link::{InitError, init};
