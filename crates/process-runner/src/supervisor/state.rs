//! All that the supervisor knows, and how it delivers what others wait for.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::os::fd::AsFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Instant;

use anypool_core::{Callbacks, Origin, Stream};

use crate::config::{Config, OutputMode, StartError};
use crate::courier::Courier;
use crate::herald::Herald;
use crate::inbox::{Inbox, Mail, WorkerKey};
use crate::parcel::Settled;
use crate::report::Shared;
use crate::supervisor::desk::Desk;
use crate::supervisor::poller::{Event, Poller};
use crate::supervisor::postponed::Postponed;
use crate::supervisor::tally::Tally;
use crate::supervisor::worker::Worker;
use crate::trace::{Closings, Log, Relay};
use crate::zygote::session::Session;

/// The supervisor of one pool.
pub(crate) struct Supervisor {
    pub(super) config: Config,
    pub(super) inbox: Arc<Inbox>,
    pub(super) shared: Arc<Shared>,
    pub(super) poller: Poller,
    pub(super) session: Session,
    pub(super) desk: Desk,
    pub(super) workers: BTreeMap<WorkerKey, Worker>,
    pub(super) next_key: WorkerKey,
    /// Workers that were ordered and not reported, by ticket.
    pub(super) ordered: BTreeMap<u32, WorkerKey>,
    /// Slots that get a new worker, and when.
    pub(super) vacancies: Vec<(Instant, usize)>,
    /// Slots that were left for want of work.
    pub(super) dormant: Vec<usize>,
    pub(super) postponed: Postponed,
    /// What workers have done that are gone.
    pub(super) tally: Tally,
    /// On how many CPUs a worker may run.
    pub(super) cpus: u32,
    /// Workers in a row that died before they said hello.
    pub(super) failures: u32,
    pub(super) phase: Phase,
    /// Why the pool can start no more workers.
    pub(super) failed: Option<String>,
    /// Told once when all first workers are forked, or one cannot be.
    pub(super) starting: Option<SyncSender<Result<(), StartError>>>,
    /// When limits are to be checked next.
    pub(super) next_check: Option<Instant>,
    /// The system's count of out-of-memory kills when last looked at.
    pub(super) oom_kills: u64,
    relay: Relay,
    pub(super) herald: Herald,
    /// Who had each slot last.
    pub(super) predecessors: BTreeMap<usize, u32>,
    deliveries: Courier<Delivery>,
    callbacks: Arc<Mutex<Courier<Callbacks>>>,
    /// Whether outputs are not read until the courier has caught up.
    pub(super) outputs_paused: Arc<AtomicBool>,
}

/// What a supervisor shares with its pool's handle.
pub(crate) struct Surroundings {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) relay: Relay,
}

/// Where a pool is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It takes jobs.
    Running,
    /// It takes no more and does what it has.
    Draining,
    /// Its workers have been told to leave.
    Ending,
}

/// What the courier of deliveries carries.
enum Delivery {
    Lines(Origin, Stream, Vec<u8>),
    Settled(Settled),
    Log(Log),
    Closings(Closings),
}

/// Output that waits for the host beyond this keeps the supervisor from reading more.
pub(super) const MAX_BACKLOG_BYTES: usize = 4 << 20;

impl Supervisor {
    pub(crate) fn new(
        config: Config,
        surroundings: Surroundings,
        starting: SyncSender<Result<(), StartError>>,
    ) -> Result<Self, StartError> {
        let Surroundings {
            inbox,
            shared,
            relay,
        } = surroundings;
        let session = Session::open()?;
        let failed = |what| {
            move |errno: nix::Error| StartError::Supervisor {
                what,
                error: errno.to_string(),
            }
        };
        let poller = Poller::new().map_err(failed("an epoll instance"))?;
        let watch = |descriptor, event| poller.watch(descriptor, event);
        watch(inbox.as_fd(), Event::Inbox).map_err(failed("watching the inbox"))?;
        watch(session.as_fd(), Event::Zygote).map_err(failed("watching the fork server"))?;
        let key = Arc::as_ptr(&inbox).addr();
        let callbacks = Courier::new("anypool-calls", key, |callbacks: Callbacks| callbacks.run());
        let callbacks = Arc::new(Mutex::new(callbacks));
        let outputs_paused = Arc::<AtomicBool>::default();
        let deliver = deliverer(&config, &inbox, &callbacks, (&outputs_paused, &relay));
        let output = config.output;
        let herald = Herald::new(config.hook.clone(), relay.clone(), key);
        let cpus = available_parallelism().map_or(1, NonZero::get);
        let cpus = u32::try_from(cpus).unwrap_or(u32::MAX);
        Ok(Self {
            config,
            inbox,
            shared,
            poller,
            session,
            // A worker with two jobs prints for the second before it is known that the first has
            // ended.
            desk: Desk::new(output == OutputMode::PerWorker),
            workers: BTreeMap::new(),
            next_key: 0,
            ordered: BTreeMap::new(),
            vacancies: Vec::new(),
            dormant: Vec::new(),
            postponed: Postponed::default(),
            tally: Tally::default(),
            cpus,
            failures: 0,
            phase: Phase::Running,
            failed: None,
            starting: Some(starting),
            next_check: None,
            oom_kills: 0,
            relay,
            herald,
            predecessors: BTreeMap::new(),
            deliveries: Courier::new("anypool-output", key, deliver),
            callbacks,
            outputs_paused,
        })
    }

    /// Delivers how an item ended; in the output's order where the host wants it by job.
    pub(super) fn settle(&mut self, mut settled: Settled) {
        // Stays here, where its last clone must be dropped.
        let span = std::mem::take(&mut settled.span);
        span.note(&settled.how, settled.busy);
        match self.config.output {
            OutputMode::PerWorker => conclude(settled, &self.callbacks),
            OutputMode::PerJob => self.deliver(Delivery::Settled(settled), 0),
        }
    }

    /// Has callbacks run.
    pub(super) fn call(&self, callbacks: Callbacks) {
        // Without the thread they are dropped uncalled, which releases those who wait.
        let _ = lock(&self.callbacks).send(callbacks, 0);
    }

    /// Delivers whole lines.
    pub(super) fn deliver_lines(&mut self, origin: Origin, stream: Stream, lines: Vec<u8>) {
        let bytes = lines.len();
        self.deliver(Delivery::Lines(origin, stream, lines), bytes);
    }

    /// Delivers what a worker has logged.
    pub(super) fn deliver_log(&mut self, log: Log) {
        let bytes = log.record.bytes();
        self.deliver(Delivery::Log(log), bytes);
    }

    /// Has the spans closed whose jobs are gone from here.
    pub(super) fn close_spans(&mut self) {
        if let Some(closings) = self.relay.take_closings() {
            self.deliver(Delivery::Closings(closings), 0);
        }
    }

    /// Whether the courier is too far behind to be given more output. If so, mail will come when it
    /// has caught up.
    pub(super) fn awaits_host(&self) -> bool {
        let is_backlogged = || self.deliveries.backlog_bytes() > MAX_BACKLOG_BYTES;
        if !is_backlogged() {
            return false;
        }
        self.outputs_paused.store(true, Ordering::SeqCst);
        // Asked again: the courier may have delivered everything before it could see the wish.
        is_backlogged()
    }

    fn deliver(&mut self, delivery: Delivery, bytes: usize) {
        if let Err(error) = self.deliveries.send(delivery, bytes) {
            // Without its thread the courier keeps nothing; the pool cannot go on like this.
            self.failed
                .get_or_insert(format!("no thread for output: {error}"));
        }
    }

    /// Waits until everything has been delivered.
    pub(super) fn finish_deliveries(&mut self) {
        self.deliveries.finish();
        self.herald.finish();
        lock(&self.callbacks).finish();
    }
}

fn deliverer(
    config: &Config,
    inbox: &Arc<Inbox>,
    callbacks: &Arc<Mutex<Courier<Callbacks>>>,
    (paused, relay): (&Arc<AtomicBool>, &Relay),
) -> impl Fn(Delivery) + Send + Sync + use<> {
    let host = Arc::clone(&config.host);
    let relay = relay.clone();
    let (inbox, callbacks, paused) = (Arc::clone(inbox), Arc::clone(callbacks), Arc::clone(paused));
    move |delivery| {
        // The hook has reported a panic in user code; later deliveries, which others wait for, must
        // come all the same.
        let _ = catch_unwind(AssertUnwindSafe(|| match delivery {
            // The host knows what to do about an output that is closed; the job is not to blame.
            Delivery::Lines(origin, stream, lines) => drop(host.write(origin, stream, &lines)),
            Delivery::Settled(settled) => conclude(settled, &callbacks),
            Delivery::Log(log) => relay.emit(&log),
            Delivery::Closings(closings) => closings.close(),
        }));
        // Spans that only what was delivered has kept open.
        if let Some(closings) = relay.take_closings() {
            closings.close();
        }
        // SeqCst: see `Supervisor::awaits_host`.
        if paused.swap(false, Ordering::SeqCst) {
            inbox.post(Mail::OutputRoom);
        }
    }
}

/// Settles an item. Callbacks are user code: they get a thread of their own.
fn conclude(settled: Settled, callbacks: &Mutex<Courier<Callbacks>>) {
    let Settled {
        job,
        item,
        how,
        busy,
        attempt: _,
        span: _,
    } = settled;
    // A waker is user code that runs here; the hook has reported its panic, and the job has ended.
    let settled = catch_unwind(AssertUnwindSafe(|| job.settle(item, how, busy)));
    if let Ok(Some(waiting)) = settled {
        // Without the thread the callbacks are dropped uncalled, which releases those who wait.
        let _ = lock(callbacks).send(waiting, 0);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
