//! Who hears of what happens.

use super::moment::Moment;

/// Who hears of what happens.
pub(super) trait Listener: Send + Sync {
    /// Hears of it: of one event after another, in the order of their times. All others wait meanwhile, so it waits for
    /// nobody.
    fn hear(&self, _: &Moment) {}

    /// Does about it what may take time, on the thread of the worker slot that has told it. What other slots tell may
    /// come before it.
    fn act(&self, _: &Moment) {}

    /// Nothing more will happen.
    fn close(&self) {}
}
