//! What a pool costs that has nothing to do: no processor time, and little memory.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

use anypool_core::Executor as _;
use process_runner::{ProcessPool, ProcessPoolBuilder};

use crate::leaks::children_of;
use crate::preloading::memory;
use crate::scene::{TRANSPORTS, alone, eventually, quiet, square};

/// How long nobody is to be woken.
const SPAN: Duration = Duration::from_secs(5);

/// The most memory of a worker's own.
const MOST_BYTES: u64 = 300 << 10;

/// A task of a process: both numbers and its name.
type Thread = (u32, u32, String);

/// How often each thread of the fork server, of its workers and of the pools has been put on a core or taken
/// off it.
fn switches() -> BTreeMap<Thread, u64> {
    let own = std::process::id();
    let servers = children_of(own);
    let workers = servers.iter().copied().flat_map(children_of);
    let processes: Vec<u32> = workers.chain(servers.clone()).chain([own]).collect();
    let all = processes.into_iter().flat_map(threads_of);
    // The harness and this test have threads of their own here.
    all.filter(|((process, _, name), _)| *process != own || name.starts_with("any"))
        .collect()
}

fn threads_of(process: u32) -> Vec<(Thread, u64)> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let figures = |thread: u32| {
        let status = fs::read_to_string(format!("/proc/{process}/task/{thread}/status")).ok()?;
        let fields: BTreeMap<&str, &str> = status
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name, value.trim()))
            .collect();
        let count = |name: &str| fields[name].parse::<u64>().unwrap();
        let count = count("voluntary_ctxt_switches") + count("nonvoluntary_ctxt_switches");
        Some(((process, thread, fields["Name"].to_owned()), count))
    };
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    threads
        .filter_map(|entry| figures(number(entry.ok()?)?))
        .collect()
}

/// Two pools that have done something of everything: what is due later must not wake them.
fn pools() -> Vec<ProcessPool> {
    let limited: fn(ProcessPoolBuilder) -> ProcessPoolBuilder = |builder| {
        let second = Duration::from_secs(1);
        builder.timeout(3 * second).queue_timeout(3 * second)
    };
    let pools = TRANSPORTS.into_iter().flat_map(|transport| {
        [quiet(2, transport), limited(quiet(2, transport))].map(|pool| pool.start().unwrap())
    });
    let pools: Vec<ProcessPool> = pools.collect();
    for pool in &pools {
        let squares = pool.map(square, 0..1_000).filter(Result::is_ok);
        assert_eq!(squares.count(), 1_000);
        for number in 0..20 {
            pool.submit(square, number).unwrap().join().unwrap();
        }
    }
    pools
}

#[test]
fn an_idle_pool_wakes_nobody() {
    if !alone("resting::an_idle_pool_wakes_nobody") {
        return;
    }
    let pools = pools();
    // What was started for the last job may still be on its way to sleep.
    let mut before = switches();
    eventually("all are asleep", || {
        thread::sleep(Duration::from_millis(100));
        let earlier = std::mem::replace(&mut before, switches());
        earlier == before
    });
    let sleepers = before.len();
    // A thread a pool, the fork server, and the workers.
    assert!(sleepers > pools.len() * 3, "{before:?}");
    // Not to wait for something: this is the promise.
    thread::sleep(SPAN);
    assert_eq!(switches(), before);
    drop(pools);
}

#[test]
fn an_idle_worker_has_little_memory_of_its_own() {
    for pool in pools() {
        for pid in pool.stats().pids.into_values() {
            let memory = memory(pid.cast_signed());
            let own = memory["Private_Clean"] + memory["Private_Dirty"];
            assert!(own <= MOST_BYTES, "{own} bytes");
        }
    }
}
