//! Pools that workers start: who serves them, and that they end with whoever started them.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anypool_core::{Context, Executor as _, JobError, JobOptions, StoppedBy};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::{Mode, umask};
use nix::unistd::Pid;
use process_runner::{Process, ProcessPool, Transport};

use crate::leaks::children_of;
use crate::limits::with_child;
use crate::scene::{
    Log, Scene, TRANSPORTS, alone, eventually, gated, is_gone, overrun, patient, pool, square,
};

/// Transports cannot travel.
pub(crate) fn transport(index: usize) -> Transport {
    TRANSPORTS[index]
}

fn sum_of_squares(index: usize, end: u64) -> u64 {
    let pool = pool(2, transport(index));
    pool.map(square, 0..end).map(Result::unwrap).sum()
}

#[test]
fn a_task_maps_on_a_pool_of_its_own() {
    for (index, transport) in TRANSPORTS.into_iter().enumerate() {
        let pool = pool(2, transport);
        let sums: Vec<_> = (0..6)
            .map(|n| pool.submit(sum_of_squares, (index, n * 100)).unwrap())
            .collect();
        for (n, sum) in (0..).zip(sums) {
            let expected = (0..n * 100).map(|n| n * n).sum();
            assert_eq!(sum.join(), Ok(expected));
        }
    }
}

/// The processes above this one, nearest first.
fn ancestors(_: ()) -> Vec<String> {
    let stat = |pid: &str, field: &str| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix(field));
        value.unwrap().trim().to_owned()
    };
    let mut pid = "self".to_owned();
    let mut names = Vec::new();
    while names.len() < 4 {
        pid = stat(&pid, "PPid:");
        names.push(stat(&pid, "Name:"));
    }
    names
}

#[test]
fn nested_workers_are_forked_by_a_template_from_the_zygote() {
    let pool = pool(1, Transport::Pipe);
    let nested = |_: ()| Process::spawn(ancestors, ()).unwrap().join().unwrap();
    let names = pool.submit(nested, ()).unwrap().join().unwrap();
    assert_eq!(names[..2], ["anypool-templ", "anypool-zygote"]);
}

fn depth(index: usize, left: u32) -> u32 {
    if left == 0 {
        return 0;
    }
    let pool = pool(1, transport(index));
    let below = pool.submit(depth, (index, left - 1)).unwrap();
    below.join().unwrap() + 1
}

#[test]
fn pools_start_at_any_depth() {
    for index in 0..TRANSPORTS.len() {
        assert_eq!(depth(index, 5), 5);
    }
}

fn many_at_once(index: usize) -> u64 {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(move || sum_of_squares(index, 10)))
            .collect();
        threads.into_iter().map(|sum| sum.join().unwrap()).sum()
    })
}

#[test]
fn threads_of_one_worker_may_start_pools_at_once() {
    for index in 0..TRANSPORTS.len() {
        let pool = pool(2, transport(index));
        let sums: Vec<_> = pool.map(many_at_once, [index; 4]).collect();
        assert_eq!(sums, vec![Ok(8 * 285); 4]);
    }
}

fn surroundings(file: PathBuf) -> (PathBuf, u32) {
    std::fs::write(&file, "").unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    (std::env::current_dir().unwrap(), mode)
}

fn surroundings_below(folder: PathBuf) -> (PathBuf, u32) {
    std::env::set_current_dir(&folder).unwrap();
    umask(Mode::from_bits_truncate(0o027));
    let pool = pool(1, Transport::Pipe);
    let seen = pool.submit(surroundings, folder.join("file")).unwrap();
    seen.join().unwrap()
}

#[test]
fn nested_workers_take_over_directory_and_mask_of_the_worker() {
    let scene = Scene::new();
    let folder = scene.path("folder");
    std::fs::create_dir(&folder).unwrap();
    let folder = folder.canonicalize().unwrap();
    let pool = pool(1, Transport::Pipe);
    let seen = pool.submit(surroundings_below, folder.clone()).unwrap();
    assert_eq!(seen.join(), Ok((folder, 0o640)));
}

#[test]
fn a_worker_may_keep_a_pool_as_its_state() {
    let start = |_: ()| ProcessPool::builder().workers(1).start();
    let square_below = |n: u64, ctx: &Context| {
        let pool: &ProcessPool = ctx.state().unwrap();
        pool.submit(square, n).unwrap().join().unwrap()
    };
    for transport in TRANSPORTS {
        let pool = crate::scene::quiet(2, transport).worker_init(start, ());
        let pool = pool.start().unwrap();
        let squares: Vec<_> = pool.map(square_below, 0..20).collect();
        assert_eq!(squares, (0..20).map(|n| Ok(n * n)).collect::<Vec<_>>());
    }
}

/// Starts a pool of two, one of which has a child and the other a pool of one, all of which wait.
pub(crate) fn nest(stage: (usize, crate::scene::Gate, Log), levels: u32) {
    let (index, gate, log) = stage.clone();
    log.note(format_args!("worker {}", std::process::id()));
    let pool = pool(2, transport(index));
    let child = pool.submit(with_child, log.clone()).unwrap();
    match levels {
        0 => drop(pool.submit(gated, ((gate, log), 0)).unwrap().join()),
        _ => pool
            .submit(nest, (stage, levels - 1))
            .unwrap()
            .join()
            .unwrap(),
    }
    child.join().unwrap();
}

/// Whether a nest of so many levels stands.
fn stands(log: &Log, levels: usize) -> bool {
    let lines = log.lines();
    let count = |start: &str| lines.iter().filter(|l| l.starts_with(start)).count();
    (count("child "), count("start ")) == (levels + 1, 1)
}

/// All processes below the zygote, once a nest of so many levels stands.
pub(crate) fn nest_of(log: &Log, levels: usize) -> BTreeSet<i32> {
    eventually("the nest stands", || stands(log, levels));
    below_the_zygote()
}

fn below_the_zygote() -> BTreeSet<i32> {
    let zygote = children_of(std::process::id())[0];
    let mut found = BTreeSet::new();
    let mut unseen = children_of(zygote);
    while let Some(pid) = unseen.pop() {
        found.insert(pid.cast_signed());
        unseen.extend(children_of(pid));
    }
    found
}

#[test]
fn a_nest_dies_with_the_worker_that_started_it() {
    if !alone("nested::a_nest_dies_with_the_worker_that_started_it") {
        return;
    }
    for (index, transport) in TRANSPORTS.into_iter().enumerate() {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (index, scene.gate.clone(), scene.log.clone());
        let job = pool.submit(nest, (stage, 1)).unwrap();
        let nest = nest_of(&scene.log, 1);
        // The worker; two templates, two workers each, a child each.
        assert_eq!(nest.len(), 1 + 2 * (1 + 2 + 1));
        let owner = scene.log.wait_for_number("worker ");
        kill(Pid::from_raw(owner), Signal::SIGKILL).unwrap();
        assert!(matches!(job.join(), Err(JobError::WorkerDied(_))));
        eventually("the nest is gone", || nest.iter().all(|&pid| is_gone(pid)));
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}

#[test]
fn a_task_that_times_out_takes_its_nest_with_it() {
    if !alone("nested::a_task_that_times_out_takes_its_nest_with_it") {
        return;
    }
    for (index, transport) in TRANSPORTS.into_iter().enumerate() {
        let pool = patient(1, transport);
        // On a slow machine the nest needs more time to stand before it is ended.
        let ended = [2, 8, 32].into_iter().any(|seconds| {
            let scene = Scene::new();
            let stage = (index, scene.gate.clone(), scene.log.clone());
            let limit = Duration::from_secs(seconds);
            let options = JobOptions::new().timeout(limit);
            let job = pool.submit_with(nest, (stage, 1), options).unwrap();
            eventually("the nest stands, or is over", || {
                stands(&scene.log, 1) || job.is_finished()
            });
            let nest = below_the_zygote();
            let stopped_by = StoppedBy::Terminate;
            assert_eq!(overrun(job.join()), (limit, stopped_by));
            eventually("the nest is gone", || nest.iter().all(|&pid| is_gone(pid)));
            nest.len() == 1 + 2 * (1 + 2 + 1)
        });
        assert!(ended, "no nest stood in time");
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}

#[test]
fn nested_pools_leave_nothing_behind() {
    if !alone("nested::nested_pools_leave_nothing_behind") {
        return;
    }
    let count = |pid: u32| {
        std::fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .count()
    };
    let pool = pool(1, Transport::Pipe);
    let round = || {
        let sums = (0..4).map(|n| pool.submit(sum_of_squares, (n % 2, 5)).unwrap());
        assert!(
            sums.map(anypool_core::JobHandle::join)
                .all(|sum| sum == Ok(30))
        );
    };
    let zygote = children_of(std::process::id())[0];
    round();
    let worker = pool.stats().pids[&0];
    eventually("only the worker is left", || {
        children_of(zygote) == [worker]
    });
    let before = [std::process::id(), zygote, worker].map(count);
    for _ in 0..10 {
        round();
    }
    assert_eq!(pool.stats().restarts, 0);
    eventually("only the worker is left", || {
        children_of(zygote) == [worker]
    });
    // A thread that ends has its descriptors closed a moment later.
    let mut after = before;
    eventually("all descriptors are closed", || {
        after = [std::process::id(), zygote, worker].map(count);
        after <= before
    });
    assert_eq!(after, before);
}
