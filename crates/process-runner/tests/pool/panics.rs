//! Panics are values: they travel with their message and place, and the worker lives on.

use std::sync::Arc;

use anypool_core::{Executor as _, JobError, Stream};

use crate::recorder::Recorder;
use crate::scene::{TRANSPORTS, quiet};

fn odd_one(n: u32) -> u32 {
    assert!(n != 3, "{n} is the odd one");
    n
}

#[test]
fn a_panic_travels_with_message_and_place() {
    for transport in TRANSPORTS {
        for is_quiet in [false, true] {
            let host = Arc::new(Recorder::default());
            let builder = quiet(1, transport)
                .quiet_panics(is_quiet)
                .host(Arc::clone(&host) as _);
            let pool = builder.start().unwrap();
            let Err(JobError::Panicked(report)) = pool.submit(odd_one, 3).unwrap().join() else {
                panic!("no panic");
            };
            assert_eq!(report.message, "3 is the odd one");
            let location = report.location.unwrap();
            let place: Vec<_> = location.rsplitn(3, ':').collect();
            assert!(place[2].ends_with("tests/pool/panics.rs"), "{location}");
            assert!(
                place[..2]
                    .iter()
                    .all(|number| number.parse::<u32>().is_ok())
            );
            assert_eq!(pool.submit(odd_one, 4).unwrap().join(), Ok(4));
            assert_eq!(pool.stats().restarts, 0);
            drop(pool);
            let printed = host.text(Stream::Err);
            assert_eq!(printed.contains("3 is the odd one"), !is_quiet, "{printed}");
            assert_eq!(printed.is_empty(), is_quiet, "{printed}");
        }
    }
}
