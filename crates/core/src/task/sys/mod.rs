//! The only unsafe code of this crate: making a value of a task's type, or of an initializer's, out of
//! nothing.
#![expect(
    unsafe_code,
    reason = "a worker must call a task whose value stayed in the parent"
)]

use std::ptr::NonNull;

/// Fails the build when `T` holds any bytes, which is to say when a closure captures something.
pub(crate) const fn assert_no_captures<T>() {
    assert!(
        size_of::<T>() == 0,
        "a task must be a fn or a closure without captures: what it needs travels as its input"
    );
}

/// The value of a type that has no bytes: a task's, or an initializer's.
///
/// `TaskEntry::of` and `InitEntry::of` are the only makers of the entries that lead here and take a
/// value of `T`, so one has existed in this program or in the one it was forked from.
pub(crate) fn conjure<T: Copy>() -> T {
    const { assert_no_captures::<T>() };
    // SAFETY: reading a value without bytes needs only an aligned pointer, which `dangling` is. `T` has
    // no bytes (asserted above at build), it is inhabited (see above), and being `Copy` it has no
    // destructor that could tell two values apart.
    unsafe { NonNull::<T>::dangling().read() }
}
