//! The storm over jobs that may be tried again: what runs twice has died once, and what has killed two
//! workers is poison.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, JobOptions, Outcome, Retries};
use anypool_tests::Holdings;
use process_runner::ProcessPool;

use crate::journal::{Journal, Run};
use crate::stage::{TRANSPORTS, eventually, play, serves_on};
use crate::storm::{WORKERS, fate, in_a_storm, stormproof, told_seed, weather};

const JOBS: usize = 5_000;

/// How many deaths make a job poison: the default.
const POISON: usize = 2;

/// What the handles and the journal say of the attempts that were lost.
#[derive(Debug, Default)]
struct Attempts {
    ok: usize,
    poisoned: usize,
    /// Attempts that began and were cut off, by the processes in which they were.
    cut_off: BTreeSet<u32>,
    /// The processes that poisonous jobs took along.
    poisoned_pids: BTreeSet<u32>,
}

impl Attempts {
    fn of(outcomes: &[Outcome<usize>], runs: &[Run], seed: u64) -> Self {
        let mut pids = BTreeMap::<usize, Vec<u32>>::new();
        for run in runs {
            pids.entry(run.job).or_default().push(run.pid);
        }
        let mut attempts = Self::default();
        for (job, outcome) in outcomes.iter().enumerate() {
            let ran = pids.remove(&job).unwrap_or_default();
            assert!(ran.len() <= POISON, "job {job} ran in {ran:?}");
            let cut_off = match outcome {
                Ok(value) => {
                    assert_eq!((*value, fate(seed, job)), (job, None));
                    attempts.ok += 1;
                    // The last run is the one that came back.
                    &ran[..ran.len() - 1]
                }
                Err(JobError::Poison { attempts: causes }) => {
                    let dead = dead_of(causes);
                    assert_eq!(dead.len(), POISON, "job {job}: {causes:?}");
                    assert!(ran.iter().all(|pid| dead.contains(pid)), "job {job}");
                    attempts.poisoned += 1;
                    attempts.poisoned_pids.extend(dead);
                    &ran[..]
                }
                Err(error) => panic!("job {job}: {error}"),
            };
            for &pid in cut_off {
                assert!(attempts.cut_off.insert(pid), "{pid} died of two jobs");
            }
        }
        attempts
    }
}

/// The workers that died in the attempts; no two in the same one.
fn dead_of(causes: &[JobError]) -> BTreeSet<u32> {
    let pid = |cause: &JobError| match cause {
        JobError::WorkerDied(death) if death.started => death.pid,
        cause => panic!("{cause}"),
    };
    causes.iter().map(pid).collect()
}

fn storm(pool: &ProcessPool, seed: u64) -> String {
    let journal = Journal::new();
    let pen = journal.pen();
    let before = pool.stats();
    let retries = Retries::new(5).delay(Duration::from_millis(1));
    let (outcomes, killed) = in_a_storm(pool, seed, || {
        let options = JobOptions::new().retries(retries);
        let submit = |job| pool.submit_with(weather, ((pen.clone(), seed), job), options);
        let handles: Vec<_> = (0..JOBS).map(|job| submit(job).unwrap()).collect();
        let outcomes: Vec<_> = handles.into_iter().map(JobHandle::join).collect();
        outcomes
    });
    let attempts = Attempts::of(&outcomes, &journal.runs(), seed);
    let dead = &(&killed | &attempts.poisoned_pids) | &attempts.cut_off;
    let restarts = || pool.stats().restarts - before.restarts;
    eventually("every death is made good", || {
        restarts() >= dead.len() as u64 && pool.stats().pids.len() == WORKERS
    });
    serves_on(pool);
    assert_eq!(restarts(), dead.len() as u64, "{attempts:?}");
    // A lost attempt was followed by another, or was the last one of a poisonous job.
    let retried = usize::try_from(pool.stats().retries - before.retries).unwrap();
    let lost = retried + attempts.poisoned;
    let unbegun = lost.checked_sub(attempts.cut_off.len());
    let unbegun = unbegun.expect("no attempt is lost twice");
    assert!(lost <= dead.len(), "one attempt a death");
    let (ok, poisoned, deaths) = (attempts.ok, attempts.poisoned, dead.len());
    format!(
        "{JOBS} jobs: {ok} ok, {poisoned} poison; {lost} attempts lost ({unbegun} claimed and not begun), \
         {retried} retried; {deaths} deaths"
    )
}

#[test]
fn in_a_storm_only_what_died_is_tried_again_and_killers_are_poison() {
    let seed = told_seed();
    play("retried::storm", move || {
        for transport in TRANSPORTS {
            let before = Holdings::now();
            let pool = stormproof(transport);
            println!("{transport}: {}", storm(&pool, seed));
            drop(pool);
            before.wait_for();
        }
    });
}
