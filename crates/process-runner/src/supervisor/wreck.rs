//! What comes of a panic in the supervisor, which is a bug of ours: the pool has failed, and nobody waits
//! for ever.
//!
//! What the supervisor knows may be wrong after a panic, so nothing of it is believed or used again. It is
//! let go of: the session, so that the fork server kills the workers; the couriers, which do what they have
//! been given; and every job, wherever it was ([`crate::owed`]).

use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::{Callbacks, JobError, Settlement, SubmitError, Unwound};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::config::StartError;
use crate::event::PoolEvent;
use crate::inbox::Inbox;
use crate::owed;
use crate::report::{LeftBehind, Shared};
use crate::supervisor::state::Supervisor;

/// How long the workers that the fork server kills are waited for.
const PATIENCE: Duration = Duration::from_secs(7);

impl Supervisor {
    /// Ends a pool whose supervisor has panicked.
    pub(super) fn wreck(self, how: &Unwound) {
        let reason =
            format!("the thread that runs it {how}, which is a bug of the process pool itself");
        // Comes last, even if one of these steps panics as well: it was there before them.
        let mut settling = Settling {
            inbox: Arc::clone(&self.inbox),
            shared: Arc::clone(&self.shared),
            workers: Vec::new(),
            reason: reason.clone(),
        };
        let mut wrecked = self;
        owed::call_in();
        settling.inbox.close(SubmitError::PoolFailed {
            reason: reason.clone(),
        });
        wrecked.announce(Err(StartError::Supervisor {
            what: "the supervisor",
            error: reason.clone(),
        }));
        wrecked
            .herald
            .tell_of_pool(PoolEvent::PoolFailed { reason });
        wrecked.herald.close();
        let workers = wrecked.workers.values_mut();
        let named = workers.filter_map(|live| Some((live.pid, live.pidfd.take()?)));
        settling.workers.extend(named);
        drop(wrecked);
        let mut parcels = Vec::new();
        drop(settling.inbox.take(&mut parcels));
        drop(parcels);
    }
}

/// Ends every job that is owed an end, and releases whoever waits for the pool's.
struct Settling {
    inbox: Arc<Inbox>,
    shared: Arc<Shared>,
    workers: Vec<(i32, OwnedFd)>,
    reason: String,
}

impl Drop for Settling {
    fn drop(&mut self) {
        let callbacks = self.settle();
        // Figures come without an answer from here on: callbacks may ask for them.
        self.shared.close_inquiries();
        self.await_ends();
        // This thread has nothing else left to do.
        callbacks.into_iter().for_each(Callbacks::run);
        self.inbox.retire();
        self.shared.finish();
    }
}

impl Settling {
    fn settle(&mut self) -> Vec<Callbacks> {
        let reason = std::mem::take(&mut self.reason);
        let error = JobError::PoolFailed { reason };
        let mut callbacks = Vec::new();
        for job in owed::lost() {
            for item in 0..job.items() {
                let how = Settlement::Failed(error.clone());
                callbacks.extend(Arc::clone(&job).settle(item, how, Duration::ZERO));
            }
        }
        callbacks
    }

    /// Waits until the workers have ended: the fork server kills them, since their session is closed.
    fn await_ends(&self) {
        let deadline = Instant::now() + PATIENCE;
        for (pid, pidfd) in &self.workers {
            let mut ended = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
            let is_over = loop {
                let left = deadline.saturating_duration_since(Instant::now());
                let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
                match poll(&mut ended, left) {
                    Err(Errno::EINTR) => {}
                    ended => break ended != Ok(0),
                }
            };
            if !is_over {
                let pid = pid.cast_unsigned();
                let left = LeftBehind::Process { pid };
                self.shared.note(|report| report.left_behind.push(left));
            }
        }
    }
}
