//! What a worker inherits from its parent: channel ends and descriptors.

use std::os::fd::OwnedFd;

use ipc_channel::ipc::IpcBytesReceiver;

use crate::transport::pipe::WorkerPipes;

/// The worker's end of the control plane's ipc-channel.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct WorkerChannels {
    pub(crate) from_parent: IpcBytesReceiver,
}

/// The descriptors that a worker inherits.
#[derive(Debug)]
pub(crate) struct WorkerDescriptors {
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
    pub(crate) page: OwnedFd,
    /// For [`WordsOut`].
    pub(crate) words: OwnedFd,
    /// Changes to the environment, where they are too many for a message.
    pub(crate) environment: Option<OwnedFd>,
    /// The input of the worker initializer, where there is one.
    pub(crate) init: Option<OwnedFd>,
    /// Its large inputs, to be read alone.
    pub(crate) inputs: Option<OwnedFd>,
    pub(crate) data: DataEnds,
}

/// A worker's end of its data plane, in descriptors.
#[derive(Debug)]
pub(crate) enum DataEnds {
    /// It goes over the control plane.
    None,
    /// The bell; the rings lie behind the status page.
    Bell(OwnedFd),
    /// Two pipes.
    Pipes(WorkerPipes),
}

impl DataEnds {
    fn into_vec(self) -> Vec<OwnedFd> {
        match self {
            Self::None => Vec::new(),
            Self::Bell(bell) => vec![bell],
            Self::Pipes(pipes) => pipes.into(),
        }
    }

    /// Undoes [`DataEnds::into_vec`]; `None` when the number is wrong.
    fn from_vec(mut descriptors: Vec<OwnedFd>) -> Option<Self> {
        let last = descriptors.pop();
        match (descriptors.pop(), last, descriptors.is_empty()) {
            (None, None, _) => Some(Self::None),
            (None, Some(bell), _) => Some(Self::Bell(bell)),
            (Some(requests), Some(replies), true) => Some(Self::Pipes([requests, replies])),
            _ => None,
        }
    }
}

/// Which descriptors there are that not every worker has; told with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extras {
    pub(crate) environment: bool,
    pub(crate) init: bool,
    pub(crate) inputs: bool,
}

impl WorkerDescriptors {
    pub(crate) fn extras(&self) -> Extras {
        Extras {
            environment: self.environment.is_some(),
            init: self.init.is_some(),
            inputs: self.inputs.is_some(),
        }
    }

    /// All of them, in the order in which they travel.
    pub(crate) fn into_vec(self) -> Vec<OwnedFd> {
        let fixed = [self.stdout, self.stderr, self.page, self.words];
        let some = [self.environment, self.init, self.inputs]
            .into_iter()
            .flatten();
        let all = fixed.into_iter().chain(some);
        all.chain(self.data.into_vec()).collect()
    }

    /// Undoes [`WorkerDescriptors::into_vec`]; `None` when the number is wrong.
    pub(crate) fn from_vec(descriptors: Vec<OwnedFd>, extras: Extras) -> Option<Self> {
        let mut descriptors = descriptors.into_iter();
        let mut next = || descriptors.next();
        let (stdout, stderr, page, words) = (next()?, next()?, next()?, next()?);
        let mut extra = |is_there: bool| match is_there {
            true => next().map(Some),
            false => Some(None),
        };
        let environment = extra(extras.environment)?;
        let init = extra(extras.init)?;
        let inputs = extra(extras.inputs)?;
        let data = DataEnds::from_vec(descriptors.collect())?;
        Some(Self {
            stdout,
            stderr,
            page,
            words,
            environment,
            init,
            inputs,
            data,
        })
    }
}
