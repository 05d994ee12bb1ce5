//! What may be concluded from a few numbers: nothing is assumed about their distribution, and nothing is thrown away.
//!
//! - `spread`: where numbers lie, by their order alone;
//! - `bootstrap`: where their median would lie if all were measured again;
//! - `heaps`: numbers that lie apart from the rest, or in two heaps.

mod spread;
mod bootstrap;
mod heaps;

pub(crate) use bootstrap::{median_interval, median_off_one};
pub(crate) use heaps::{are_two_heaps, far_off};
pub(crate) use spread::{Spread, count, median_of};
