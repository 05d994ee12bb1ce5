//! One worker thread: its start, its loop, its end; and finding a worker for what was queued.

use std::io;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::Builder;

use anypool_core::{
    AwakeWorker, Context, ExecutorId, Helper, JobError, Work, WorkerId, catch, serve, set_quiet,
};

use crate::badge;
use crate::book::Begun;
use crate::courier;
use crate::hub::Hub;
use crate::init::{ATTEMPTS, pause_after};
use crate::ledger::{Ledger, Turn};
use crate::state::{Errand, Phase, State};

mod running;

/// A worker looks into the queue after so many jobs, whatever is on its tray.
const TURNS: u32 = 61;

/// Who comes for work that is about to be queued.
#[must_use = "a sleeper must be woken once the lock is released"]
pub(crate) enum Summoned {
    /// A sleeper, who must be woken when the work is in the queue.
    Sleeper,
    /// A new thread, or whoever is free first.
    Nobody,
}

/// Finds a worker: an idle one, else a new one if there may be more.
///
/// # Errors
///
/// No thread could be started, and there is none that could come.
pub(crate) fn summon(hub: &Arc<Hub>, state: &mut State) -> io::Result<Summoned> {
    if state.idle > 0 {
        if state.wakes > 0 {
            // Whoever comes wakes the next if it leaves anything.
            return Ok(Summoned::Nobody);
        }
        state.idle -= 1;
        state.wakes += 1;
        hub.note_reserve(state);
        return Ok(Summoned::Sleeper);
    }
    let seated = state.roster.seated();
    if seated < hub.config.workers {
        match hire(hub, state) {
            Err(error) if seated == 0 => return Err(error),
            // The workers that are there come when they are free.
            _ => {}
        }
    }
    Ok(Summoned::Nobody)
}

/// Starts a thread in a free seat. The caller holds the lock: it is a member before it looks for work.
pub(crate) fn hire(hub: &Arc<Hub>, state: &mut State) -> io::Result<()> {
    let seat = state.roster.free_seat();
    let name = hub.config.thread_name(seat);
    let id = WorkerId(seat);
    let ledger = Arc::new(state.new_ledger(Some(id)));
    let mut builder = Builder::new().name(name.clone());
    if let Some(bytes) = hub.config.stack_size {
        builder = builder.stack_size(bytes);
    }
    let (shared, own) = (Arc::clone(hub), Arc::clone(&ledger));
    let thread = builder.spawn(move || live(&shared, &own, id))?;
    state.roster.seat(seat, name, ledger, thread);
    state.starting += 1;
    hub.note_reserve(state);
    Ok(())
}

/// Starts a worker for what is left of the work, if nobody comes for it.
fn reinforce(hub: &Arc<Hub>) {
    let mut state = hub.lock();
    if hub.is_short(&state) {
        // Without a thread, the workers that are there come when they are free.
        let _ = hire(hub, &mut state);
    }
}

/// A worker thread from its first line to its last.
fn live(hub: &Arc<Hub>, ledger: &Arc<Ledger>, id: WorkerId) {
    badge::wear(hub.id);
    badge::show(Arc::clone(ledger));
    set_quiet(hub.config.quiet_panics);
    let _subscriber = hub.spans.adopt();
    let prepared = prepare(hub, ledger, id);
    hub.lock().starting -= 1;
    if let Some(ctx) = prepared {
        let worker = Rc::new(Worker {
            hub: Arc::clone(hub),
            ledger: Arc::clone(ledger),
            ctx,
        });
        let guard = serve(Rc::<Worker>::clone(&worker));
        worker.work();
        drop(guard);
        // The worker's state is user data, and so is its destructor.
        let _ = catch(AssertUnwindSafe(|| drop(worker)));
    }
    let mut state = hub.lock();
    let ended = state.roster.leave(ledger);
    hub.note_reserve(&state);
    hub.ring_quiet(&state);
    drop(state);
    for thread in ended {
        // It let go of the lock as its last act, and it cannot have panicked: user code is caught.
        let _ = thread.join();
    }
}

/// Makes the worker's context; `None` when its initializer failed for good.
fn prepare(hub: &Arc<Hub>, ledger: &Arc<Ledger>, id: WorkerId) -> Option<Context> {
    let host = Arc::clone(&hub.config.host);
    let mut ctx = Context::new(host, id, ledger.signal.clone());
    ctx.set_verify_codec(hub.config.verify_codec);
    ctx.set_default_limit(hub.config.timeout);
    let Some(init) = &hub.config.init else {
        return Some(ctx);
    };
    let mut failures = 0;
    loop {
        let reason = match init.attempt(id) {
            Ok(state) => {
                ctx.set_state(state);
                return Some(ctx);
            }
            Err(reason) => reason,
        };
        failures += 1;
        let Some(pause) = pause_after(failures) else {
            let attempts = ATTEMPTS;
            fail(hub, ledger, &JobError::InitFailed { attempts, reason });
            return None;
        };
        if !hub.pause(pause) {
            let mut state = hub.lock();
            state.roster.unseat(ledger);
            hub.note_reserve(&state);
            return None;
        }
    }
}

/// The pool cannot serve: ends what waits.
fn fail(hub: &Arc<Hub>, ledger: &Arc<Ledger>, error: &JobError) {
    let mut state = hub.lock();
    state.roster.unseat(ledger);
    let waiting = state.take_waiting();
    let chores = std::mem::take(&mut state.chores);
    hub.turn_to(&mut state, Phase::Failed(error.clone()));
    drop(state);
    for work in waiting {
        let _ = catch(AssertUnwindSafe(|| work.fail_unstarted(error)));
    }
    for callbacks in chores {
        courier::call(hub, callbacks);
    }
}

/// A thread that runs jobs.
struct Worker {
    hub: Arc<Hub>,
    ledger: Arc<Ledger>,
    ctx: Context,
}

impl Worker {
    /// Works until there is no more to do, or somebody else has this worker's seat.
    fn work(&self) {
        let awake = AwakeWorker::new();
        let mut next = self.look_up(&awake);
        let mut turns = 0_u32;
        while let Some(begun) = next {
            self.run_begun(begun);
            turns = turns.wrapping_add(1);
            if turns.is_multiple_of(TURNS) {
                self.hub.top_up(&self.ledger);
            }
            next = self.turn(&awake);
        }
    }

    /// Ends what has just run, and begins what is next.
    fn turn(&self, awake: &AwakeWorker) -> Option<Begun> {
        let (ended, turn) = self.ledger.turn(self.hub.config.timeout);
        drop_as_user(ended);
        match turn {
            Turn::Begun(begun) => Some(begun),
            Turn::Refused(work) => {
                refuse(&work);
                self.look_up(awake)
            }
            Turn::Dry => self.look_up(awake),
            Turn::Leave => {
                self.hub.ring_quiet(&self.hub.lock());
                None
            }
        }
    }

    /// Looks for work, waits for it, and begins it; does chores meanwhile.
    fn look_up(&self, awake: &AwakeWorker) -> Option<Begun> {
        while !self.ledger.is_abandoned() {
            let found = self.hub.next(&self.ledger, awake)?;
            if found.short {
                reinforce(&self.hub);
            }
            match found.errand {
                Errand::Work(work) => match self.ledger.open(work, self.hub.config.timeout) {
                    Ok(begun) => return Some(begun),
                    Err(work) => refuse(&work),
                },
                Errand::Chore(callbacks) => courier::call(&self.hub, callbacks),
            }
        }
        None
    }
}

/// Ends what nobody may begin any more.
fn refuse(work: &Work) {
    let _ = catch(AssertUnwindSafe(|| {
        work.fail_unstarted(&JobError::Cancelled);
    }));
}

/// Drops what may be the last owner of a job, and so of user data.
fn drop_as_user<T>(owner: T) {
    let _ = catch(AssertUnwindSafe(|| drop(owner)));
}

impl Helper for Worker {
    fn executor(&self) -> ExecutorId {
        self.hub.id
    }

    fn run(&self, work: &Work) {
        self.run_items(work.clone());
    }
}
