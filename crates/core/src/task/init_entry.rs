//! An initializer as an address: what a forked process needs to call it without having its value.

use std::any::Any;
use std::fmt::Display;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;

use serde::de::DeserializeOwned;

use crate::codec;
use crate::panics;
use crate::task::sys;

/// The encoded form of an initializer: input bytes in, the state that it made out, or why not.
pub type EncodedInit = fn(&[u8]) -> Result<Box<dyn Any>, String>;

/// An initializer's entry in the program image: a function from a serialisable input to a state that
/// never leaves its process. As with tasks, there is one a type of function.
#[derive(Debug)]
pub struct InitEntry {
    magic: u64,
    make: EncodedInit,
}

/// Marks memory as an [`InitEntry`].
const MAGIC: u64 = u64::from_le_bytes(*b"AnyInit1");

impl InitEntry {
    /// The entry of `init`, which must be a fn or a closure without captures.
    #[must_use]
    pub fn of<F, I, S, E>(init: F) -> &'static Self
    where
        F: Fn(I) -> Result<S, E> + Copy + Send + Sync + 'static,
        I: DeserializeOwned,
        S: 'static,
        E: Display,
    {
        const { sys::assert_no_captures::<F>() };
        // The value is the proof that `F` is inhabited, which `make_encoded` relies on.
        let _ = init;
        EntryOf::<F, I, S, E>::ENTRY
    }

    /// Whether this is what it claims to be.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        self.magic == MAGIC
    }

    /// Makes the state from an encoded input.
    ///
    /// # Errors
    ///
    /// The initializer's own error, its panic, or that the input cannot be decoded; in words.
    pub fn make(&self, input: &[u8]) -> Result<Box<dyn Any>, String> {
        (self.make)(input)
    }
}

struct EntryOf<F, I, S, E>(PhantomData<(F, I, S, E)>);

impl<F, I, S, E> EntryOf<F, I, S, E>
where
    F: Fn(I) -> Result<S, E> + Copy + Send + Sync + 'static,
    I: DeserializeOwned,
    S: 'static,
    E: Display,
{
    const ENTRY: &'static InitEntry = &InitEntry {
        magic: MAGIC,
        make: make_encoded::<F, I, S, E>,
    };
}

fn make_encoded<F, I, S, E>(input: &[u8]) -> Result<Box<dyn Any>, String>
where
    F: Fn(I) -> Result<S, E> + Copy + Send + Sync + 'static,
    I: DeserializeOwned,
    S: 'static,
    E: Display,
{
    let input = codec::decode_exact::<I>(input).map_err(|error| error.to_string())?;
    let init = sys::conjure::<F>();
    // The error is user code as well, also when it is told in words.
    let make = || init(input).map_err(|error| error.to_string());
    match panics::catch(AssertUnwindSafe(make)) {
        Ok(Ok(state)) => Ok(Box::new(state)),
        Ok(Err(reason)) => Err(reason),
        Err(unwound) => Err(unwound.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_made_from_encoded_input() {
        let entry = InitEntry::of(|n: u32| match n {
            0 => Err("nothing comes of nothing"),
            n => Ok(vec![n; 2]),
        });
        assert!(entry.is_genuine());
        let state = entry.make(&7_u32.to_le_bytes()).unwrap();
        assert_eq!(state.downcast_ref(), Some(&vec![7_u32, 7]));
        let failed = |input: &[u8]| entry.make(input).unwrap_err();
        assert_eq!(failed(&[0; 4]), "nothing comes of nothing");
        assert!(failed(&[0; 3]).contains("cannot decode 3 bytes"));
    }

    #[test]
    fn a_panic_is_a_failure_also_in_the_error() {
        struct Bomb;
        impl Display for Bomb {
            fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                panic!("no words")
            }
        }
        panics::set_quiet(true);
        let entry = InitEntry::of(|(): ()| Err::<(), _>(Bomb));
        assert!(entry.make(&[]).unwrap_err().contains("no words"));
        let entry = InitEntry::of(|(): ()| -> Result<(), String> { panic!("no device") });
        assert!(entry.make(&[]).unwrap_err().contains("no device"));
    }
}
