//! A gate that holds jobs, in whichever process they run.
//!
//! A job that arrives writes its process id to one pipe, and then reads the other until that ends. It opens both by
//! their names under `/proc`, so nothing has to be inherited and nothing is left in a file system.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;

use serde::{Deserialize, Serialize};

/// Holds those that have a pass, until it is dropped.
#[derive(Debug)]
pub(crate) struct Gate {
    arrivals: (PipeReader, PipeWriter),
    exit: (PipeReader, PipeWriter),
}

/// What a job needs to enter a gate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pass {
    arrivals: String,
    exit: String,
}

impl Gate {
    /// A gate that nobody has reached.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            arrivals: io::pipe()?,
            exit: io::pipe()?,
        })
    }

    /// Leave to enter.
    pub(crate) fn pass(&self) -> Pass {
        let name = |number: i32| format!("/proc/{}/fd/{number}", std::process::id());
        Pass {
            arrivals: name(self.arrivals.1.as_raw_fd()),
            exit: name(self.exit.0.as_raw_fd()),
        }
    }

    /// Waits for the next job to arrive, and says in which process it runs.
    pub(crate) fn next(&mut self) -> io::Result<u32> {
        let mut bytes = [0; size_of::<u32>()];
        self.arrivals.0.read_exact(&mut bytes)?;
        Ok(u32::from_ne_bytes(bytes))
    }
}

impl Pass {
    /// Arrives, and waits until the gate is gone.
    ///
    /// # Panics
    ///
    /// When the gate is gone already.
    pub(crate) fn enter(&self) {
        let mut arrivals = File::options()
            .write(true)
            .open(&self.arrivals)
            .expect("the gate is there until all have arrived");
        let mut exit = File::open(&self.exit).expect("the gate is there until all have arrived");
        let pid = std::process::id().to_ne_bytes();
        arrivals
            .write_all(&pid)
            .expect("somebody waits for arrivals");
        drop(arrivals);
        let _ = exit.read(&mut [0]);
    }
}
