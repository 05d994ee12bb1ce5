//! What becomes of speed and memory with more workers, larger payloads, longer queues.
//!
//! Every point of a [`Series`] is measured on every arm in every round, in an order that a seed decides, and each time
//! in a process of its own: memory that one point has needed must not serve the next unseen.

mod series;
mod record;
mod cliff;
mod plot;
mod text;
mod measure;

pub use cliff::{Cliff, cliffs};
pub use measure::{GrowthMeasuring, measure_growth};
pub use record::{GrowthLane, GrowthReport, MeasuredSeries, Point};
pub use series::{GrowthChoice, Series};
pub use text::{growth_page, growth_plots, growth_terminal};
