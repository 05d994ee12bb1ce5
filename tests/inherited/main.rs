//! A program whose subscriber is there before its fork server: workers inherit it, and it does in them
//! what the program made it for. A program of its own, since a subscriber cannot be taken back.

use std::fmt::{Debug, Write as _};
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anypool_core::{Executor as _, Host, Origin, Stream};
use libtest_mimic::{Arguments, Trial};
use process_runner::ProcessPool;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Prints each event's message to standard error.
struct Printer;

impl Subscriber for Printer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = "printed by the program's own: ".to_owned();
        event.record(&mut Message(&mut line));
        line.push('\n');
        let _ = io::stderr().write_all(line.as_bytes());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message<'a>(&'a mut String);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[derive(Default)]
struct Paper(Mutex<Vec<u8>>);

impl Host for Paper {
    fn write(&self, _: Origin, _: Stream, lines: &[u8]) -> io::Result<()> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.extend_from_slice(lines);
        Ok(())
    }
}

fn talk(n: u64) {
    tracing::warn!("{n} bottles");
}

fn the_inherited_subscriber_goes_on() {
    let paper = Arc::new(Paper::default());
    let builder = ProcessPool::builder().workers(1);
    let pool = builder.host(Arc::clone(&paper) as _).start().unwrap();
    assert_eq!(pool.submit(talk, 9).unwrap().join(), Ok(()));
    drop(pool);
    let printed = paper.0.lock().unwrap();
    let expected = "printed by the program's own: 9 bottles\n";
    assert_eq!(String::from_utf8_lossy(&printed), expected);
}

fn main() -> ExitCode {
    tracing::subscriber::set_global_default(Printer).unwrap();
    process_runner::init();
    let test = || {
        the_inherited_subscriber_goes_on();
        Ok(())
    };
    let test = Trial::test("the_inherited_subscriber_goes_on", test);
    libtest_mimic::run(&Arguments::from_args(), vec![test]).exit_code()
}
