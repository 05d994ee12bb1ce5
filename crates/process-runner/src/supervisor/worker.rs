//! One live worker: its process, its channels, and what is known of it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::WorkerId;
use ipc_channel::ipc::{self, IpcBytesSender};
use nix::errno::Errno;

use crate::config::StartError;
use crate::fault::{self, Point};
use crate::grip::Grip;
use crate::inbox::{Inbox, WorkerKey};
use crate::supervisor::doom::Doom;
use crate::supervisor::equipment::{data_plane, share};
use crate::supervisor::output_stream::{OutputStream, output_pipe};
use crate::sys::process::Ended;
use crate::transport::Transport;
use crate::transport::budget::Budget;
use crate::transport::ends::ParentEnd;
use crate::transport::regions::Regions;
use crate::transport::words::{self, WordsIn};
use crate::usage;
use crate::wire::control::Hello;
use crate::wire::frame::FrameReader;
use crate::wire::slate::Slate;
use crate::wire::status::StatusPage;
use crate::worker::outfit::{WorkerChannels, WorkerDescriptors};
use crate::worker_end::EndCause;

/// How long a worker may take to say hello. Generous: on a loaded machine it is only late.
const HELLO_PATIENCE: Duration = Duration::from_secs(30);

/// A worker, from the order to its burial.
pub(crate) struct Worker {
    /// Its place in the pool; a replacement gets the same.
    pub(crate) slot: usize,
    pub(crate) stage: Stage,
    /// Since when it has been in that stage, and since when it has been at all.
    pub(crate) since: Instant,
    pub(crate) born: Instant,
    /// When the patience with the present stage ends.
    pub(crate) deadline: Option<Instant>,
    /// 0 until it has been forked.
    pub(crate) pid: i32,
    pub(crate) pidfd: Option<OwnedFd>,
    /// What it has said before it was known who it is.
    pub(crate) early_hello: Option<Hello>,
    pub(crate) grip: Arc<Grip>,
    /// What it has answered and not sent.
    pub(crate) slate: Slate,
    pub(crate) end: Box<dyn ParentEnd>,
    /// Where its large payloads lie.
    pub(crate) regions: Regions,
    pub(crate) frames: FrameReader,
    /// Standard output and error.
    pub(crate) outputs: [OutputStream; 2],
    /// `None` once the worker has been told that no more comes.
    pub(crate) control: Option<IpcBytesSender>,
    /// What it says over the control plane.
    pub(crate) words: WordsIn,
    /// How it ended, and when that was noticed.
    pub(crate) ended: Option<(Option<Ended>, Instant)>,
    /// Whether the poller watches for room.
    pub(crate) awaits_room: bool,
    pub(crate) succession: Succession,
    /// Why it was told that no more comes, if not because the pool stops.
    pub(crate) parting: Option<EndCause>,
    /// Bytes of requests that it was given, and of replies that came from it.
    pub(crate) sent_bytes: u64,
    pub(crate) received_bytes: u64,
    /// Since when it has had nothing to do.
    pub(crate) idle_since: Option<Instant>,
    /// The CPU time that it had used before the item that runs.
    pub(crate) cpu_mark: Duration,
    memory: Memory,
}

/// What is known of a worker's memory, in bytes.
#[derive(Debug, Default)]
struct Memory {
    /// What it had in memory when it said hello: what it inherited.
    inherited: u64,
    /// What it had beyond that when it was looked at last, and when that was.
    seen: Option<(u64, Instant)>,
}

/// Where a worker is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It was ordered or forked and has not said hello.
    Starting,
    /// It has said hello, and its initializer runs.
    Initializing,
    /// It takes jobs.
    Serving,
    /// It was told that no more comes.
    Leaving,
    /// It is being ended by force; the flag tells whether by `SIGKILL` already.
    Doomed(Doom, bool),
}

/// Who takes over a worker's slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Succession {
    /// Nobody, as long as it lives.
    None,
    /// It is to be replaced as soon as it has nothing to do.
    Due,
    /// It has been seen to: nobody is to follow when it has left.
    Settled,
}

/// A worker that has not been ordered yet, and what it inherits.
pub(crate) struct Prepared {
    pub(crate) worker: Worker,
    pub(crate) channels: WorkerChannels,
    pub(crate) descriptors: WorkerDescriptors,
}

impl Worker {
    /// Makes everything that a worker needs.
    pub(crate) fn prepare(
        key: WorkerKey,
        slot: usize,
        transport: Transport,
        (inbox, budget): (&Arc<Inbox>, &Arc<Budget>),
    ) -> Result<Prepared, StartError> {
        let failed = |what: &'static str, error: String| StartError::Worker {
            worker: slot,
            what,
            error,
        };
        let io = |what| move |error: io::Error| failed(what, error.to_string());
        let kernel = |what| move |errno: nix::Error| failed(what, errno.to_string());
        let (to_worker, from_parent) = ipc::bytes_channel().map_err(io("a control channel"))?;
        let (words, words_out) = words::pair().map_err(kernel("a control socket"))?;
        let allowed = fault::attempt(Point::ParentPreparing);
        let shared = allowed.and_then(|()| share(transport, budget));
        let shared = shared.map_err(kernel("a status page"))?;
        let mapped = shared.mapped;
        let slate = Slate::new(Arc::clone(&mapped)).ok_or(Errno::ENOMEM);
        let slate = slate.map_err(kernel("a slate"))?;
        let (stdout, stdout_in) = output_pipe().map_err(kernel("an output pipe"))?;
        let (stderr, stderr_in) = output_pipe().map_err(kernel("an output pipe"))?;
        let (end, data) = data_plane(transport, &to_worker, &mapped).map_err(io("a data plane"))?;
        let now = Instant::now();
        let worker = Self {
            slot,
            stage: Stage::Starting,
            since: now,
            born: now,
            deadline: Some(now + HELLO_PATIENCE),
            pid: 0,
            pidfd: None,
            early_hello: None,
            slate,
            grip: Arc::new(Grip::new(StatusPage::new(mapped), key, Arc::clone(inbox))),
            end,
            regions: shared.regions,
            frames: FrameReader::default(),
            outputs: [stdout, stderr],
            control: Some(to_worker),
            words,
            ended: None,
            awaits_room: false,
            succession: Succession::None,
            parting: None,
            sent_bytes: 0,
            received_bytes: 0,
            idle_since: None,
            cpu_mark: Duration::ZERO,
            memory: Memory::default(),
        };
        Ok(Prepared {
            worker,
            channels: WorkerChannels { from_parent },
            descriptors: WorkerDescriptors {
                stdout: stdout_in,
                stderr: stderr_in,
                page: shared.page,
                words: words_out,
                environment: None,
                init: None,
                inputs: shared.theirs,
                data,
            },
        })
    }

    /// Its slot, as its pool's owner knows it.
    pub(crate) fn id(&self) -> WorkerId {
        WorkerId(u32::try_from(self.slot).unwrap_or(u32::MAX))
    }

    /// Its process, if there is one yet.
    pub(crate) fn process(&self) -> Option<u32> {
        (self.pid > 0).then(|| self.pid.cast_unsigned())
    }

    /// Enters a stage of its life.
    pub(crate) fn turn_to(&mut self, stage: Stage) {
        self.stage = stage;
        self.since = Instant::now();
    }

    pub(crate) fn is_serving(&self) -> bool {
        self.stage == Stage::Serving
    }

    /// Whether it broke the protocol: nothing that it says counts any more.
    pub(crate) fn is_condemned(&self) -> bool {
        matches!(self.stage, Stage::Doomed(Doom::Condemned(_), _))
    }

    /// It has said hello: what it has now, it has inherited.
    pub(crate) fn note_inheritance(&mut self) {
        self.memory.inherited = usage::resident_bytes(self.pid).unwrap_or(0);
    }

    /// An item is about to start: what it uses counts from here.
    pub(crate) fn mark_cpu_time(&mut self) {
        self.cpu_mark = usage::cpu_time(self.pid);
    }

    /// How many bytes it has in memory beyond what it inherited.
    pub(crate) fn measure_memory(&mut self) -> u64 {
        let resident = usage::resident_bytes(self.pid).unwrap_or(0);
        // What its parent has written for it, or is to read, is not its own.
        let others = self.memory.inherited.saturating_add(self.regions.bytes());
        let own = resident.saturating_sub(others);
        self.memory.seen = Some((own, Instant::now()));
        own
    }

    /// The same, measured again only if that was longer than `age` ago.
    pub(crate) fn size_within(&mut self, age: Duration) -> u64 {
        match self.memory.seen {
            Some((own, at)) if at.elapsed() < age => own,
            _ => self.measure_memory(),
        }
    }

    /// How many bytes it had beyond what it inherited when that was last measured.
    pub(crate) fn last_size(&self) -> Option<u64> {
        Some(self.memory.seen?.0)
    }
}
