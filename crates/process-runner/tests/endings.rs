//! However a program ends: its own `main` started the pool, and nothing of it stays behind.
//!
//! A program with a main of its own, which is what is tested here; it starts itself again for each ending.

use std::io::{BufRead as _, BufReader, Write as _};
use std::mem::ManuallyDrop;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anypool_core::Executor as _;
use libtest_mimic::{Arguments, Failed, Trial};
use nix::sys::signal::{Signal, raise};
use process_runner::ProcessPool;

/// How long anything may take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

const HOW: &str = "ANYPOOL_TEST_ENDING";

/// How the program ends: the test's name, what is done, and the exit code, or the signal as a negative number.
type Ending = (&'static str, fn(ProcessPool), i32);

const ENDINGS: [Ending; 8] = [
    ("returning_from_main_without_dropping_the_pool", leave, 0),
    ("exiting", exit, 3),
    ("exiting_from_another_thread", exit_elsewhere, 3),
    ("aborting", |_| std::process::abort(), -6),
    ("a_panic_in_main_that_unwinds", panic_in_main, 101),
    ("a_panic_that_aborts", panic_and_abort, -6),
    ("a_segmentation_fault", |_| die_of(Signal::SIGSEGV), -11),
    (
        "a_signal_that_nobody_handles",
        |_| die_of(Signal::SIGTERM),
        -15,
    ),
];

fn main() -> ExitCode {
    process_runner::init();
    if let Ok(how) = std::env::var(HOW) {
        let (_, end, _) = ENDINGS.into_iter().find(|(name, ..)| *name == how).unwrap();
        end(started());
        return ExitCode::SUCCESS;
    }
    let trials = ENDINGS.map(|(name, _, code)| Trial::test(name, move || ends(name, code)));
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn hang(_: ()) {
    loop {
        std::thread::park_timeout(PATIENCE);
    }
}

/// A pool with a busy worker and an idle one, whose processes have been told.
fn started() -> ProcessPool {
    let pool = ProcessPool::builder().workers(2);
    let pool = pool.grace(Duration::from_millis(100)).start().unwrap();
    let zygote = |(): ()| nix::unistd::getppid().as_raw();
    let zygote = pool.submit(zygote, ()).unwrap().join().unwrap();
    drop(pool.submit(hang, ()).unwrap());
    wait_until(|| pool.stats().busy == 1);
    let workers: Vec<String> = pool.stats().pids.values().map(u32::to_string).collect();
    println!("{zygote} {}", workers.join(" "));
    std::io::stdout().flush().unwrap();
    pool
}

fn leave(pool: ProcessPool) {
    let _pool = ManuallyDrop::new(pool);
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "this is the ending that is tested"
)]
fn exit(_pool: ProcessPool) {
    std::process::exit(3);
}

fn exit_elsewhere(pool: ProcessPool) {
    let thread = std::thread::Builder::new().name("exit".to_owned());
    let thread = thread.spawn(move || exit(pool)).unwrap();
    // It never comes back.
    let _ = thread.join();
}

fn panic_in_main(_pool: ProcessPool) {
    panic!("the panic under test");
}

/// What a panic does in a program that is built with `panic = "abort"`.
fn panic_and_abort(_pool: ProcessPool) {
    std::panic::set_hook(Box::new(|_| std::process::abort()));
    panic!("the panic under test");
}

fn die_of(signal: Signal) {
    loop {
        // Rust's own handler takes the first SIGSEGV, and resets the signal.
        raise(signal).unwrap();
    }
}

/// Runs the program to the ending `how`; nothing of it may be left.
fn ends(how: &str, code: i32) -> Result<(), Failed> {
    let mut program = Command::new(std::env::current_exe()?);
    program.env(HOW, how).stdin(Stdio::null());
    program.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = program.spawn()?;
    let mut told = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut told)?;
    let pids: Vec<i32> = told
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    assert_eq!(pids.len(), 3, "a zygote and two workers: {told}");
    let status = program.wait()?;
    let ended = status.code().or(status.signal().map(|signal| -signal));
    assert_eq!(ended, Some(code));
    wait_until(|| pids.iter().all(|&pid| is_gone(pid)));
    Ok(())
}

/// Whether no process with this number runs; one that only waits to be reaped does not.
fn is_gone(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.trim().chars().next());
    matches!(state, None | Some('Z' | 'X'))
}

#[track_caller]
fn wait_until(mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}
