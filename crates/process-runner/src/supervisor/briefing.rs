//! What each worker of a pool is told when it sets itself up: how everything was when the pool started.
//!
//! It is found out once. Later workers are told the same: two jobs of a pool must not see different
//! directories or variables because a worker was replaced between them.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;

use ipc_channel::ipc::IpcBytesSender;

use crate::config::{Config, StartError};
use crate::initializer::SealedInitializer;
use crate::sealed::seal;
use crate::sys::entry::registry_address;
use crate::trace;
use crate::usage;
use crate::wire::control::{Control, FRAGMENT_BYTES, Setup};
use crate::zygote::link::environment_changes;

/// What the workers of a pool are told.
#[derive(Debug)]
pub(crate) struct Briefing {
    environment: Environment,
    setup: Setup,
}

/// What changes the environment.
#[derive(Debug)]
enum Environment {
    /// Nothing.
    AsItIs,
    /// A message.
    Told(Vec<u8>),
    /// A message that is too long: a worker that does not read it, since it is stopped, would keep the
    /// supervisor waiting.
    Sealed(OwnedFd),
}

/// The longest message that a worker's channel takes without its reading anything, beside the setup.
const MOST_BYTES: usize = FRAGMENT_BYTES;

impl Briefing {
    /// The briefing of a pool that starts now.
    ///
    /// # Errors
    ///
    /// Something has no encoding.
    pub(crate) fn new(
        config: &Config,
        init: Option<&SealedInitializer>,
    ) -> Result<Self, StartError> {
        let directory = std::env::current_dir().ok();
        let setup = Setup {
            worker: 0,
            quiet_panics: config.quiet_panics,
            directory: directory.map(|path| path.as_os_str().as_bytes().to_vec()),
            umask: usage::file_mode_mask(),
            nice: config.nice,
            cpus: config.cpus.iter().map(|&cpu| cpu as u64).collect(),
            memory_bytes: config.terms.memory_limit,
            log_level: 0,
            registry: config.registry.map_or(0, registry_address),
            init: init.map_or(0, |init| init.address),
        };
        let environment = Environment::of_now().map_err(|error| StartError::Supervisor {
            what: "the environment of its workers",
            error,
        })?;
        Ok(Self { environment, setup })
    }

    /// Changes to the environment that a new worker inherits, if they are too many to be told.
    pub(crate) fn environment(&self) -> io::Result<Option<OwnedFd>> {
        match &self.environment {
            Environment::Sealed(changes) => changes.try_clone().map(Some),
            _ => Ok(None),
        }
    }

    /// Tells the worker of `slot`. Does not wait for it.
    pub(crate) fn tell(&self, slot: usize, control: &IpcBytesSender) -> io::Result<()> {
        if let Environment::Told(message) = &self.environment {
            control.send(message)?;
        }
        let setup = Setup {
            worker: u32::try_from(slot).unwrap_or(u32::MAX),
            // The one thing that may change: what a later worker logs is for who listens then.
            log_level: trace::wanted_level(),
            ..self.setup.clone()
        };
        control.send(&Control::Setup(setup).encode().map_err(io::Error::other)?)
    }
}

impl Environment {
    /// What makes the fork server's environment that of this process.
    ///
    /// # Errors
    ///
    /// There is no encoding, or no memory for it; in words.
    fn of_now() -> Result<Self, String> {
        let changes = environment_changes();
        if changes.is_empty() {
            return Ok(Self::AsItIs);
        }
        let message = Control::Environment(changes).encode();
        let message = message.map_err(|error| error.to_string())?;
        if message.len() <= MOST_BYTES {
            return Ok(Self::Told(message));
        }
        let sealed = seal(&message).map_err(|error| error.to_string())?;
        Ok(Self::Sealed(sealed))
    }
}
