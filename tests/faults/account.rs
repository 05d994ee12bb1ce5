//! What became of everybody in a storm, to the unit: jobs against deaths, handles against journal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use anypool_core::{ExitCause, JobError, Outcome};

use crate::journal::Run;

/// The account of one storm.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) jobs: usize,
    pub(crate) ok: usize,
    /// Lost jobs by what their handles say, with the process that took each along.
    lost: BTreeMap<String, usize>,
    lost_pids: BTreeMap<usize, u32>,
    /// Lost jobs that had been claimed and died before they wrote into the journal.
    unbegun: usize,
    /// The processes that died, by whatever hand.
    pub(crate) dead: BTreeSet<u32>,
    /// How many workers were replaced.
    pub(crate) restarts: u64,
    pub(crate) took: Duration,
}

impl Account {
    /// Draws the account. `killed` are the processes that were sent a signal; `fate` tells how a job
    /// ends its process by itself, if it does.
    #[track_caller]
    pub(crate) fn draw(
        outcomes: &[Outcome<usize>],
        runs: &[Run],
        killed: &BTreeSet<u32>,
        fate: impl Fn(usize) -> Option<ExitCause>,
    ) -> Self {
        let mut began = BTreeMap::new();
        for run in runs {
            let twice = began.insert(run.job, run.pid);
            assert_eq!(twice, None, "job {} ran twice", run.job);
        }
        let mut account = Self {
            jobs: outcomes.len(),
            dead: killed.clone(),
            ..Self::default()
        };
        for (job, outcome) in outcomes.iter().enumerate() {
            match outcome {
                Ok(value) => {
                    assert_eq!((*value, fate(job)), (job, None));
                    assert!(began.contains_key(&job), "job {job} never ran");
                    account.ok += 1;
                }
                Err(JobError::WorkerDied(death)) => {
                    assert!(death.started, "job {job}: {death:?}");
                    let by_itself = fate(job) == Some(death.cause);
                    let known = by_itself || killed.contains(&death.pid);
                    assert!(known, "job {job} died of nothing: {death:?}");
                    account.lose(job, death.cause, death.pid, began.get(&job));
                }
                Err(error) => panic!("job {job}: {error}"),
            }
        }
        account.balance(&began);
        account
    }

    fn lose(&mut self, job: usize, cause: ExitCause, pid: u32, began: Option<&u32>) {
        *self.lost.entry(cause.to_string()).or_default() += 1;
        self.lost_pids.insert(job, pid);
        self.dead.insert(pid);
        match began {
            Some(began) => assert_eq!(*began, pid, "job {job} ran elsewhere"),
            None => self.unbegun += 1,
        }
    }

    /// As many are lost as processes died with a started job.
    fn balance(&self, began: &BTreeMap<usize, u32>) {
        let lost = self.lost_pids.len();
        assert_eq!(self.ok + lost, self.jobs);
        // By the journal alone: who began and is not among those that came back.
        let cut_off = began.keys().filter(|job| self.lost_pids.contains_key(job));
        assert_eq!(cut_off.count() + self.unbegun, lost);
        assert_eq!(self.undelivered(), 0, "{self}");
    }

    /// Lost items beyond one a death: finished, and not delivered. An answer is on its way, or on the
    /// slate, before the next item starts.
    fn undelivered(&self) -> usize {
        let deaths: BTreeSet<_> = self.lost_pids.values().collect();
        self.lost_pids.len() - deaths.len()
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jobs, ok, dead, .. } = self;
        let deaths = dead.len();
        let lost = self.lost_pids.len();
        write!(f, "{jobs} jobs: {ok} ok, {lost} lost (")?;
        for (index, (cause, count)) in self.lost.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{count} {cause}")?;
        }
        write!(
            f,
            "; of these {} claimed and not begun, {} finished and not delivered); {deaths} deaths, {lost} \
             with a started job; {} restarts; {:.1} s",
            self.unbegun,
            self.undelivered(),
            self.restarts,
            self.took.as_secs_f64()
        )
    }
}
