//! The output streams of a running task.

use std::io;

use crate::context::Context;
use crate::host::Stream;

impl Context {
    /// The job's standard output. Lines arrive whole.
    #[must_use]
    pub fn out(&self) -> Output<'_> {
        Output(self, Stream::Out)
    }

    /// The job's standard error. Lines arrive whole.
    #[must_use]
    pub fn err(&self) -> Output<'_> {
        Output(self, Stream::Err)
    }
}

/// A task's output stream; keeps a line together until it is whole.
#[derive(Debug)]
pub struct Output<'a>(&'a Context, Stream);

impl io::Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self(context, stream) = self;
        context.wrote.set(true);
        let mut partials = context.partial.borrow_mut();
        let partial = &mut partials[*stream as usize];
        partial.extend_from_slice(bytes);
        let Some(newline) = bytes.iter().rposition(|&b| b == b'\n') else {
            return Ok(bytes.len());
        };
        let after = bytes.len() - newline - 1;
        let whole = partial.len() - after;
        let rest = partial.split_off(whole);
        let lines = std::mem::replace(partial, rest);
        drop(partials);
        context.host.write(context.origin(), *stream, &lines)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
