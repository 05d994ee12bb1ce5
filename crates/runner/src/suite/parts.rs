//! What is read of a task before anybody knows what it does.

use std::ops::Range;
use std::path::Path;

use super::fields::Fields;
use super::inputs::Inputs;
use super::matrix::Axis;

/// What is read of a task before anybody knows what it does.
pub(super) struct Parts<'t> {
    pub(super) task: Fields<'t>,
    pub(super) id: &'t str,
    /// Where its kind is named.
    pub(super) at: Range<usize>,
    /// The axes of its matrix, and where the values of each stand.
    pub(super) axes: Vec<(Axis, Range<usize>)>,
    pub(super) inputs: Option<Inputs>,
    /// Where relative paths begin.
    pub(super) folder: &'t Path,
}
