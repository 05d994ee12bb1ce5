//! The limits: programs that do one thing only, without a pool's promises.
//!
//! - [`bell`]: how two processes wait for one another on a word of shared memory;
//! - [`ping_pong`]: one number there and back through shared memory;
//! - [`ring`]: many numbers in flight through shared memory;
//! - [`pipe`]: many numbers in flight through a pair of pipes;
//! - [`echo`]: bytes there and back, by an arena, a pair of pipes or a socket;
//! - [`lives`]: processes that are forked, answer, are killed and noticed.

pub(crate) mod bell;
pub(crate) mod ping_pong;
pub(crate) mod ring;
pub(crate) mod pipe;
pub(crate) mod echo;
pub(crate) mod lives;
