//! From the address of an entry, a task's or an initializer's, back to the entry.

use anypool_core::{InitEntry, Registry, TaskEntry};

/// The address of an entry, for a worker that was forked from this program.
pub(crate) fn address_of(entry: &'static TaskEntry) -> u64 {
    std::ptr::from_ref(entry) as u64
}

/// The entry at an address which the parent sent; `None` when it is none.
///
/// Only a worker calls this, and only with what its parent sent: a worker trusts its parent, whose
/// image it shares. The check is for mistakes, not for malice.
pub(crate) fn entry_at(address: u64) -> Option<&'static TaskEntry> {
    let pointer = usize::try_from(address).ok()? as *const TaskEntry;
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    // SAFETY: the parent sends only what `address_of` gave it. Entries are constants of the program
    // image, which lies at the same place in every process forked from it.
    let entry = unsafe { &*pointer };
    entry.is_genuine().then_some(entry)
}

/// The address of an initializer's entry, for a process that was forked from this program.
pub(crate) fn init_address_of(entry: &'static InitEntry) -> u64 {
    std::ptr::from_ref(entry) as u64
}

/// The initializer's entry at an address which the parent sent; `None` when it is none.
///
/// As with [`entry_at`], a worker calls this with what its parent sent; a template, with what came from
/// whoever asked for it, whom alone it serves and who has the same rights.
pub(crate) fn init_entry_at(address: u64) -> Option<&'static InitEntry> {
    let pointer = usize::try_from(address).ok()? as *const InitEntry;
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    // SAFETY: the parent sends only what `init_address_of` gave it. Entries are constants of the program
    // image, which lies at the same place in every process forked from it.
    let entry = unsafe { &*pointer };
    entry.is_genuine().then_some(entry)
}

/// A function that makes the registry of a program's named tasks.
pub type MakeRegistry = fn() -> Registry;

/// The address of a registry's maker, for a worker that was forked from this program.
pub(crate) fn registry_address(make: MakeRegistry) -> u64 {
    make as usize as u64
}

/// The function at an address which the parent sent; `None` for 0.
///
/// As with [`entry_at`], only a worker calls this, with what its parent sent.
pub(crate) fn registry_function(address: u64) -> Option<MakeRegistry> {
    let address = usize::try_from(address)
        .ok()
        .filter(|&address| address != 0)?;
    // SAFETY: the parent sends only what `registry_address` gave it: the address of a function of this
    // type in the program image, which lies at the same place in every process forked from it.
    Some(unsafe { std::mem::transmute::<usize, MakeRegistry>(address) })
}
