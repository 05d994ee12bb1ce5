//! What the kernel refuses: descriptors, processes, memory. Whoever asks is told, others
//! are served, and the pool is whole again when the shortage is over.
//!
//! Each of these runs in a program of its own, whose limits are nobody else's.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use anypool_core::{Executor as _, JobHandle};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::{ProcessPool, StartError, Transport};
use rustix::process::{Resource as Limited, Rlimit, geteuid, prlimit};

use crate::leaks::children_of;
use crate::scene::{
    PATIENCE, Scene, TRANSPORTS, alone, eventually, gated, is_alone, is_gone, must_pass, pool,
    program, quiet, square,
};

/// Lowers a limit of this process until it is dropped.
struct Short(Resource, u64);

impl Short {
    fn of(resource: Resource, limit: u64) -> Self {
        let (soft, hard) = getrlimit(resource).unwrap();
        setrlimit(resource, limit.min(hard), hard).unwrap();
        Self(resource, soft)
    }
}

impl Drop for Short {
    fn drop(&mut self) {
        let (_, hard) = getrlimit(self.0).unwrap();
        setrlimit(self.0, self.1, hard).unwrap();
    }
}

fn numbers(pool: &ProcessPool) -> Vec<i32> {
    let pids = pool.stats().pids.into_values();
    pids.map(u32::cast_signed).collect()
}

fn end(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
}

/// Takes the workers of `pool` away, first one and then all, while `shortage` lasts.
fn loses_workers_while<S>(pool: &ProcessPool, shortage: impl Fn() -> S) {
    let size = numbers(pool).len();
    let short = shortage();
    end(numbers(pool)[0]);
    eventually("the worker is missed", || numbers(pool).len() < size);
    for n in 0..20 {
        // The others serve.
        assert_eq!(pool.submit(square, n).unwrap().join(), Ok(n * n));
    }
    assert!(numbers(pool).len() < size);
    drop(short);
    is_whole_again(pool, size);

    let short = shortage();
    let before = numbers(pool);
    before.iter().copied().for_each(end);
    eventually("all are missed", || numbers(pool).is_empty());
    let waiting: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
    // Longer than three attempts take, which is where a pool whose workers fail by themselves gives up.
    let early = waiting[0].is_finished();
    std::thread::sleep(Duration::from_millis(500));
    assert!(!early && !waiting.iter().any(JobHandle::is_finished));
    drop(short);
    for (n, job) in (0..).zip(waiting) {
        assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(n * n));
    }
    is_whole_again(pool, size);
}

/// Waits until all workers of `pool` serve: each takes a job that does not end before.
fn is_whole_again(pool: &ProcessPool, size: usize) {
    let scene = Scene::new();
    let stage = (scene.gate.clone(), scene.log.clone());
    let jobs: Vec<_> = (0..size)
        .map(|_| pool.submit(gated, (stage.clone(), 0)).unwrap())
        .collect();
    eventually("all workers are busy", || {
        let stats = pool.stats();
        (stats.busy, stats.pids.len()) == (size, size)
    });
    let _open = scene.gate.open();
    assert!(jobs.into_iter().all(|job| job.join() == Ok(0)));
}

#[test]
fn four_workers_fit_into_64_descriptors() {
    let test = "scarcity::four_workers_fit_into_64_descriptors";
    if !is_alone(test) {
        return must_pass(program(test), "ulimit -n 64");
    }
    for transport in TRANSPORTS {
        let pool = pool(4, transport);
        let sum: u64 = pool.map(square, 0..100).map(Result::unwrap).sum();
        assert_eq!(sum, (0..100).map(|n| n * n).sum());
        numbers(&pool).into_iter().for_each(end);
        assert_eq!(pool.submit(square, 5).unwrap().join(), Ok(25));
        eventually("the pool is whole", || numbers(&pool).len() == 4);
    }
}

#[test]
fn descriptors_are_counted_before_anything_starts() {
    let test = "scarcity::descriptors_are_counted_before_anything_starts";
    if !alone(test) {
        return;
    }
    let folder = || -> Vec<u64> {
        let open = std::fs::read_dir("/proc/self/fd").unwrap();
        let number = |entry: io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        let numbers = open.map(|entry| number(entry).to_str().unwrap().parse().unwrap());
        numbers.collect()
    };
    let open = folder().len();
    // Whoever runs the tests may have left high numbers open; the folder itself is open as well.
    let below = |limit: u64| folder().iter().filter(|&&number| number < limit).count() - 1;
    let before = u64::try_from(below(64)).unwrap();
    for transport in TRANSPORTS {
        for workers in [1, 9] {
            // As many as are foretold are enough, and one less is refused.
            let short = Short::of(Resource::RLIMIT_NOFILE, before);
            let error = quiet(workers, transport).start().unwrap_err();
            let StartError::Descriptors {
                needed, available, ..
            } = error
            else {
                panic!("{error}");
            };
            assert!(available < needed, "{error}");
            drop(short);
            let limit = before + u64::try_from(needed).unwrap();
            let short = Short::of(Resource::RLIMIT_NOFILE, limit - 1);
            let error = quiet(workers, transport).start().unwrap_err();
            assert!(matches!(error, StartError::Descriptors { .. }), "{error}");
            drop(short);
            let _short = Short::of(Resource::RLIMIT_NOFILE, limit);
            let pool = quiet(workers, transport).start().unwrap();
            assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
            drop(pool);
            // The last threads end a moment after their pool.
            eventually("everything is closed", || folder().len() == open);
        }
    }
}

#[test]
fn a_pool_without_descriptors_shrinks_and_grows_again() {
    if !alone("scarcity::a_pool_without_descriptors_shrinks_and_grows_again") {
        return;
    }
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        loses_workers_while(&pool, || Short::of(Resource::RLIMIT_NOFILE, 5));
    }
}

#[test]
fn a_pool_without_memory_shrinks_and_grows_again() {
    if !alone("scarcity::a_pool_without_memory_shrinks_and_grows_again") {
        return;
    }
    let mapped = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
        let kilobytes = size.unwrap().trim().trim_end_matches(" kB");
        kilobytes.parse::<u64>().unwrap() * 1024
    };
    for transport in TRANSPORTS {
        // Without what a pool maps, which is unmapped again when its workers end.
        let little = mapped() / 2;
        let pool = pool(2, transport);
        is_whole_again(&pool, 2);
        loses_workers_while(&pool, || Short::of(Resource::RLIMIT_AS, little));
        let short = Short::of(Resource::RLIMIT_AS, little);
        let error = quiet(2, transport).start().unwrap_err();
        drop(short);
        assert!(
            matches!(
                error,
                StartError::Supervisor { .. } | StartError::Worker { .. }
            ),
            "{error}"
        );
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
}

/// A limit on the processes of its user that binds the fork server alone, until it is dropped.
struct NoForks(rustix::process::Pid, Rlimit);

impl NoForks {
    fn begin() -> Self {
        let zygote = children_of(std::process::id())[0].cast_signed();
        let zygote = rustix::process::Pid::from_raw(zygote).unwrap();
        let maximum = rustix::process::getrlimit(Limited::Nproc).maximum;
        let limit = Rlimit {
            current: Some(1),
            maximum,
        };
        let before = prlimit(Some(zygote), Limited::Nproc, limit).unwrap();
        Self(zygote, before)
    }
}

impl Drop for NoForks {
    fn drop(&mut self) {
        prlimit(Some(self.0), Limited::Nproc, self.1).unwrap();
    }
}

/// The program of `test` for a user whom the limit on processes binds, as it does not bind root.
fn program_of_a_bound_user(test: &str, folder: &std::path::Path) -> Command {
    let mut command = program(test);
    if geteuid().is_root() {
        let nobody = 65_534;
        // This program may be where only root can read it.
        let copy = folder.join("program");
        // By another process: what this one has open for writing, a child that some other test starts at
        // that moment would have open as well, and a program that is open for writing cannot be run.
        let mut cp = Command::new("cp");
        let copied = cp.arg(command.get_program()).arg(&copy).status();
        assert!(copied.unwrap().success());
        let mut own = Command::new(&copy);
        own.args(command.get_args());
        let variables = command.get_envs();
        own.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        own.current_dir("/").uid(nobody).gid(nobody);
        command = own;
    }
    command
}

#[test]
fn a_pool_that_may_not_fork_shrinks_and_grows_again() {
    let test = "scarcity::a_pool_that_may_not_fork_shrinks_and_grows_again";
    if !is_alone(test) {
        let folder = tempfile::tempdir().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let output = program_of_a_bound_user(test, folder.path()).output();
        let output = output.unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(text.contains("1 passed"), "{text}");
        return;
    }
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        loses_workers_while(&pool, NoForks::begin);
        let short = NoForks::begin();
        let error = quiet(2, transport).start().unwrap_err();
        drop(short);
        let StartError::Worker { what, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(what, "the fork");
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
    let workers = || children_of(children_of(std::process::id())[0]);
    eventually("nothing is left of the pools", || {
        workers().into_iter().all(|pid| is_gone(pid.cast_signed()))
    });
}

#[test]
fn a_process_is_refused_as_a_pool_is() {
    if !alone("scarcity::a_process_is_refused_as_a_pool_is") {
        return;
    }
    let _short = Short::of(Resource::RLIMIT_NOFILE, 8);
    let process = process_runner::Process::builder().transport(Transport::Pipe);
    let error = process.spawn(square, 3).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("descriptors are needed for 1 worker,"),
        "{text}"
    );
}
