//! Where an answer changes along an axis: by measuring until it lies between two points, and by a model beside that.
//!
//! - [`search`] decides where to measure next, and what is known so far;
//! - [`model`] computes the same place from what each arm costs;
//! - [`told`] puts both into words, and says when they disagree.
//!
//! There are two questions, and each has a crossover of its own: from what length on an arm costs next to nothing
//! beside another, and from what length on it wins.

pub(crate) mod search;
pub(crate) mod model;
pub(crate) mod told;
