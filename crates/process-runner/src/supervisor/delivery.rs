//! What the courier of deliveries carries: output, and, where the host wants them in its order, how items
//! ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anypool_core::{Callbacks, Origin, Stream};

use crate::config::Config;
use crate::courier::Courier;
use crate::inbox::Inbox;
use crate::mail::Mail;
use crate::parcel::Settled;
use crate::trace::{Closings, Log, Relay};

/// What the courier of deliveries carries.
pub(super) enum Delivery {
    Lines(Origin, Stream, Vec<u8>),
    Settled(Settled),
    Log(Log),
    Closings(Closings),
}

/// Output that waits for the host beyond this keeps the supervisor from reading more.
pub(super) const MAX_BACKLOG_BYTES: usize = 4 << 20;

/// What a courier does with them.
pub(super) fn deliverer(
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
pub(super) fn conclude(settled: Settled, callbacks: &Mutex<Courier<Callbacks>>) {
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

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
