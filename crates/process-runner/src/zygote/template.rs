//! A template's life until it serves: it takes its session over, and preloads.

use std::os::fd::OwnedFd;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpgrp, getpid};

use crate::fault::{self, Point};
use crate::sealed::seal;
use crate::sys::process::thread_count;
use crate::worker::init;
use crate::zygote::birth::Commission;
use crate::zygote::door::Visit;
use crate::zygote::guise::become_server;
use crate::zygote::record::{Opening, Report};
use crate::zygote::server::Server;

/// How long a thread that was joined may still be listed.
const THREAD_PATIENCE: Duration = Duration::from_secs(1);

/// How much of a failed preload's words is passed on.
const MAX_REASON_CHARS: usize = 8 * 1024;

/// Makes this process the fork server of the session that it was forked for. `None` when it cannot be;
/// whoever opened the session has been told why, if it is still there.
pub(crate) fn prepare(commission: Commission) -> Option<Server> {
    let Commission {
        door,
        visit,
        open_files,
    } = commission;
    let Visit {
        opening,
        mut session,
        input,
    } = visit;
    let Opening::Template { ticket, preload } = opening else {
        return None;
    };
    // Whoever opens a session without sending its channel makes only its own template wait.
    let spawns = door.take_spawns(ticket).ok()?;
    drop(door);
    let mut tell = |report: Report, descriptors: Vec<OwnedFd>| {
        session.send(report.encode(), descriptors)?;
        session.flush()
    };
    tell(Report::Opened, Vec::new()).ok()?;
    fault::reach(Point::TemplateOpened);
    let ready = || become_server().map_err(|error| format!("/dev/null: {error}"));
    if let Some(input) = input {
        if let Err(reason) = load(preload, input).and_then(|()| ready()) {
            let reason: String = reason.chars().take(MAX_REASON_CHARS).collect();
            let words = seal(reason.as_bytes()).ok()?;
            tell(Report::Failed, vec![words]).ok()?;
            return None;
        }
        fault::reach(Point::TemplatePreloaded);
        tell(Report::Ready, Vec::new()).ok()?;
    } else {
        ready().ok()?;
    }
    fault::reach(Point::TemplateServing);
    Server::of_session(session, spawns, open_files).ok()
}

/// Runs the preload, which keeps what it makes.
fn load(address: u64, input: OwnedFd) -> Result<(), String> {
    init::run(address, input)?;
    let deadline = Instant::now() + THREAD_PATIENCE;
    loop {
        match thread_count() {
            Ok(1) => return Ok(()),
            Err(errno) => return Err(format!("its threads cannot be counted: {errno}")),
            Ok(threads) if Instant::now() >= deadline => {
                return Err(format!(
                    "it left {} threads running, and a process with threads cannot be forked: join them, or \
                     start them in `worker_init`",
                    threads.saturating_sub(1)
                ));
            }
            Ok(_) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// The last act of a template: ends what its preload has started, and with it itself.
pub(crate) fn end_group() -> Result<(), Errno> {
    if getpgrp() == getpid() {
        kill(Pid::from_raw(0), Signal::SIGKILL)?;
    }
    Ok(())
}
