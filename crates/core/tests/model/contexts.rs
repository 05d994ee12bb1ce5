//! What a running task learns of its job, and how what it writes leaves it.

use std::io::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anypool_core::{
    Context, Executor as _, Host, InlineExecutor, JobError, JobId, JobOptions, Origin, StopSignal,
    Stream, WorkerId, set_quiet,
};

use crate::hand_driven::{HandDriven, LONG};

/// Keeps what is written.
#[derive(Default)]
struct Recorder {
    written: Mutex<Vec<(Origin, Stream, String)>>,
}

impl Recorder {
    fn texts(&self, stream: Stream) -> Vec<String> {
        let written = self.written.lock().unwrap();
        let of_stream = written.iter().filter(|(_, to, _)| *to == stream);
        of_stream.map(|(_, _, text)| text.clone()).collect()
    }
}

impl Host for Recorder {
    fn write(&self, origin: Origin, stream: Stream, lines: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(lines).into_owned();
        self.written.lock().unwrap().push((origin, stream, text));
        Ok(())
    }
}

fn recorded() -> (Arc<Recorder>, InlineExecutor) {
    let recorder = Arc::<Recorder>::default();
    (Arc::clone(&recorder), InlineExecutor::with_host(recorder))
}

fn write_pieces(pieces: Vec<String>, ctx: &Context) {
    for piece in pieces {
        ctx.out().write_all(piece.as_bytes()).unwrap();
    }
}

#[test]
fn lines_leave_whole_and_the_last_at_the_end() {
    let (recorder, pool) = recorded();
    let pieces = ["on", "e\ntw", "o\nthree\nfo", "ur"]
        .map(str::to_owned)
        .to_vec();
    let handle = pool.submit(write_pieces, pieces).unwrap();
    let id = handle.id();
    assert_eq!(
        recorder.texts(Stream::Out),
        ["one\n", "two\nthree\n", "four"]
    );
    let origin = Origin {
        worker: WorkerId(0),
        job: Some(id),
    };
    assert!(
        recorder
            .written
            .lock()
            .unwrap()
            .iter()
            .all(|(from, _, _)| *from == origin)
    );
}

fn write_both((): (), ctx: &Context) {
    write!(ctx.out(), "half a line, ").unwrap();
    writeln!(ctx.err(), "an error").unwrap();
    writeln!(ctx.out(), "and the rest").unwrap();
}

#[test]
fn the_two_streams_keep_apart() {
    let (recorder, pool) = recorded();
    pool.submit(write_both, ()).unwrap().join().unwrap();
    assert_eq!(recorder.texts(Stream::Err), ["an error\n"]);
    assert_eq!(recorder.texts(Stream::Out), ["half a line, and the rest\n"]);
}

fn write_and_panic((): (), ctx: &Context) {
    set_quiet(true);
    write!(ctx.out(), "last words").unwrap();
    panic!("over")
}

#[test]
fn what_was_written_before_a_panic_is_kept() {
    let (recorder, pool) = recorded();
    assert!(pool.submit(write_and_panic, ()).unwrap().join().is_err());
    assert_eq!(recorder.texts(Stream::Out), ["last words"]);
}

fn has_deadline((): (), ctx: &Context) -> Option<Duration> {
    let deadline = ctx.deadline()?;
    Some(deadline.saturating_duration_since(Instant::now()))
}

#[test]
fn a_job_with_a_limit_knows_its_deadline() {
    let pool = InlineExecutor::new();
    assert_eq!(pool.submit(has_deadline, ()).unwrap().join(), Ok(None));
    let options = JobOptions::new().timeout(LONG);
    let left = pool.submit_with(has_deadline, (), options).unwrap().join();
    assert!(
        left.unwrap()
            .is_some_and(|left| left <= LONG && left > LONG / 2)
    );
}

fn run_until_stopped((): (), ctx: &Context) {
    let token = ctx.stop_token();
    while !token.is_stopped() {
        std::thread::yield_now();
    }
    ctx.checkpoint();
    unreachable!("a stopped job does not pass a checkpoint");
}

#[test]
fn a_stopped_job_ends_at_its_checkpoint_as_cancelled() {
    let pool = HandDriven::new();
    let handle = pool.submit(run_until_stopped, ()).unwrap();
    let (work, stop) = (pool.take(), StopSignal::default());
    let signal = stop.clone();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let ctx = Context::new(Arc::<Recorder>::default(), WorkerId(3), stop);
            work.run(&ctx);
        });
        signal.stop(handle.id());
        let outcome = handle.join_timeout(LONG).expect("it stops");
        assert_eq!(outcome, Err(JobError::Cancelled));
    });
}

#[test]
fn stopping_one_job_leaves_the_next_alone() {
    let pool = HandDriven::new();
    let handles = [(); 2].map(|()| pool.submit(has_deadline, ()).unwrap());
    let stop = StopSignal::default();
    let ctx = Context::new(Arc::<Recorder>::default(), WorkerId(0), stop.clone());
    stop.stop(handles[0].id());
    pool.take();
    pool.take().run(&ctx);
    let [_, next] = handles;
    assert_eq!(next.join(), Ok(None));
}

fn state_of((): (), ctx: &Context) -> (Option<u8>, bool, u32) {
    (
        ctx.state::<u8>().copied(),
        ctx.state::<String>().is_some(),
        ctx.worker().0,
    )
}

#[test]
fn a_worker_shows_its_state_by_type() {
    let pool = HandDriven::new();
    let handle = pool.submit(state_of, ()).unwrap();
    let mut ctx = Context::new(
        Arc::<Recorder>::default(),
        WorkerId(5),
        StopSignal::default(),
    );
    ctx.set_state(Box::new(7_u8));
    pool.take().run(&ctx);
    assert_eq!(handle.join(), Ok((Some(7), false, 5)));
    assert_eq!(ctx.job(), JobId(0), "the job is over");
}
