//! A run from its first unit to its last.

use std::io;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::brakes::ThisMachine;
use super::call::Caller;
use super::child::start::Wiring;
use super::desk::Desk;
use super::ear::Ear;
use super::feed::{Feed, Stream};
use super::gauge::Gauge;
use super::hall::{Fittings, Hall};
use super::lane::Lane;
use super::policy::{Policy, Repeat};
use super::slot::{Slot, nanos};
use super::source::{Plan, Source};
use super::spent::spent;
use super::staff::{Hiring, Staff};
use super::stop_line::StopLine;
use super::unit::Work;
use crate::backend::{Isolation, Separation};
use crate::catalogue::measured::Asked;
use crate::event::{Event, Fatal, PoolReady, RunFinished, StopCause, WorkerPid};
use crate::exit::Exit;
use crate::halt::{Cause, Halt};
use crate::report::Report;

/// Where units come from.
pub(crate) enum Supply {
    /// A stream, which is read as they are needed.
    Stream(Box<dyn Source>),
    /// A plan.
    Plan(Plan),
}

impl Supply {
    /// Whether there are calls in it.
    fn needs_staff(&self) -> bool {
        match self {
            Self::Stream(source) => source.has_calls(),
            Self::Plan(plan) => {
                let mut units = plan.units.iter();
                units.any(|unit| matches!(unit.work, Work::Call(_)))
            }
        }
    }
}

/// What a run is made of.
pub(crate) struct Run<'a> {
    pub(crate) supply: Supply,
    pub(crate) policy: Policy,
    /// Where the outputs of programs lead.
    pub(crate) wiring: Wiring,
    pub(crate) hiring: Hiring<'a>,
    /// Whether it is looked, now and then, how much memory it takes.
    pub(crate) is_gauged: bool,
}

/// Slots need little: they wait.
const STACK: usize = 256 << 10;

/// Does all of it.
pub(crate) fn run(run: Run<'_>, ear: &Arc<dyn Ear>, halt: &Arc<Halt>) -> Exit {
    let began = Instant::now();
    let Run {
        supply,
        policy,
        wiring,
        hiring,
        is_gauged,
    } = run;
    let needed = supply.needs_staff();
    let staff = needed.then(|| start_staff(hiring, &policy, ear));
    let caller = match staff.transpose() {
        Ok(caller) => caller,
        Err(report) => return fail(&**ear, &report, Exit::Internal),
    };
    let stop = match StopLine::new() {
        Ok(stop) => stop,
        Err(error) => return cannot_go_on(&**ear, "the run cannot be set up", &error),
    };
    let (feed, source) = match supply {
        Supply::Stream(source) => (Feed::Stream(Stream::default()), Some(source)),
        Supply::Plan(plan) => (Feed::plan(plan), None),
    };
    let desk = Desk::new(feed, policy.clone(), Box::new(ThisMachine), began);
    let hall = Arc::new(Hall::new(Fittings {
        desk,
        slots: policy.workers,
        stop,
        wiring,
        then: policy.max_fail.then,
        ear: Arc::clone(ear),
        halt: Arc::clone(halt),
    }));
    let pool = caller.as_ref().and_then(|caller| caller.staff.shared());
    pool.into_iter().for_each(|pool| hall.pools.share(pool));
    halt.set_target(Arc::<Hall>::clone(&hall));
    hall.tell(slots_ready(&policy));
    let setup = began.elapsed();
    // A figure that cannot be had is missing, and no more.
    let gauge = is_gauged.then(Gauge::start).and_then(Result::ok);
    if let Err(error) = work(&hall, source, &policy, caller.as_ref()) {
        hall.close(StopCause::Internal, true);
        return cannot_go_on(&**ear, "the run's threads cannot be started", &error);
    }
    let worked = began.elapsed();
    let peak_pss = gauge.and_then(Gauge::stop);
    if let Some(pool) = pool
        && halt.cause().is_none()
        && !hall.is_stopping()
    {
        pool.shutdown();
    }
    let times = [setup, worked - setup, began.elapsed() - worked];
    finish(&hall, halt, times, peak_pss)
}

fn slots_ready(policy: &Policy) -> Event {
    let workers = (0..policy.workers as u64).map(|worker| WorkerPid { worker, pid: None });
    Event::PoolReady(PoolReady {
        workers: workers.collect(),
    })
}

fn start_staff<'a>(
    hiring: Hiring<'a>,
    policy: &Policy,
    ear: &Arc<dyn Ear>,
) -> Result<Caller<'a>, Report> {
    let asked = Asked::by(hiring.backend.isolation() == Isolation::Processes);
    match Staff::start(hiring, policy.workers, ear) {
        Ok(staff) => Ok(Caller {
            staff,
            asked,
            gil: policy.gil,
            anew: hiring.confinement.separation == Separation::Exec,
        }),
        Err(error) => {
            let what = format!(
                "a pool of {} workers cannot be started: {error}",
                policy.workers
            );
            let fewer =
                "ask for fewer with --workers, or raise the limit that was reached (`ulimit -a`)";
            Err(Report::new(what).help(fewer))
        }
    }
}

/// Starts the slots, and the reader of a stream; returns when all slots have ended.
fn work(
    hall: &Arc<Hall>,
    source: Option<Box<dyn Source>>,
    policy: &Policy,
    caller: Option<&Caller<'_>>,
) -> io::Result<()> {
    if let Some(source) = source {
        let (hall, ahead, repeat) = (Arc::clone(hall), policy.queue.max(1), policy.repeat);
        let reader = thread::Builder::new().name("anypool-reader".to_owned());
        // Nobody waits for it: it may wait for its own input for ever.
        reader.spawn(move || read(&hall, source, ahead, repeat))?;
    }
    thread::scope(|scope| {
        let mut failed = None;
        for slot in 0..policy.workers {
            let number = slot;
            let slot = Slot { number, hall };
            let lane = Lane { slot, caller };
            let thread = thread::Builder::new()
                .name(format!("anypool-slot-{number}"))
                .stack_size(STACK);
            let started = thread.spawn_scoped(scope, move || {
                lane.work();
                slot.hall.leave();
            });
            if let Err(error) = started {
                failed = Some((number, error));
                break;
            }
        }
        if let Some((started, error)) = failed {
            for _ in started..policy.workers {
                hall.leave();
            }
            hall.close(StopCause::Internal, true);
            return Err(error);
        }
        hall.wait(policy.run_timeout);
        Ok(())
    })
}

/// Reads a stream to its end, no further ahead than the run is, and again if it is to be repeated.
fn read(hall: &Hall, mut source: Box<dyn Source>, ahead: usize, repeat: Repeat) {
    let began = Instant::now();
    let mut rounds = 1_u64;
    loop {
        while let Some(next) = source.next() {
            let wanted = match next {
                Ok(unit) => hall.push(unit, ahead),
                Err(report) => {
                    *hall.wrong.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
                    return hall.end_of_stream();
                }
            };
            if !wanted {
                return;
            }
        }
        let again = match repeat {
            Repeat::Times(times) => rounds < times.get(),
            Repeat::For(time) => began.elapsed() < time,
        };
        if !again || !source.rewind() {
            return hall.end_of_stream();
        }
        rounds += 1;
    }
}

/// Tells how it was.
fn finish(
    hall: &Hall,
    halt: &Halt,
    [setup, work, teardown]: [Duration; 3],
    peak_pss: Option<u64>,
) -> Exit {
    let wrong = hall
        .wrong
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let desk = hall.desk();
    let stopped = desk.closed;
    let exit = match (halt.cause().map(Cause::exit), stopped) {
        (Some(exit), _) => exit,
        _ if wrong.is_some() => Exit::Usage,
        (None, Some(StopCause::RunTimeout)) => Exit::RunTimedOut,
        (None, Some(StopCause::UntilSuccess)) => Exit::Success,
        _ if desk.counts.not_ok() > 0 => Exit::TasksFailed,
        _ => Exit::Success,
    };
    let (user, sys) = spent();
    let finished = RunFinished {
        exit: exit.code(),
        counts: desk.counts,
        setup: nanos(setup),
        work: nanos(work),
        teardown: nanos(teardown),
        user,
        sys,
        peak_pss,
        first_failure: desk.first_failure.clone(),
        stopped,
        ..RunFinished::default()
    };
    drop(desk);
    hall.tell(Event::RunFinished(Box::new(finished)));
    if let Some(report) = wrong {
        hall.tell(Event::Error(Box::new(Fatal::new(&report, exit))));
    }
    exit
}

fn cannot_go_on(ear: &dyn Ear, what: &str, error: &io::Error) -> Exit {
    let fewer = "ask for fewer with --workers, or raise the limit that was reached (`ulimit -a`)";
    let report = Report::new(format!("{what}: {error}")).help(fewer);
    fail(ear, &report, Exit::Internal)
}

/// The runner, and not a unit, is what went wrong.
fn fail(ear: &dyn Ear, report: &Report, exit: Exit) -> Exit {
    ear.tell(Event::Error(Box::new(Fatal::new(report, exit))));
    exit
}
