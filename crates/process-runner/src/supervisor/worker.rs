//! One live worker: its process, its channels, and what is known of it.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use ipc_channel::IpcError;
use ipc_channel::ipc::{self, IpcBytesReceiver, IpcBytesSender};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

use crate::config::StartError;
use crate::grip::Grip;
use crate::inbox::{Inbox, Mail, WorkerKey};
use crate::lines::Lines;
use crate::sys::page::SharedPage;
use crate::sys::process::Ended;
use crate::sys::threads;
use crate::transport::Transport;
use crate::transport::ends::ParentEnd;
use crate::transport::ipc::IpcParent;
use crate::transport::pipe::{self, PIPE_BYTES};
use crate::wire::frame::FrameReader;
use crate::wire::status::StatusPage;
use crate::worker::kit::{WorkerChannels, WorkerDescriptors};

/// How long a worker may take to say hello. Generous: on a loaded machine it is only late.
const HELLO_PATIENCE: Duration = Duration::from_secs(30);

/// A worker, from the order to its burial.
pub(crate) struct Worker {
    /// Its place in the pool; a replacement gets the same.
    pub(crate) slot: usize,
    pub(crate) stage: Stage,
    /// When the patience with the present stage ends.
    pub(crate) deadline: Option<Instant>,
    /// 0 until it has been forked.
    pub(crate) pid: i32,
    pub(crate) pidfd: Option<OwnedFd>,
    pub(crate) grip: Arc<Grip>,
    pub(crate) end: Box<dyn ParentEnd>,
    pub(crate) frames: FrameReader,
    /// Standard output and error.
    pub(crate) outputs: [OutputStream; 2],
    /// `None` once the worker has been told that no more comes.
    pub(crate) control: Option<IpcBytesSender>,
    reader: Option<JoinHandle<()>>,
    /// Whether all that it sent over the control plane has been taken in.
    pub(crate) control_ended: bool,
    /// How it ended, and when that was noticed.
    pub(crate) ended: Option<(Option<Ended>, Instant)>,
    /// Whether the poller watches for room.
    pub(crate) awaits_room: bool,
}

/// Where a worker is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It was ordered or forked and has not said hello.
    Starting,
    /// It takes jobs.
    Serving,
    /// It was told that no more comes.
    Leaving,
    /// It is being ended by force; the flag tells whether by `SIGKILL` already.
    Doomed(Doom, bool),
}

/// Why a worker is ended by force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doom {
    /// Its item ran longer than the limit.
    TimedOut(Duration),
    /// The pool stops.
    Stopping,
    /// It broke the protocol.
    Condemned(String),
}

/// One of a worker's output streams.
#[derive(Debug)]
pub(crate) struct OutputStream {
    /// `None` when it has ended.
    pub(crate) file: Option<File>,
    pub(crate) lines: Lines,
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
        inbox: &Arc<Inbox>,
    ) -> Result<Prepared, StartError> {
        let failed = |what: &'static str, error: String| StartError::Worker {
            worker: slot,
            what,
            error,
        };
        let io = |what| move |error: io::Error| failed(what, error.to_string());
        let kernel = |what| move |errno: nix::Error| failed(what, errno.to_string());
        let (to_worker, from_parent) = ipc::bytes_channel().map_err(io("a control channel"))?;
        let (to_parent, from_worker) = ipc::bytes_channel().map_err(io("a control channel"))?;
        let page = SharedPage::create().map_err(kernel("a status page"))?;
        let mapped = SharedPage::map(&page).map_err(kernel("a status page"))?;
        let (stdout, stdout_in) = output_pipe().map_err(kernel("an output pipe"))?;
        let (stderr, stderr_in) = output_pipe().map_err(kernel("an output pipe"))?;
        let (end, pipes): (Box<dyn ParentEnd>, _) = match transport {
            Transport::Pipe => {
                let (end, pipes) = pipe::pair().map_err(io("a data pipe"))?;
                (Box::new(end), Some(pipes))
            }
            Transport::Ipc => {
                let end = IpcParent::start(to_worker.clone()).map_err(io("a sending thread"))?;
                (Box::new(end), None)
            }
        };
        let reader = read_control(key, from_worker, Arc::clone(inbox));
        let worker = Self {
            slot,
            stage: Stage::Starting,
            deadline: Some(Instant::now() + HELLO_PATIENCE),
            pid: 0,
            pidfd: None,
            grip: Arc::new(Grip::new(StatusPage::new(mapped))),
            end,
            frames: FrameReader::default(),
            outputs: [stdout, stderr],
            control: Some(to_worker),
            reader: Some(reader.map_err(io("a control thread"))?),
            control_ended: false,
            ended: None,
            awaits_room: false,
        };
        Ok(Prepared {
            worker,
            channels: WorkerChannels {
                from_parent,
                to_parent,
            },
            descriptors: WorkerDescriptors {
                stdout: stdout_in,
                stderr: stderr_in,
                page,
                pipes,
            },
        })
    }

    /// The thread that reads the control plane has said that it ends.
    pub(crate) fn end_control(&mut self) {
        self.control_ended = true;
        if let Some(reader) = self.reader.take() {
            // Its last act was to say so.
            let _ = reader.join();
        }
    }

    pub(crate) fn is_serving(&self) -> bool {
        self.stage == Stage::Serving
    }
}

impl OutputStream {
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.file.as_ref()?.as_fd())
    }

    /// Reads what has been written, at most as much as a pipe holds: what was in it when this was
    /// called, and no end of what is written meanwhile. Returns whole lines, one block a read.
    pub(crate) fn read(&mut self) -> Vec<Vec<u8>> {
        let mut blocks = Vec::new();
        let mut buffer = [0; 16 * 1024];
        let mut room = PIPE_BYTES;
        while let Some(file) = self.file.as_mut().filter(|_| room > 0) {
            match file.read(&mut buffer) {
                Ok(0) => {
                    self.file = None;
                    blocks.extend(self.lines.finish());
                }
                Ok(len) => {
                    room = room.saturating_sub(len);
                    blocks.extend(self.lines.push(&buffer[..len]));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => self.file = None,
            }
        }
        blocks
    }
}

fn output_pipe() -> Result<(OutputStream, OwnedFd), nix::Error> {
    let (out, writer) = pipe2(OFlag::O_CLOEXEC)?;
    fcntl(&out, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let stream = OutputStream {
        file: Some(File::from(out)),
        lines: Lines::default(),
    };
    Ok((stream, writer))
}

/// Starts the thread that reads a worker's control plane. A thread of its own: a worker that sends
/// half a message and stops must not hold up anybody else.
fn read_control(
    key: WorkerKey,
    channel: IpcBytesReceiver,
    inbox: Arc<Inbox>,
) -> io::Result<JoinHandle<()>> {
    let read_all = move || {
        loop {
            match channel.recv() {
                Ok(message) => inbox.post(Mail::Control(key, message)),
                Err(IpcError::Io(error)) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        inbox.post(Mail::ControlEnded(key));
    };
    let builder = Builder::new().name("anypool-control".to_owned());
    threads::start(builder.stack_size(64 * 1024), read_all)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn one_reading_takes_no_more_than_a_pipe_holds() {
        let (mut stream, writer) = output_pipe().unwrap();
        let room = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(4 << 16)).unwrap();
        let written = vec![b'\n'; usize::try_from(room).unwrap()];
        File::from(writer).write_all(&written).unwrap();
        let read = |stream: &mut OutputStream| stream.read().concat().len();
        assert_eq!(read(&mut stream), PIPE_BYTES);
        let mut rest = 0;
        while stream.descriptor().is_some() {
            rest += read(&mut stream);
        }
        assert_eq!(PIPE_BYTES + rest, written.len());
    }
}
