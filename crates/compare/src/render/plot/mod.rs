//! Plots as inline SVG that keep their type size at any width.
//!
//! Heights are in pixels. Across, words and grid lines are placed by percent, and curves lie in a picture that is
//! stretched to the width ([`canvas`]); strokes are not. So a plot needs no script to fit a telephone.

mod scale;
mod apart;
mod path;
mod frame;

pub(crate) use apart::apart;
pub(crate) use frame::{Frame, Upwards, canvas, percent};
pub(crate) use path::{band, bars, dots, line, ticks};
pub(crate) use scale::Scale;
