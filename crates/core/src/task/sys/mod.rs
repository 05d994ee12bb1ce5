//! The only unsafe code of this crate: making a value of a task's type out of nothing.
#![expect(
    unsafe_code,
    reason = "a worker must call a task whose value stayed in the parent"
)]

use std::ptr::NonNull;

use crate::task::contract::Task;

/// Fails the build when `T` holds any bytes, which is to say when a closure captures something.
pub(crate) const fn assert_no_captures<T>() {
    assert!(
        size_of::<T>() == 0,
        "a task must be a fn or a closure without captures: what it needs travels as its input"
    );
}

/// The value of a task's type, which has no bytes.
///
/// `TaskEntry::of` is the only maker of the entries that lead here and takes a value of `T`, so one
/// has existed in this program or in the one it was forked from.
pub(crate) fn conjure_task<T: Task>() -> T {
    const { assert_no_captures::<T>() };
    // SAFETY: reading a value without bytes needs only an aligned pointer, which `dangling` is. `T` has
    // no bytes (asserted above at build), it is inhabited (see above), and being `Copy` it has no
    // destructor that could tell two values apart.
    unsafe { NonNull::<T>::dangling().read() }
}
