//! What workers take over from the program when their pool starts.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anypool_core::{Executor as _, JobError};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::{Mode, umask};
use nix::unistd::Pid;

use crate::scene::{Scene, TRANSPORTS, alone, eventually, gated, pool, quiet};
use crate::sys::set_variable;

fn surroundings(file: PathBuf) -> (Option<String>, PathBuf, u32) {
    std::fs::write(&file, "").unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    let directory = std::env::current_dir().unwrap();
    (std::env::var("ANYPOOL_TEST_ALONE").ok(), directory, mode)
}

#[test]
fn directory_mask_and_environment_are_those_of_the_start() {
    let test = "setting::directory_mask_and_environment_are_those_of_the_start";
    if !alone(test) {
        return;
    }
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let folder = scene.path("folder");
        std::fs::create_dir(&folder).unwrap();
        let folder = folder.canonicalize().unwrap();
        std::env::set_current_dir(&folder).unwrap();
        let before = umask(Mode::from_bits_truncate(0o027));
        let pool = pool(1, transport);
        std::env::set_current_dir("/").unwrap();
        umask(before);
        let start = (Some(test.to_owned()), folder.clone(), 0o640);
        let see = |file| pool.submit(surroundings, folder.join(file)).unwrap().join();
        assert_eq!(see("file"), Ok(start.clone()));
        // A worker that comes later is told the same.
        let death = pool.submit(die, ()).unwrap().join();
        assert!(matches!(death, Err(JobError::WorkerDied(_))), "{death:?}");
        assert_eq!(see("another"), Ok(start));
    }
}

fn die((): ()) {
    std::process::abort();
}

fn lengths(names: Vec<String>) -> Vec<usize> {
    let length = |name| std::env::var(name).map_or(0, |value| value.len());
    names.into_iter().map(length).collect()
}

#[test]
fn an_environment_of_any_size_is_taken_over() {
    if !alone("setting::an_environment_of_any_size_is_taken_over") {
        return;
    }
    let name = |n: usize| format!("ANYPOOL_TEST_{n}");
    let mut expected = Vec::new();
    // Below and above what fits into a message; a variable that is larger than that; many of them.
    for sizes in [&[10][..], &[30_000], &[300_000], &[2_000; 500], &[]] {
        for &size in sizes {
            set_variable(&name(expected.len()), &"x".repeat(size));
            expected.push(size);
        }
        for transport in TRANSPORTS {
            let init = |(): ()| Ok::<_, String>(());
            for with_init in [false, true] {
                let builder = quiet(2, transport);
                let builder = if with_init {
                    builder.worker_init(init, ())
                } else {
                    builder
                };
                let pool = builder.start().unwrap();
                let names: Vec<_> = (0..expected.len()).map(name).collect();
                let seen = pool.submit(lengths, names).unwrap().join();
                assert_eq!(seen.as_ref(), Ok(&expected));
            }
        }
    }
}

fn parent((): ()) -> i32 {
    std::os::unix::process::parent_id().cast_signed()
}

#[test]
fn a_worker_that_reads_no_large_environment_keeps_nobody_waiting() {
    if !alone("setting::a_worker_that_reads_no_large_environment_keeps_nobody_waiting") {
        return;
    }
    set_variable("ANYPOOL_TEST_LARGE", &"x".repeat(1 << 20));
    let load = |(): ()| Ok::<_, String>(());
    let idle = Duration::from_millis(50);
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(2, transport).preload(load, ()).idle_timeout(idle);
        let pool = pool.start().unwrap();
        let template = Pid::from_raw(pool.submit(parent, ()).unwrap().join().unwrap());
        let submit = |n| pool.submit(gated, ((scene.gate.clone(), scene.log.clone()), n));
        let first = submit(1).unwrap();
        scene.log.wait_for("start 1");
        eventually("the other has left", || pool.stats().workers.len() == 1);
        // It forks nobody, so nobody reads what the next worker is told.
        kill(template, Signal::SIGSTOP).unwrap();
        let second = submit(2).unwrap();
        eventually("one is ordered", || pool.stats().workers.len() == 2);
        let open = scene.gate.open();
        assert_eq!((first.join(), second.join()), (Ok(1), Ok(2)));
        kill(template, Signal::SIGCONT).unwrap();
        drop((pool, open));
    }
}
