//! Draws reports: for a terminal, as Markdown, as a table of all samples, and as a page for a browser.
//!
//! All see the report alone, so what was measured once can be drawn again later. None of them decides anything: words
//! and answers are the report's, and they are withheld where its noise is too much for them.

pub(crate) mod quantity;
mod clean;
mod grid;
mod wording;
mod results;
mod classes;
mod samples;
mod traces;
mod terminal;
mod markdown;
mod plot;
mod page;

pub(crate) use clean::clean;
pub(crate) use grid::Grid;
pub use markdown::markdown;
pub(crate) use markdown::{plain, table as markdown_table};
pub use page::page;
pub(crate) use quantity::{count, float, point, ratio, share, size, time, time_of};
pub use samples::samples;
pub(crate) use terminal::paragraph;
pub use terminal::terminal;
pub use traces::traces;
pub(crate) use wording::{card, effect, gate};
