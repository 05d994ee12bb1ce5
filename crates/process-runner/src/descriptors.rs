//! How many descriptors a pool takes of this process, and whether it may have so many.
//!
//! Found out before anything is started: a pool that runs out of descriptors half way says nothing that
//! helps, and takes them from the rest of the program meanwhile.

use std::fs::{self, File};
use std::os::fd::AsRawFd as _;

use nix::sys::resource::{Resource, getrlimit};

use crate::config::StartError;
use crate::transport::Transport;

/// An epoll instance, the inbox's bell, a socket and a channel to the fork server.
const OF_A_POOL: usize = 4;

/// What a worker has of its own is in this process until it has been sent away: two channel ends, two
/// output pipes, the status page, two data pipes. One more for what is read in `/proc` on the way.
const ON_THE_WAY: usize = 8;

/// How many descriptors a worker takes as long as it lives.
fn of_a_worker(transport: Transport) -> usize {
    // Two channel ends, two output pipes, a pidfd.
    let always = 5;
    match transport {
        Transport::Pipe => always + 2,
        Transport::Ipc => always,
        Transport::Shm => always + 1,
    }
}

/// Makes sure that this process may open what a pool needs.
pub(crate) fn check(workers: usize, transport: Transport) -> Result<(), StartError> {
    let needed = of_a_worker(transport)
        .saturating_mul(workers)
        .saturating_add(OF_A_POOL + ON_THE_WAY);
    let Some((limit, available)) = room(needed) else {
        return Ok(());
    };
    if needed > available {
        return Err(StartError::Descriptors {
            workers,
            needed,
            available,
            limit,
        });
    }
    Ok(())
}

/// The limit, and how many descriptors are free below it; `None` when there is room in plenty, or when
/// the kernel does not tell.
fn room(needed: usize) -> Option<(usize, usize)> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    let limit = usize::try_from(soft).unwrap_or(usize::MAX);
    // Counting thousands of them for every process that is started would take its time. A new one gets
    // the lowest free number, and few programs have many above that.
    let lowest = File::open("/dev/null").map(|file| file.as_raw_fd());
    let lowest = lowest.ok().and_then(|number| usize::try_from(number).ok());
    if lowest.is_some_and(|lowest| lowest.saturating_add(needed.saturating_mul(2)) < limit) {
        return None;
    }
    // The last one to be counted is the folder itself.
    let open = match fs::read_dir("/proc/self/fd") {
        Ok(open) => open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()),
        // No descriptor is left for looking.
        Err(_) if lowest.is_none() => return Some((limit, 0)),
        Err(_) => return None,
    };
    // After the limit was lowered there can be numbers above it, which take no room below.
    let below = open.filter(|&number: &usize| number < limit).count();
    let taken = below.saturating_sub(1);
    Some((limit, limit.saturating_sub(taken)))
}
