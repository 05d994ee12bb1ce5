//! The streams in pieces over the control plane: requests over the worker's ipc-channel, replies as
//! its words.
//!
//! `send` of an ipc-channel blocks for ever when nobody reads the other end, and a worker does not read
//! while it runs a job. So the parent sends a piece only under credit: at most [`CREDIT_BYTES`] that
//! the worker has not taken out of the channel, which always fit. And since a worker may lie about
//! what it has taken, a thread of the worker's own does the sending: at worst that thread hangs, until
//! the worker is killed.

use std::collections::VecDeque;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::mpsc;
use std::thread;

use ipc_channel::IpcError;
use ipc_channel::ipc::{IpcBytesReceiver, IpcBytesSender};

use crate::fault::{self, Point};
use crate::transport::ends::{ParentEnd, WorkerEnd};
use crate::transport::words::WordsOut;
use crate::wire::control::{Control, FRAGMENT_BYTES};

/// How many bytes may be in the channel that the worker has not taken out.
pub(crate) const CREDIT_BYTES: usize = 2 * FRAGMENT_BYTES;

/// The parent's end.
#[derive(Debug)]
pub(crate) struct IpcParent {
    unsent: VecDeque<u8>,
    credit_bytes: usize,
    received: Vec<u8>,
    /// `None` once it is closed.
    sender: Option<mpsc::Sender<Vec<u8>>>,
}

impl IpcParent {
    /// Starts the sending thread, which ends with the worker or with this end.
    pub(crate) fn start(channel: IpcBytesSender) -> io::Result<Self> {
        let (sender, messages) = mpsc::channel::<Vec<u8>>();
        let send_all = move || {
            for message in messages {
                if channel.send(&message).is_err() {
                    // The worker is gone; its death is noticed elsewhere.
                    return;
                }
            }
        };
        thread::Builder::new()
            .name("anypool-ipc".to_owned())
            .stack_size(64 * 1024)
            .spawn(send_all)?;
        Ok(Self {
            unsent: VecDeque::new(),
            credit_bytes: CREDIT_BYTES,
            received: Vec::new(),
            sender: Some(sender),
        })
    }
}

impl ParentEnd for IpcParent {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.unsent.extend(bytes);
        self.resume()
    }

    fn resume(&mut self) -> io::Result<()> {
        let Some(sender) = &self.sender else {
            return Ok(());
        };
        while !self.unsent.is_empty() && self.credit_bytes > 0 {
            let len = self.unsent.len().min(FRAGMENT_BYTES).min(self.credit_bytes);
            let piece: Vec<u8> = self.unsent.drain(..len).collect();
            let message = Control::Data(&piece).encode().map_err(io::Error::other)?;
            self.credit_bytes -= len;
            if sender.send(message).is_err() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        }
        Ok(())
    }

    fn unsent_bytes(&self) -> usize {
        self.unsent.len()
    }

    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        into(&self.received);
        self.received.clear();
        Ok(())
    }

    fn control(&mut self, message: &Control<'_>) -> io::Result<bool> {
        match message {
            Control::Data(piece) => self.received.extend_from_slice(piece),
            Control::Credit(bytes) => {
                let credit = self.credit_bytes.saturating_add(*bytes as usize);
                if credit > CREDIT_BYTES {
                    return Err(io::Error::other(
                        "the worker gave credit for what it never got",
                    ));
                }
                self.credit_bytes = credit;
                self.resume()?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn readable(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn writable(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn close(&mut self) {
        self.sender = None;
        self.unsent.clear();
    }
}

/// The worker's end.
#[derive(Debug)]
pub(crate) struct IpcWorker {
    requests: IpcBytesReceiver,
    replies: WordsOut,
}

impl IpcWorker {
    pub(crate) fn new(requests: IpcBytesReceiver, replies: WordsOut) -> Self {
        Self { requests, replies }
    }
}

impl WorkerEnd for IpcWorker {
    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        let message = loop {
            match self.requests.recv() {
                Ok(message) => break message,
                // A signal handler of a task may interrupt the call.
                Err(IpcError::Io(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                // The parent has closed its end, or is gone.
                Err(_) => return Ok(false),
            }
        };
        match Control::parse(&message) {
            Ok(Control::Data(piece)) => {
                into(piece);
                let taken = u32::try_from(piece.len()).unwrap_or(u32::MAX);
                let credit = Control::Credit(taken).encode().map_err(io::Error::other)?;
                self.replies.send(&credit)?;
                Ok(true)
            }
            _ => Err(io::Error::other("the parent sent something else than data")),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let pieces = bytes.chunks(FRAGMENT_BYTES);
        let last = pieces.len().saturating_sub(1);
        for (index, piece) in pieces.enumerate() {
            let message = Control::Data(piece).encode().map_err(io::Error::other)?;
            self.replies.send(&message)?;
            if index < last {
                fault::reach(Point::WorkerWriting);
            }
        }
        Ok(())
    }
}
