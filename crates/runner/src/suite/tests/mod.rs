//! Suites as they are read, right and wrong.

mod wrong;
mod right;
mod described;
