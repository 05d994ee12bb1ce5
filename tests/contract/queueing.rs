//! Back-pressure: a queue has a bound, and who meets it is told, or waits for room.

use std::thread;
use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobHandle, SubmitError, TrySubmitError, WaitUntil, wait};
use anypool_tests::{Gate, LONG, Pass, Pool, Visitor};

anypool_tests::contract! {
    pools: [
        a_full_queue_gives_the_input_back,
        submit_waits_for_room,
        submit_timeout_waits_for_a_while,
        cancelled_jobs_make_room_when_a_worker_comes_by,
        a_small_queue_lets_everything_through,
        a_map_fits_through_a_small_queue,
    ],
}

fn shout(mut text: String) -> String {
    text.make_ascii_uppercase();
    text
}

type TrySubmit = Result<JobHandle<String>, TrySubmitError<String>>;

/// A pool whose one worker is at the gate and whose queue of 4 refused another job.
struct Full<P: Pool> {
    pool: P::Executor,
    running: JobHandle<u64>,
    visitor: Visitor,
    queued: Vec<JobHandle<String>>,
}

impl<P: Pool> Full<P> {
    /// Submits until a job is refused, which must give its input back.
    fn new(submit: impl Fn(&P::Executor, String) -> TrySubmit) -> Self {
        let pool = P::start(1, 4);
        let gate = Gate::new();
        let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
        let visitor = gate.next();
        let mut queued = Vec::new();
        let refused = loop {
            match submit(&pool, "a".to_owned()) {
                Ok(handle) => queued.push(handle),
                Err(refused) => break refused,
            }
            assert!(queued.len() < 1_000, "a queue of 4 took a thousand jobs");
        };
        assert!(
            matches!(refused.error, SubmitError::QueueFull { .. }),
            "{refused}"
        );
        assert_eq!(refused.input.as_deref(), Some("a"));
        assert!(
            queued.len() >= 4,
            "{} jobs filled a queue of 4",
            queued.len()
        );
        Self {
            pool,
            running,
            visitor,
            queued,
        }
    }

    /// Lets the worker go; all that was accepted ends well.
    fn drain(self) -> P::Executor {
        self.visitor.let_go();
        assert_eq!(self.running.join(), Ok(0));
        for handle in self.queued {
            assert_eq!(handle.join(), Ok("A".to_owned()));
        }
        self.pool
    }
}

fn a_full_queue_gives_the_input_back<P: Pool>() {
    let full = Full::<P>::new(|pool, text| pool.try_submit(shout, text));
    let pool = full.drain();
    assert_eq!(
        pool.try_submit(shout, "b".to_owned()).unwrap().join(),
        Ok("B".to_owned())
    );
}

fn submit_timeout_waits_for_a_while<P: Pool>() {
    let short = Duration::from_millis(20);
    let full = Full::<P>::new(|pool, text| {
        let start = Instant::now();
        let submitted = pool.submit_timeout(shout, text, short);
        assert!(
            submitted.is_ok() || start.elapsed() >= short,
            "refused too soon"
        );
        submitted
    });
    let pool = full.drain();
    let handle = pool.submit_timeout(shout, "late".to_owned(), LONG).unwrap();
    assert_eq!(handle.join(), Ok("LATE".to_owned()));
}

fn submit_waits_for_room<P: Pool>() {
    let full = Full::<P>::new(|pool, text| pool.try_submit(shout, text));
    thread::scope(|scope| {
        let pool = &full.pool;
        let late = |n: u32| pool.submit(shout, format!("late {n}")).unwrap().join();
        let submitters = [0, 1, 2].map(|n| scope.spawn(move || late(n)));
        full.visitor.let_go();
        for (n, submitter) in submitters.into_iter().enumerate() {
            assert_eq!(submitter.join().unwrap(), Ok(format!("LATE {n}")));
        }
    });
    assert_eq!(wait(&full.queued, WaitUntil::All, Some(LONG)).pending, []);
}

fn cancelled_jobs_make_room_when_a_worker_comes_by<P: Pool>() {
    let full = Full::<P>::new(|pool, text| pool.try_submit(shout, text));
    assert!(full.queued.iter().all(JobHandle::cancel));
    full.visitor.let_go();
    let handle = full
        .pool
        .submit_timeout(shout, "after".to_owned(), LONG)
        .unwrap();
    assert_eq!(handle.join(), Ok("AFTER".to_owned()));
    assert_eq!(full.running.join(), Ok(0));
}

fn a_small_queue_lets_everything_through<P: Pool>() {
    let pool = P::start(2, 1);
    let handles: Vec<_> = (0..500)
        .map(|n: u64| pool.submit(|n: u64| n, n).unwrap())
        .collect();
    assert!(
        handles
            .into_iter()
            .map(JobHandle::join)
            .eq((0..500).map(Ok))
    );
}

fn a_map_fits_through_a_small_queue<P: Pool>() {
    let pool = P::start(2, 1);
    assert!(pool.map(|n: u64| n, 0..2_000).eq((0..2_000).map(Ok)));
}
