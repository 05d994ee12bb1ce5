//! What each worker of a pool is told when it sets itself up: how everything was when the pool started.
//!
//! It is found out once. Later workers are told the same: two jobs of a pool must not see different
//! directories or variables because a worker was replaced between them.

use std::io;
use std::os::unix::ffi::OsStrExt as _;

use anypool_core::CodecError;
use ipc_channel::ipc::IpcBytesSender;

use crate::config::{Config, StartError};
use crate::initializer::SealedInitializer;
use crate::sys::entry::registry_address;
use crate::trace;
use crate::usage;
use crate::wire::control::{Control, Setup};
use crate::zygote::link::environment_changes;

/// What the workers of a pool are told.
#[derive(Debug)]
pub(crate) struct Briefing {
    /// Messages that change the environment.
    environment: Vec<Vec<u8>>,
    setup: Setup,
}

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
        let environment = environment_changes().map(|batch| Control::Environment(batch).encode());
        let environment: Result<_, CodecError> = environment.collect();
        let environment = environment.map_err(|error| StartError::Supervisor {
            what: "the environment of its workers",
            error: error.to_string(),
        })?;
        Ok(Self { environment, setup })
    }

    /// Tells the worker of `slot`.
    pub(crate) fn tell(&self, slot: usize, control: &IpcBytesSender) -> io::Result<()> {
        for message in &self.environment {
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
