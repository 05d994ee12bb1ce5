//! Output that finds no room: what was printed is lost, and no job.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anypool_core::{Executor as _, Host, Origin, Stream};
use process_runner::OutputMode;

use crate::scene::{TRANSPORTS, quiet};

/// A host on a disk that is full.
#[derive(Default)]
struct Full(AtomicUsize);

impl Host for Full {
    fn write(&self, _: Origin, _: Stream, lines: &[u8]) -> io::Result<()> {
        let disk = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let written = io::Write::write_all(&mut disk?, lines);
        // Relaxed: a count, read after the pool has ended.
        self.0
            .fetch_add(usize::from(written.is_err()), Ordering::Relaxed);
        written
    }
}

fn say(n: u64) -> u64 {
    println!("{n}");
    eprintln!("{n}");
    n
}

#[test]
fn a_full_disk_for_output_costs_no_job() {
    for transport in TRANSPORTS {
        for mode in [OutputMode::PerWorker, OutputMode::PerJob] {
            let host = Arc::new(Full::default());
            let builder = quiet(2, transport).output(mode);
            let pool = builder.host(Arc::<Full>::clone(&host)).start().unwrap();
            assert!(pool.map(say, 0..100).map(Result::unwrap).eq(0..100));
            drop(pool);
            assert!(host.0.load(Ordering::Relaxed) > 0);
        }
    }
}
