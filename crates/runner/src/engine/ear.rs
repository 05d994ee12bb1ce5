//! Who is told what happens.

use crate::event::Event;

/// Who is told what happens in a run, as it happens, from many threads at once. An ear that takes its time holds up
/// the worker slot that tells it: so the output of a program is never further ahead of its reader than a pipe allows.
pub(crate) trait Ear: Send + Sync {
    /// Something has happened, now.
    fn tell(&self, event: Event);
}
