//! A function with its input, to be run once in another process: a pool's `worker_init`, its `preload`.

use std::fmt::Display;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use anypool_core::{CodecError, InitEntry, Payload, encode_append};

use crate::sealed::seal;
use crate::sys::entry::init_address_of;

/// The function and its encoded input.
#[derive(Clone, Debug)]
pub(crate) struct Initializer {
    entry: &'static InitEntry,
    /// An input that cannot be encoded is told by `start`.
    input: Result<Arc<[u8]>, CodecError>,
}

/// An initializer as it travels.
#[derive(Debug)]
pub(crate) struct SealedInitializer {
    /// Where its entry lies in the program image.
    pub(crate) address: u64,
    input: OwnedFd,
}

impl Initializer {
    pub(crate) fn new<F, I, S, E>(init: F, input: &I) -> Self
    where
        F: Fn(I) -> Result<S, E> + Copy + Send + Sync + 'static,
        I: Payload,
        S: 'static,
        E: Display,
    {
        let mut bytes = Vec::new();
        let encoded = encode_append(input, &mut bytes);
        Self {
            entry: InitEntry::of(init),
            input: encoded.map(|()| bytes.into()),
        }
    }

    /// Puts the input into memory that other processes can read.
    ///
    /// # Errors
    ///
    /// It has no encoding, or the kernel refuses the memory; in words.
    pub(crate) fn seal(&self) -> Result<SealedInitializer, String> {
        let input = self.input.as_ref().map_err(ToString::to_string)?;
        let input = seal(input).map_err(|error| error.to_string())?;
        let address = init_address_of(self.entry);
        Ok(SealedInitializer { address, input })
    }
}

impl SealedInitializer {
    /// A descriptor for one more reader of the input.
    pub(crate) fn input(&self) -> std::io::Result<OwnedFd> {
        self.input.try_clone()
    }
}
