//! Taking turns, deadlines, and waiting for what no event tells.

use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use anypool_core::Executor as _;
use anypool_tests::{Gate, LONG, Pass, Recorder, within_limit};
use process_runner::fault::{disarm_all, use_streams_alone};
use process_runner::{ProcessPool, ProcessPoolBuilder, Transport};

/// All ways for jobs to travel.
pub(crate) const TRANSPORTS: [Transport; 3] = Transport::ALL;

/// How long a worker has between the polite signal and the other one.
pub(crate) const GRACE: Duration = Duration::from_millis(100);

/// Disarms all points at the end of a scene, however it ends.
struct Calm;

impl Drop for Calm {
    fn drop(&mut self) {
        disarm_all();
    }
}

/// Plays a scene while no other is played, with a deadline: a hang fails its test alone.
#[track_caller]
pub(crate) fn play(what: &str, scene: impl FnOnce() + Send + 'static) {
    play_for(what, LONG, scene);
}

/// Plays a scene of many cases, which all take their time on a machine with too much to do.
#[track_caller]
pub(crate) fn play_many(what: &str, scene: impl FnOnce() + Send + 'static) {
    play_for(what, 5 * LONG, scene);
}

/// As [`play`], for a scene that takes longer than any event.
#[track_caller]
pub(crate) fn play_for(what: &str, limit: Duration, scene: impl FnOnce() + Send + 'static) {
    static TURN: Mutex<()> = Mutex::new(());
    static WARM: Once = Once::new();
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let _calm = Calm;
    WARM.call_once(warm_up);
    within_limit(what, limit, scene);
}

/// What is made by the first use and kept for good is made before anything is counted.
fn warm_up() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
}

pub(crate) fn square(n: u64) -> u64 {
    n * n
}

/// A builder for a pool whose output goes to nobody's terminal.
pub(crate) fn quiet(workers: usize, transport: Transport) -> ProcessPoolBuilder {
    // Steps of large payloads in the stream are steps on every transport; regions have tests of their own.
    use_streams_alone(true);
    ProcessPool::builder()
        .workers(workers)
        .transport(transport)
        .grace(GRACE)
        .host(std::sync::Arc::new(Recorder::default()))
}

pub(crate) fn pool(workers: usize, transport: Transport) -> ProcessPool {
    quiet(workers, transport).start().unwrap()
}

/// How long an event may take: less than a scene, so that what did not happen is told.
const PATIENCE: Duration = Duration::from_secs(45);

/// Waits until `holds`.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Waits until each of the pool's workers has done something.
#[track_caller]
pub(crate) fn all_serve(pool: &ProcessPool, workers: usize) {
    let gate = Gate::new();
    let enter = |n| pool.submit(Pass::enter, gate.pass(n)).unwrap();
    let handles: Vec<_> = (0..workers as u64).map(enter).collect();
    drop(gate.next_sorted(workers));
    assert!(handles.into_iter().all(|handle| handle.join().is_ok()));
}

/// The pool does what a pool does.
#[track_caller]
pub(crate) fn serves_on(pool: &ProcessPool) {
    let squares: Vec<_> = pool.map(square, 0..100).collect();
    let expected: Vec<_> = (0..100).map(|n| Ok(n * n)).collect();
    assert_eq!(squares, expected);
    eventually("nobody has anything to do", || {
        let stats = pool.stats();
        (stats.queued, stats.busy) == (0, 0)
    });
}
