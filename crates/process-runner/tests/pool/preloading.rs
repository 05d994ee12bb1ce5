//! What a pool preloads: its workers share it, and it goes with the pool.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use anypool_core::{Context, Executor as _, JobError, SubmitError, process_id};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getppid};
use process_runner::preloaded;

use crate::limits::with_child;
use crate::nested::transport;
use crate::scene::{
    Gate, Log, Scene, TRANSPORTS, alone, eventually, gated, is_alone, is_gone, must_pass, pool,
    program, quiet, square,
};

/// A table of so many words, each of which is its own number.
fn table(words: u64) -> Result<Vec<AtomicU64>, String> {
    Ok((0..words).map(AtomicU64::new).collect())
}

fn look_up(place: usize) -> Option<u64> {
    let table = preloaded::<Vec<AtomicU64>>()?;
    Some(table[place].load(Ordering::Relaxed))
}

fn parent(_: ()) -> i32 {
    getppid().as_raw()
}

#[test]
fn tasks_and_initializers_find_what_was_loaded_once() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let load = |log: Log| {
            log.note("loaded");
            table(1_000)
        };
        let pool = quiet(3, transport)
            .preload(load, scene.log.clone())
            .worker_init(|place| look_up(place).ok_or("nothing"), 7)
            .start()
            .unwrap();
        let both = |place: usize, ctx: &Context| (look_up(place), ctx.state::<u64>().copied());
        let seen: Vec<_> = pool.map(both, 0..1_000).map(Result::unwrap).collect();
        let expected: Vec<_> = (0..1_000).map(|n| (Some(n), Some(7))).collect();
        assert_eq!(seen, expected);
        let none = |_: ()| preloaded::<String>().is_none();
        assert_eq!(pool.submit(none, ()).unwrap().join(), Ok(true));
        assert_eq!(scene.log.lines(), ["loaded"]);
    }
    // Neither here nor in another pool.
    assert_eq!(look_up(1), None);
    let other = pool(1, TRANSPORTS[0]);
    assert_eq!(other.submit(look_up, 1).unwrap().join(), Ok(None));
}

#[test]
fn a_worker_knows_its_own_number_though_its_template_has_remembered_another() {
    let remember = |_: ()| Ok::<u32, String>(process_id());
    let pool = quiet(1, TRANSPORTS[0])
        .preload(remember, ())
        .start()
        .unwrap();
    let numbers = |_: ()| (process_id(), preloaded::<u32>().copied());
    let (here, template) = pool.submit(numbers, ()).unwrap().join().unwrap();
    assert_eq!(Some(&here), pool.stats().pids.get(&0));
    assert!(template.is_some_and(|template| template != here));
}

/// The figures of a process's memory, in bytes.
pub(crate) fn memory(pid: i32) -> BTreeMap<String, u64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let figure = |line: &str| {
        let (name, rest) = line.split_once(':')?;
        let kibibytes: u64 = rest.trim().strip_suffix(" kB")?.parse().ok()?;
        Some((name.to_owned(), kibibytes << 10))
    };
    rollup.lines().filter_map(figure).collect()
}

/// Reads all of the table, and waits.
fn read_all(gate: Gate, log: Log) -> (i32, u64) {
    let table = preloaded::<Vec<AtomicU64>>().unwrap();
    let sum = table.iter().map(|word| word.load(Ordering::Relaxed)).sum();
    log.note("read");
    gate.pass();
    (std::process::id().cast_signed(), sum)
}

#[test]
fn four_workers_share_a_table_of_256_mebibytes() {
    if !alone("preloading::four_workers_share_a_table_of_256_mebibytes") {
        return;
    }
    const BYTES: u64 = 256 << 20;
    const WORDS: u64 = BYTES / 8;
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(4, transport).preload(table, WORDS).start().unwrap();
        let template = pool.submit(parent, ()).unwrap().join().unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let jobs: Vec<_> = (0..4)
            .map(|_| pool.submit(read_all, stage.clone()).unwrap())
            .collect();
        eventually("all have read", || scene.log.lines().len() == 4);
        let workers: Vec<i32> = pool
            .stats()
            .pids
            .values()
            .map(|p| p.cast_signed())
            .collect();
        assert_eq!(workers.len(), 4);
        let mut shares = memory(template)["Pss"];
        for pid in workers {
            let memory = memory(pid);
            let private = memory["Private_Clean"] + memory["Private_Dirty"];
            assert!(private < 64 << 20, "{pid} has {private} bytes of its own");
            assert!(memory["Rss"] >= BYTES, "{memory:?}");
            shares += memory["Pss"];
        }
        assert!(shares >= BYTES, "{shares}");
        assert!(shares < 2 * BYTES, "{shares}");
        println!("a table of {BYTES} bytes takes {shares} in five processes");
        let _open = scene.gate.open();
        for job in jobs {
            assert_eq!(job.join().unwrap().1, WORDS * (WORDS - 1) / 2);
        }
    }
}

/// Changes a word of the table; says what it was, and what is seen then.
fn change(gate: Gate, place: usize) -> (Option<u64>, Option<u64>) {
    let before = look_up(place);
    preloaded::<Vec<AtomicU64>>().unwrap()[place].store(77, Ordering::Relaxed);
    let after = look_up(place);
    gate.pass();
    (before, after)
}

#[test]
fn a_worker_that_writes_changes_nothing_for_others() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(3, transport).preload(table, 100).start().unwrap();
        // Each in a worker of its own.
        let changes: Vec<_> = (0..3)
            .map(|_| pool.submit(change, (scene.gate.clone(), 5)).unwrap())
            .collect();
        eventually("all run", || pool.stats().busy == 3);
        let _open = scene.gate.open();
        for change in changes {
            assert_eq!(change.join(), Ok((Some(5), Some(77))));
        }
        // And a new worker gets it as it was loaded.
        let pid = pool.stats().pids[&0].cast_signed();
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        eventually("it is replaced", || pool.stats().restarts == 1);
        let seen: Vec<_> = pool.map(look_up, [5; 200]).map(Result::unwrap).collect();
        assert!(seen.iter().all(|seen| matches!(seen, Some(5 | 77))));
    }
}

fn look_up_below(index: usize) -> (Option<u64>, Option<u64>, Option<String>) {
    let own = |_: ()| Ok::<_, String>("own".to_owned());
    let both = |_: ()| (look_up(3), preloaded::<String>().cloned());
    let pool = quiet(1, transport(index)).preload(own, ()).start().unwrap();
    let (theirs, own) = pool.submit(both, ()).unwrap().join().unwrap();
    (look_up(3), theirs, own)
}

#[test]
fn a_nested_pool_finds_what_both_have_loaded() {
    for (index, transport) in TRANSPORTS.into_iter().enumerate() {
        let pool = quiet(1, transport).preload(table, 10).start().unwrap();
        let seen = pool.submit(look_up_below, index).unwrap().join();
        assert_eq!(seen, Ok((Some(3), Some(3), Some("own".to_owned()))));
    }
}

#[test]
fn a_template_goes_with_its_pool() {
    let pool = quiet(2, TRANSPORTS[0]).preload(table, 10).start().unwrap();
    let template = pool.submit(parent, ()).unwrap().join().unwrap();
    assert!(!is_gone(template));
    drop(pool);
    eventually("the template is gone", || is_gone(template));
}

#[test]
fn a_killed_template_fails_its_pool_alone_and_leaves_nothing() {
    if !alone("preloading::a_killed_template_fails_its_pool_alone_and_leaves_nothing") {
        return;
    }
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let other = pool(1, transport);
        let pool = quiet(2, transport).preload(table, 10).start().unwrap();
        let template = pool.submit(parent, ()).unwrap().join().unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let waiting = pool.submit(gated, (stage.clone(), 1)).unwrap();
        let with_child = pool.submit(with_child, scene.log.clone()).unwrap();
        let child = scene.log.wait_for_number("child ");
        scene.log.wait_for("start 1");
        let queued = pool.submit(gated, (stage, 2)).unwrap();
        let workers: Vec<i32> = pool
            .stats()
            .pids
            .values()
            .map(|p| p.cast_signed())
            .collect();
        kill(Pid::from_raw(template), Signal::SIGKILL).unwrap();
        assert!(matches!(waiting.join(), Err(JobError::WorkerDied(_))));
        assert!(matches!(with_child.join(), Err(JobError::WorkerDied(_))));
        assert!(matches!(queued.join(), Err(JobError::PoolFailed { .. })));
        let refused = pool.submit(square, 1).unwrap_err();
        assert!(matches!(refused, SubmitError::PoolFailed { .. }));
        let child = Some(child).filter(|_| kernel_knows_groups());
        for pid in workers.into_iter().chain(child) {
            eventually("it is gone", || is_gone(pid));
        }
        assert_eq!(other.submit(square, 4).unwrap().join(), Ok(16));
    }
}

/// Whether the kernel can signal the process group of a process that is gone.
fn kernel_knows_groups() -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release
        .split(['.', '-'])
        .map_while(|n| n.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(6), Some(9))
}

fn limits(_: ()) -> (u64, u64) {
    getrlimit(Resource::RLIMIT_NOFILE).unwrap()
}

#[test]
fn workers_have_the_programs_limit_of_open_files() {
    let test = "preloading::workers_have_the_programs_limit_of_open_files";
    if !is_alone(test) {
        return must_pass(program(test), "ulimit -S -n 256");
    }
    let here = limits(());
    assert!(here.0 < here.1, "{here:?}");
    for pool in [
        pool(1, TRANSPORTS[0]),
        quiet(1, TRANSPORTS[0]).preload(table, 10).start().unwrap(),
    ] {
        assert_eq!(pool.submit(limits, ()).unwrap().join(), Ok(here));
    }
}
