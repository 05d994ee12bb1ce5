//! One trial: a fault at a point, many jobs, and the account of what became of them.

use std::num::NonZeroUsize;

use anypool_core::{Executor as _, ExitCause, JobError, JobHandle, MapOptions, Outcome};
use anypool_tests::Holdings;
use process_runner::fault::{Action, Point, Times, arm_for, disarm, victim};
use process_runner::{ProcessPool, Transport};

use crate::journal::{Journal, Pen, Run};
use crate::stage::{eventually, quiet, serves_on};

/// A death, and how many items it costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trial {
    pub(crate) point: Point,
    pub(crate) action: Action,
    /// How many hits of the point pass unharmed.
    pub(crate) skip: u64,
    pub(crate) transport: Transport,
    /// What is lost: the item in whose claim the process died, if any.
    pub(crate) lost: usize,
    /// After how many items workers are replaced, if they are.
    pub(crate) recycles: Option<u64>,
}

/// The kinds of death, and how the handle tells them.
pub(crate) const DEATHS: [(Action, ExitCause); 4] = [
    (Action::Kill, ExitCause::Signal(9)),
    (Action::Segv, ExitCause::Signal(11)),
    (Action::Abort, ExitCause::Signal(6)),
    (Action::Exit(7), ExitCause::Code(7)),
];

const WORKERS: usize = 2;
const JOBS: usize = 20;

/// Every fifth payload does not fit into any pipe, and so is read and written in parts.
fn payload(job: usize) -> String {
    let bytes = if job % 5 == 2 { 1 << 20 } else { 10 };
    char::from(b'a' + u8::try_from(job % 26).unwrap())
        .to_string()
        .repeat(bytes)
}

pub(crate) fn echo(input: (Pen, usize), payload: String) -> String {
    input.0.note(input.1);
    payload
}

impl Trial {
    /// Submits jobs, each with a handle of its own, into the fault.
    pub(crate) fn run_on_jobs(self) {
        self.run(|pool, pen| {
            let submit = |job| pool.submit(echo, ((pen.clone(), job), payload(job)));
            let handles: Vec<_> = (0..JOBS).map(|job| submit(job).unwrap()).collect();
            handles.into_iter().map(JobHandle::join).collect()
        });
    }

    /// Maps chunks of several items into the fault.
    pub(crate) fn run_on_map(self) {
        self.run(|pool, pen| {
            let inputs = (0..JOBS).map(|job| ((pen.clone(), job), payload(job)));
            let options = MapOptions::new().chunk(NonZeroUsize::new(7).unwrap());
            pool.map_with(echo, inputs, options).collect()
        });
    }

    fn run(self, work: impl FnOnce(&ProcessPool, &Pen) -> Vec<Outcome<String>>) {
        println!("{self:?}");
        let (before, journal) = (Holdings::now(), Journal::new());
        arm_for(
            self.point,
            self.action,
            Times {
                skip: self.skip,
                count: 1,
            },
        );
        let builder = quiet(WORKERS, self.transport);
        let builder = match self.recycles {
            Some(items) => builder.recycle_after(items),
            None => builder,
        };
        let pool = builder.start().unwrap();
        let outcomes = work(&pool, &journal.pen());
        eventually("somebody dies", || victim(self.point).is_some());
        let victim = victim(self.point).unwrap();
        disarm(self.point);
        self.check(&outcomes, &journal.runs(), victim);
        eventually("the victim is replaced", || {
            let pids = pool.stats().pids;
            pids.len() == WORKERS && !pids.values().any(|&pid| pid == victim)
        });
        // One that was leaving anyway had a successor already.
        let deaths = u64::from(self.point != Point::WorkerLeaving);
        eventually("everybody is accounted for", || {
            let stats = pool.stats();
            stats.restarts == stats.recycled + deaths
        });
        serves_on(&pool);
        drop(pool);
        before.wait_for();
    }

    /// Every item ended; the lost one is told with its cause; all others ran once and are right.
    fn check(&self, outcomes: &[Outcome<String>], runs: &[Run], victim: u32) {
        let expected = DEATHS.iter().find(|(action, _)| *action == self.action);
        let cause = expected.unwrap().1;
        let mut lost = 0;
        assert_eq!(outcomes.len(), JOBS);
        for (job, outcome) in outcomes.iter().enumerate() {
            let ran: Vec<_> = runs.iter().filter(|run| run.job == job).collect();
            match outcome {
                Ok(value) => {
                    assert!(*value == payload(job), "job {job} came back as another");
                    assert_eq!(ran.len(), 1, "job {job}");
                }
                Err(JobError::WorkerDied(death)) => {
                    lost += 1;
                    assert_eq!((death.cause, death.pid), (cause, victim), "job {job}");
                    assert!(death.started && ran.len() <= 1, "job {job}");
                    assert!(ran.iter().all(|run| run.pid == victim), "job {job}");
                }
                Err(error) => panic!("job {job}: {error}"),
            }
        }
        assert_eq!(lost, self.lost);
    }
}
