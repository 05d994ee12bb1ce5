//! A worker's life: it reads requests, claims and runs their items, and answers each before it
//! claims the next.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::{
    Context, Draft, JobError, JobId, StandardStreams, StopSignal, TaskEntry, WorkerId,
};

use crate::clock::monotonic_nanos;
use crate::fault::{self, Point};
use crate::sys::entry::entry_at;
use crate::sys::process::exit_now;
use crate::trace;
use crate::transport::inputs::REGION_BYTES;
use crate::transport::results::ResultWriter;
use crate::wire::frame::{self, FrameReader};
use crate::wire::reply;
use crate::wire::request::Request;
use crate::worker::gather;
use crate::worker::kit::Worker;

/// Serves until the parent sends no more. Returns the process's exit code.
pub(crate) fn serve(mut worker: Worker) -> i32 {
    let host = Arc::new(StandardStreams);
    let mut ctx = Context::new(host, WorkerId(worker.number), StopSignal::default());
    if let Some(state) = worker.state.take() {
        ctx.set_state(state);
    }
    let mut requests = FrameReader::default();
    let mut replies = Vec::new();
    loop {
        loop {
            let message = match requests.next_message() {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(_) => return EXIT_PROTOCOL,
            };
            fault::reach(Point::WorkerRead);
            if run_request(&mut worker, &ctx, message, &mut replies).is_err() {
                return EXIT_PROTOCOL;
            }
        }
        if requests.holds_part() {
            fault::reach(Point::WorkerReading);
        }
        requests.shrink();
        match worker.end.receive(&mut |piece| requests.push(piece)) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return EXIT_PROTOCOL,
        }
    }
    fault::reach(Point::WorkerLeaving);
    0
}

/// The exit code of a worker that could not understand or reach its parent.
pub(crate) const EXIT_PROTOCOL: i32 = 70;

/// A reply's memory beyond this is given back.
const KEPT_BYTES: usize = 1 << 20;

fn run_request(
    worker: &mut Worker,
    ctx: &Context,
    message: &[u8],
    replies: &mut Vec<u8>,
) -> io::Result<()> {
    let malformed = |_| io::Error::from(io::ErrorKind::InvalidData);
    let inputs = worker.inputs.clone();
    let mut request = Request::parse(message).map_err(malformed)?;
    if let Some(place) = request.elsewhere() {
        let input = inputs
            .as_ref()
            .and_then(|memory| memory.bytes(place.within(REGION_BYTES)?));
        request.bring(input.ok_or(io::ErrorKind::InvalidData)?);
    }
    let sequence = request.header.sequence;
    let entry = entry_at(request.header.entry);
    if request.header.gathers {
        return gather::run(worker, ctx, entry, &mut request);
    }
    let mut item = 0;
    while let Some(input) = request.next_input().map_err(malformed)? {
        replies.clear();
        replies.shrink_to(KEPT_BYTES);
        fault::reach(Point::WorkerClaiming);
        if !worker.page.claim(sequence, item, monotonic_nanos()) {
            frame::append(replies, |out| reply::append_skipped(out, sequence));
            return worker.end.send(replies);
        }
        fault::reach(Point::WorkerClaimed);
        let header = reply::Header {
            sequence,
            item,
            busy: Duration::ZERO,
        };
        frame::append(replies, |out| {
            let start = out.len();
            let results = worker.results.as_mut();
            reply::append(out, &header, |out| {
                let mut draft = match results {
                    Some(results) => Draft::with_annex(out, results),
                    None => Draft::new(out),
                };
                let busy = run_item(entry, &request, ctx, input, &mut draft)?;
                // What is annexed is lent below.
                let _ = draft.finish();
                Ok(busy)
            });
            if let Some(loan) = worker.results.as_mut().and_then(ResultWriter::lend) {
                reply::lend(out, start, loan);
            }
        });
        if worker.identity.is_copied() {
            // The task has forked, and this is the copy: the original answers, and goes on printing what it
            // has not written yet.
            exit_now(0);
        }
        // What the item printed is in the pipe before its reply is.
        let _ = io::stdout().flush();
        fault::reach(Point::WorkerRan);
        worker.end.send(replies)?;
        fault::reach(Point::WorkerReplied);
        item += 1;
    }
    Ok(())
}

fn run_item(
    entry: Option<&'static TaskEntry>,
    request: &Request<'_>,
    ctx: &Context,
    input: &[u8],
    out: &mut Draft<'_>,
) -> Result<Duration, (JobError, Duration)> {
    let Some(entry) = entry else {
        let reason = "the worker does not know the task".to_owned();
        return Err((JobError::PoolFailed { reason }, Duration::ZERO));
    };
    let header = &request.header;
    let limit = Duration::from_nanos(header.limit_nanos);
    let started = Instant::now();
    let deadline = started.checked_add(limit).filter(|_| !limit.is_zero());
    let previous = ctx.enter(JobId(header.job), header.attempt, deadline);
    trace::enter_job(Some(JobId(header.job)));
    let ran = entry.run_into(input, ctx, out);
    trace::enter_job(None);
    ctx.leave(&previous);
    let busy = started.elapsed();
    ran.map(|()| busy).map_err(|error| (error, busy))
}
