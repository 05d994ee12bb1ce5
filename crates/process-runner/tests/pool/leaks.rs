//! After a pool is gone, nothing of it is left: descriptors, threads, processes.

use anypool_core::Executor as _;
use process_runner::{Process, Transport};

use crate::scene::{TRANSPORTS, alone, eventually, pool, square};

/// Open descriptors, threads, and processes that the zygote has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) struct Counts {
    descriptors: usize,
    threads: usize,
    processes: usize,
}

impl Counts {
    pub(crate) fn now() -> Self {
        let entries = |path: &str| std::fs::read_dir(path).unwrap().count();
        let zygotes = children_of(std::process::id());
        assert_eq!(zygotes.len(), 1, "one zygote");
        Self {
            descriptors: entries("/proc/self/fd"),
            threads: entries("/proc/self/task"),
            processes: children_of(zygotes[0]).len(),
        }
    }
}

/// The processes whose parent is `pid`.
pub(crate) fn children_of(pid: u32) -> Vec<u32> {
    let stat = |entry: std::io::Result<std::fs::DirEntry>| {
        let child: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).ok()?;
        let parent: u32 = stat
            .rsplit(')')
            .next()?
            .split_whitespace()
            .nth(1)?
            .parse()
            .ok()?;
        (parent == pid).then_some(child)
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(stat)
        .collect()
}

fn abort(_: ()) {
    std::process::abort();
}

fn use_once(transport: Transport, round: u32) {
    let pool = pool(2, transport);
    assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    match round % 4 {
        0 => drop(pool.shutdown_now()),
        1 => assert!(pool.submit(abort, ()).unwrap().join().is_err()),
        2 => assert_eq!(Process::spawn(square, 3).unwrap().join(), Ok(9)),
        _ => assert_eq!(pool.map(square, 0..10).filter(Result::is_ok).count(), 10),
    }
}

#[test]
fn a_hundred_pools_leave_nothing_behind() {
    if !alone("leaks::a_hundred_pools_leave_nothing_behind") {
        return;
    }
    use_once(Transport::Pipe, 0);
    let before = Counts::now();
    for round in 0..100 {
        use_once(TRANSPORTS[round as usize % 2], round / 2);
    }
    // Threads end a moment after the handles that wait for them.
    let mut after = Counts::now();
    eventually("everything is as it was", || {
        after = Counts::now();
        after <= before
    });
    assert_eq!(after, before);
}

#[test]
fn a_worker_costs_at_most_eight_descriptors() {
    if !alone("leaks::a_worker_costs_at_most_eight_descriptors") {
        return;
    }
    for transport in TRANSPORTS {
        let small = pool(1, transport);
        assert_eq!(small.submit(square, 3).unwrap().join(), Ok(9));
        let before = Counts::now();
        let large = pool(21, transport);
        assert!(large.map(square, 0..1_000).all(|outcome| outcome.is_ok()));
        let after = Counts::now();
        // The pool itself has an epoll instance, an inbox and a socket and a channel to the zygote.
        let workers = after.descriptors - before.descriptors - 4;
        assert!(
            workers <= 8 * 21,
            "{workers} descriptors for 21 workers over {transport}"
        );
        assert_eq!(after.processes, before.processes + 21);
    }
}
