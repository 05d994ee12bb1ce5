//! What this process and its descendants hold: descriptors, threads, shared memory, each other.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use crate::background::LONG;

/// What the kernel counts for this process and its descendants.
#[derive(Debug)]
pub struct Holdings {
    /// By process id; the workers' are gone with them.
    of_processes: BTreeMap<u32, Holding>,
}

#[derive(Debug)]
struct Holding {
    descriptors: usize,
    /// Beside those that the test harness runs its tests on: they come and go as it likes.
    threads: usize,
    /// Mappings of memory that can be shared.
    mappings: usize,
}

impl Holdings {
    /// What is held now.
    ///
    /// # Panics
    ///
    /// When there is no `/proc`.
    #[must_use]
    pub fn now() -> Self {
        let mut of_processes = BTreeMap::new();
        let mut family = vec![std::process::id()];
        while let Some(id) = family.pop() {
            of_processes.insert(id, Holding::of(id));
            family.extend(children_of(id));
        }
        Self { of_processes }
    }

    /// Waits until no more is held than this: the kernel takes a moment to forget the dead.
    ///
    /// # Panics
    ///
    /// When there still is more after [`LONG`].
    #[track_caller]
    pub fn wait_for(&self) {
        let given_up = Instant::now() + LONG;
        loop {
            let now = Self::now();
            if now.fit_into(self) {
                return;
            }
            assert!(
                Instant::now() < given_up,
                "before: {self:?}\nafter: {now:?}"
            );
            std::thread::yield_now();
        }
    }

    fn fit_into(&self, before: &Self) -> bool {
        self.of_processes.iter().all(|(id, now)| {
            let before = before.of_processes.get(id);
            before.is_some_and(|before| now.fits_into(before))
        })
    }
}

impl Holding {
    fn of(id: u32) -> Self {
        let maps = fs::read_to_string(format!("/proc/{id}/maps")).unwrap_or_default();
        let of_the_harness = |thread: &fs::DirEntry| {
            // The harness names a thread after its test, by the path of its module.
            fs::read_to_string(thread.path().join("comm")).is_ok_and(|name| name.contains("::"))
        };
        Self {
            descriptors: entries(id, "fd").count(),
            threads: entries(id, "task")
                .filter(|thread| !of_the_harness(thread))
                .count(),
            mappings: maps.lines().filter(|line| line.contains("memfd:")).count(),
        }
    }

    fn fits_into(&self, before: &Self) -> bool {
        self.descriptors <= before.descriptors
            && self.threads <= before.threads
            && self.mappings <= before.mappings
    }
}

/// The processes that live and whose parent is `id`.
///
/// # Panics
///
/// When there is no `/proc`.
#[must_use]
pub fn children_of(id: u32) -> Vec<u32> {
    let children = processes().filter(|&child| parent(child) == Some(id));
    children.collect()
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").expect("Linux has it");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// The parent of a process that lives.
fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may contain anything; state and parent follow it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    fields.next()?.parse().ok().filter(|_| state != "Z")
}

fn entries(id: u32, what: &str) -> impl Iterator<Item = fs::DirEntry> {
    // A process that has ended meanwhile holds nothing.
    let entries = fs::read_dir(format!("/proc/{id}/{what}")).into_iter();
    entries.flatten().filter_map(Result::ok)
}
