//! What a worker and its parent share memory by: here std's, in the models of the lock-free parts that of their
//! checker.

pub(crate) use std::sync::atomic;
