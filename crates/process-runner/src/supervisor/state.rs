//! All that the supervisor knows.

use std::cell::OnceCell;
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::AsFd as _;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anypool_core::{Callbacks, JobError};

use crate::config::{Config, OutputMode, StartError};
use crate::courier::Courier;
use crate::herald::Herald;
use crate::inbox::{Inbox, WorkerKey};
use crate::initializer::{Initializer, SealedInitializer};
use crate::mail::{Errands, Mail};
use crate::parcel::Parcel;
use crate::report::Shared;
use crate::supervisor::briefing::Briefing;
use crate::supervisor::delivery::{Delivery, deliverer};
use crate::supervisor::desk::Desk;
use crate::supervisor::glances::Glances;
use crate::supervisor::guests::Guests;
use crate::supervisor::hold::Hold;
use crate::supervisor::poller::{Event, Poller};
use crate::supervisor::postponed::Postponed;
use crate::supervisor::tally::Tally;
use crate::supervisor::worker::Worker;
use crate::trace::Relay;
use crate::transport::stock::Stock;
use crate::zygote::session::Session;

/// The supervisor of one pool.
pub(crate) struct Supervisor {
    pub(super) config: Config,
    pub(super) inbox: Arc<Inbox>,
    pub(super) shared: Arc<Shared>,
    pub(super) poller: Arc<Poller>,
    pub(super) session: Session,
    pub(super) desk: Desk,
    pub(super) workers: BTreeMap<WorkerKey, Worker>,
    pub(super) next_key: WorkerKey,
    /// Empty: memory for what is taken out of the inbox.
    pub(super) submitted: Vec<Parcel>,
    /// Workers that were ordered and not reported, by ticket.
    pub(super) ordered: BTreeMap<u32, WorkerKey>,
    /// Slots whose first worker has not been ordered yet.
    pub(super) unhired: VecDeque<usize>,
    /// Slots that get a new worker, and when.
    pub(super) vacancies: Vec<(Instant, usize)>,
    /// Slots that were left for want of work.
    pub(super) dormant: Vec<usize>,
    pub(super) postponed: Postponed,
    /// What workers have done that are gone.
    pub(super) tally: Tally,
    /// On how many CPUs a worker may run.
    pub(super) cpus: OnceCell<u32>,
    /// What each worker calls before its first job.
    pub(super) init: Option<SealedInitializer>,
    pub(super) briefing: Briefing,
    /// Workers in a row that did not come to serve.
    pub(super) failures: u32,
    pub(super) phase: Phase,
    /// What goes on when the pool does, while it is held.
    pub(super) hold: Option<Hold>,
    /// Why the pool can start no more workers: what waits for it ends so.
    pub(super) failed: Option<JobError>,
    /// Told once when all first workers are forked, or one cannot be.
    pub(super) starting: Option<SyncSender<Result<(), StartError>>>,
    /// When limits are to be checked next.
    pub(super) next_check: Option<Instant>,
    /// Whether what was sent has started.
    pub(super) glances: Glances,
    /// The system's count of out-of-memory kills when last looked at.
    pub(super) oom_kills: u64,
    /// How far the end is.
    pub(super) wind_up: WindUp,
    /// When a pool that was told to stop now waits no longer for what holds it up.
    pub(super) give_up_at: Option<Instant>,
    pub(super) relay: Relay,
    /// Where large inputs are written.
    pub(super) stock: Arc<Stock>,
    pub(super) herald: Herald,
    /// Who had each slot last.
    pub(super) predecessors: BTreeMap<usize, u32>,
    pub(super) deliveries: Courier<Delivery>,
    pub(super) callbacks: Arc<Mutex<Courier<Callbacks>>>,
    /// Other threads that act for the pool.
    pub(super) guests: Guests,
    /// Whether outputs are not read until the courier has caught up.
    pub(super) outputs_paused: Arc<AtomicBool>,
}

/// What a supervisor shares with its pool's handle.
pub(crate) struct Surroundings {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) relay: Relay,
    pub(crate) stock: Arc<Stock>,
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

/// How far the end of a pool is: whom it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WindUp {
    /// It has workers, or will have some again.
    Working,
    /// The courier of these errands has been told that no more come.
    Courier(Errands),
    /// Nobody.
    Done,
}

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
            stock,
        } = surroundings;
        let init = seal(config.worker_init.as_ref(), "worker_init")?;
        let preload = seal(config.preload.as_ref(), "preload")?;
        let session = Session::open(preload.as_ref())?;
        let briefing = Briefing::new(&config, init.as_ref())?;
        let poller = watching(&inbox, &session)?;
        let (key, output) = (Arc::as_ptr(&inbox).addr(), config.output);
        let tell = |which| teller(&inbox, which);
        let told = tell(Errands::Callbacks);
        let callbacks = Courier::new("anypool-calls", key, Callbacks::run_to_end, told);
        let callbacks = Arc::new(Mutex::new(callbacks));
        let outputs_paused = Arc::<AtomicBool>::default();
        let deliver = deliverer(&config, &inbox, &callbacks, (&outputs_paused, &relay));
        let postponed = Postponed::new(Arc::clone(&inbox));
        let (hook, told) = (config.hook.clone(), tell(Errands::Events));
        let herald = Herald::new(hook, relay.clone(), key, told);
        let delivered = tell(Errands::Deliveries);
        Ok(Self {
            config,
            inbox,
            shared,
            poller: Arc::new(poller),
            session,
            // A worker with two jobs prints for the second before it is known that the first has
            // ended.
            desk: Desk::new(output == OutputMode::PerWorker),
            workers: BTreeMap::new(),
            next_key: 0,
            submitted: Vec::new(),
            ordered: BTreeMap::new(),
            unhired: VecDeque::new(),
            vacancies: Vec::new(),
            dormant: Vec::new(),
            postponed,
            tally: Tally::default(),
            cpus: OnceCell::new(),
            init,
            briefing,
            failures: 0,
            phase: Phase::Running,
            hold: None,
            failed: None,
            starting: Some(starting),
            next_check: None,
            glances: Glances::default(),
            oom_kills: 0,
            wind_up: WindUp::Working,
            give_up_at: None,
            relay,
            stock,
            herald,
            predecessors: BTreeMap::new(),
            deliveries: Courier::new("anypool-output", key, deliver, delivered),
            callbacks,
            guests: Guests::default(),
            outputs_paused,
        })
    }
}

/// Tells the supervisor that a courier has ended.
fn teller(inbox: &Arc<Inbox>, which: Errands) -> impl Fn() + Send + Sync + use<> {
    let inbox = Arc::clone(inbox);
    move || inbox.post(Mail::CourierEnded(which))
}

/// Where a supervisor waits, with what is there from the beginning.
fn watching(inbox: &Inbox, session: &Session) -> Result<Poller, StartError> {
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
    Ok(poller)
}

/// A setting's function with its input, in a form that can be passed on.
fn seal(
    init: Option<&Initializer>,
    setting: &'static str,
) -> Result<Option<SealedInitializer>, StartError> {
    let sealed = init.map(Initializer::seal).transpose();
    sealed.map_err(|error| StartError::Input { setting, error })
}
