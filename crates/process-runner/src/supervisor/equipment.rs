//! Making what a worker shares with its parent.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use ipc_channel::ipc::IpcBytesSender;
use nix::errno::Errno;

use crate::fault;
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::transport::Transport;
use crate::transport::budget::Budget;
use crate::transport::ends::ParentEnd;
use crate::transport::inputs::{Inputs, REGION_BYTES, may_have};
use crate::transport::ipc::IpcParent;
use crate::transport::pipe;
use crate::transport::region;
use crate::transport::regions::Regions;
use crate::transport::results::{Results, results_range};
use crate::transport::shm::ShmParent;
use crate::wire::slate::SLATE_SPAN;
use crate::worker::outfit::DataEnds;

/// The memory that a worker and its parent share.
pub(super) struct Shared {
    pub(super) page: OwnedFd,
    pub(super) mapped: Arc<SharedMemory>,
    pub(super) regions: Regions,
    /// The worker's descriptor for its inputs.
    pub(super) theirs: Option<OwnedFd>,
}

/// Makes the memory that a worker shares with its parent. Without room for large payloads, those travel in
/// the stream.
pub(super) fn share(transport: Transport, budget: &Arc<Budget>) -> Result<Shared, Errno> {
    let bytes = shared_bytes(transport);
    let is_shm = transport == Transport::Shm && !fault::streams_alone();
    let inputs = is_shm.then(|| Inputs::create(Arc::clone(budget)));
    let (inputs, theirs) = inputs.and_then(Result::ok).unzip();
    let has_results = is_shm && may_have(bytes + REGION_BYTES);
    let page = match has_results {
        true => SharedMemory::create(results_range().end),
        false => SharedMemory::create(bytes),
    }?;
    let mapped = Arc::new(SharedMemory::map_first(&page, bytes)?);
    let results = has_results.then(|| Results::map(&page, Arc::clone(&mapped), Arc::clone(budget)));
    Ok(Shared {
        regions: Regions {
            inputs,
            results: results.and_then(Result::ok),
        },
        page,
        mapped,
        theirs,
    })
}

/// How much memory a worker shares with its parent.
fn shared_bytes(transport: Transport) -> usize {
    match transport {
        Transport::Shm => region::SHARED_BYTES,
        Transport::Pipe | Transport::Ipc => (PAGE_BYTES + SLATE_SPAN).next_multiple_of(PAGE_BYTES),
    }
}

/// The parent's end of a data plane, and the worker's.
pub(super) fn data_plane(
    transport: Transport,
    to_worker: &IpcBytesSender,
    memory: &Arc<SharedMemory>,
) -> io::Result<(Box<dyn ParentEnd>, DataEnds)> {
    Ok(match transport {
        Transport::Pipe => {
            let (end, pipes) = pipe::pair()?;
            (Box::new(end), DataEnds::Pipes(pipes))
        }
        Transport::Ipc => (
            Box::new(IpcParent::start(to_worker.clone())?),
            DataEnds::None,
        ),
        Transport::Shm => {
            let (end, bell) = ShmParent::new(Arc::clone(memory))?;
            (Box::new(end), DataEnds::Bell(bell))
        }
    })
}
