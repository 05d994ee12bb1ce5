//! What the waiting functions need of a handle, whatever its value's type.

use std::sync::Arc;

use crate::bell::Bell;
use crate::handle::JobHandle;

/// A handle of any type, from any executor. Implemented by [`JobHandle`] alone.
pub trait AnyHandle: sealed::Watched {
    /// Whether the job has ended.
    fn is_finished(&self) -> bool;
}

pub(super) mod sealed {
    use std::sync::Arc;

    use crate::bell::Bell;

    /// The part of a handle that is not for other crates.
    pub trait Watched {
        #[doc(hidden)]
        fn is_failed(&self) -> bool;
        #[doc(hidden)]
        fn help(&self);
        /// Whether the job cannot end before this thread goes on.
        #[doc(hidden)]
        fn ends_here(&self) -> bool;
        #[doc(hidden)]
        fn call_back(&self);
        #[doc(hidden)]
        fn watch(&self, bell: &BellRef, index: usize);
        #[doc(hidden)]
        fn unwatch(&self, bell: &BellRef);
    }

    /// Keeps the bell's type private.
    #[derive(Debug)]
    pub struct BellRef(pub(crate) Arc<Bell>);
}

use sealed::BellRef;

impl<T: 'static> AnyHandle for JobHandle<T> {
    fn is_finished(&self) -> bool {
        Self::is_finished(self)
    }
}

impl<T: 'static> sealed::Watched for JobHandle<T> {
    fn is_failed(&self) -> bool {
        self.outlet().is_failed()
    }

    fn help(&self) {
        Self::help(self);
    }

    fn ends_here(&self) -> bool {
        Self::ends_here(self)
    }

    fn call_back(&self) {
        Self::call_back(self);
    }

    fn watch(&self, bell: &BellRef, index: usize) {
        self.outlet().watch(&bell.0, index);
    }

    fn unwatch(&self, bell: &BellRef) {
        self.outlet().unwatch(&bell.0);
    }
}

impl<H: AnyHandle + ?Sized> AnyHandle for &H {
    fn is_finished(&self) -> bool {
        (**self).is_finished()
    }
}

impl<H: sealed::Watched + ?Sized> sealed::Watched for &H {
    fn is_failed(&self) -> bool {
        (**self).is_failed()
    }

    fn help(&self) {
        (**self).help();
    }

    fn ends_here(&self) -> bool {
        (**self).ends_here()
    }

    fn call_back(&self) {
        (**self).call_back();
    }

    fn watch(&self, bell: &BellRef, index: usize) {
        (**self).watch(bell, index);
    }

    fn unwatch(&self, bell: &BellRef) {
        (**self).unwatch(bell);
    }
}

pub(crate) fn new_bell() -> BellRef {
    BellRef(Arc::new(Bell::default()))
}
