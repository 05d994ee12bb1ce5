//! What workers print arrives in whole lines, whoever reads it and however slowly.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anypool_core::{Context, Executor as _, Host, JobOptions, Origin, Stream};

use crate::recorder::Recorder;
use crate::scene::{PATIENCE, TRANSPORTS, quiet, square};

fn say_often(who: u32, lines: u32) {
    for n in 0..lines {
        println!("{who} says {n} {}", "x".repeat(n as usize % 50));
        eprint!("{who} ");
        eprintln!("warns {n}");
    }
}

#[test]
fn lines_are_never_torn() {
    for transport in TRANSPORTS {
        let host = Arc::new(Recorder::default());
        let pool = quiet(4, transport)
            .host(Arc::clone(&host) as _)
            .start()
            .unwrap();
        let sayings = [0, 1, 2, 3].map(|who| pool.submit(say_often, (who, 1_000)).unwrap());
        for saying in sayings {
            assert_eq!(saying.join(), Ok(()));
        }
        drop(pool);
        assert!(host.blocks().iter().all(|block| block.text.ends_with('\n')));
        for (stream, verb) in [(Stream::Out, "says"), (Stream::Err, "warns")] {
            let mut next = BTreeMap::<u32, u32>::new();
            for line in host.text(stream).lines() {
                let words: Vec<&str> = line.split(' ').collect();
                let who: u32 = words[0].parse().unwrap();
                let n = next.entry(who).or_default();
                assert_eq!((words[1], words[2]), (verb, n.to_string().as_str()));
                if stream == Stream::Out {
                    assert_eq!(words[3].len(), *n as usize % 50);
                }
                *n += 1;
            }
            assert!(
                next.len() == 4 && next.values().all(|&n| n == 1_000),
                "{next:?}"
            );
        }
    }
}

fn print_without_end(ctx: &Context) {
    print!("half a line");
    eprint!("half a warning");
    let _ = ctx;
}

#[test]
fn a_partial_line_is_delivered_at_the_workers_end() {
    for transport in TRANSPORTS {
        let host = Arc::new(Recorder::default());
        let pool = quiet(1, transport)
            .host(Arc::clone(&host) as _)
            .start()
            .unwrap();
        let printed = pool.submit(|(): (), ctx: &Context| print_without_end(ctx), ());
        assert_eq!(printed.unwrap().join(), Ok(()));
        drop(pool);
        assert_eq!(host.text(Stream::Out), "half a line\n");
        assert_eq!(host.text(Stream::Err), "half a warning\n");
    }
}

/// A host that counts bytes, and takes each block only when it is told to.
pub(crate) struct Slow {
    permits: Mutex<Receiver<()>>,
    pub(crate) bytes: Mutex<usize>,
}

impl Slow {
    /// The host, and what lets it go on: a permit a block, or for good when it is dropped.
    pub(crate) fn new() -> (Arc<Self>, Sender<()>) {
        let (permit, permits) = channel();
        let slow = Self {
            permits: Mutex::new(permits),
            bytes: Mutex::new(0),
        };
        (Arc::new(slow), permit)
    }
}

impl Host for Slow {
    fn write(&self, _: Origin, _: Stream, lines: &[u8]) -> io::Result<()> {
        let permits = self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = permits.recv();
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) += lines.len();
        Ok(())
    }
}

#[test]
fn a_host_that_blocks_does_not_hold_up_results() {
    for transport in TRANSPORTS {
        let (host, permit) = Slow::new();
        let pool = quiet(2, transport).host(host).start().unwrap();
        assert_eq!(pool.submit(say_often, (1, 10)).unwrap().join(), Ok(()));
        for n in 0..100 {
            assert_eq!(pool.submit(square, n).unwrap().join(), Ok(n * n));
        }
        drop(permit);
    }
}

const PIECE: usize = 1 << 10;

fn print_much(kibibytes: usize) {
    let line = format!("{}\n", "y".repeat(PIECE - 1));
    for _ in 0..kibibytes {
        io::stdout().write_all(line.as_bytes()).unwrap();
    }
}

/// The memory of this process that is in use, in bytes.
pub(crate) fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn a_slow_host_slows_the_printing_job_and_loses_nothing() {
    if !crate::scene::alone("output::a_slow_host_slows_the_printing_job_and_loses_nothing") {
        return;
    }
    for transport in TRANSPORTS {
        let (host, permit) = Slow::new();
        let pool = quiet(1, transport)
            .host(Arc::clone(&host) as _)
            .start()
            .unwrap();
        let before = resident_bytes();
        let printing = pool.submit(print_much, 40 << 10).unwrap();
        // The event to wait for is that nothing happens: the job waits for its reader.
        let printing = printing.join_timeout(Duration::from_secs(2)).unwrap_err();
        let grown = resident_bytes().saturating_sub(before);
        assert!(grown < 16 << 20, "{grown} bytes for 40 MiB of output");
        drop(permit);
        assert_eq!(printing.join(), Ok(()));
        drop(pool);
        assert_eq!(*host.bytes.lock().unwrap(), 40 << 20);
    }
}

fn print_for_ever(_: ()) {
    let block = "z\n".repeat(1 << 14);
    while io::stdout().write_all(block.as_bytes()).is_ok() {}
}

/// A host that takes everything.
struct Void;

impl Host for Void {
    fn write(&self, _: Origin, _: Stream, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_job_that_prints_for_ever_does_not_hold_up_others() {
    for transport in TRANSPORTS {
        let pool = quiet(3, transport).host(Arc::new(Void)).start().unwrap();
        let limit = JobOptions::new().timeout(Duration::from_secs(1));
        let noisy = [0, 1].map(|_| pool.submit_with(print_for_ever, (), limit).unwrap());
        for n in 0..20 {
            let square = pool.submit(square, n).unwrap().join_timeout(PATIENCE);
            assert_eq!(square.unwrap(), Ok(n * n));
        }
        for job in noisy {
            assert!(job.join_timeout(PATIENCE).unwrap().is_err());
        }
    }
}

/// A host whose first writes panic.
struct Fragile(Mutex<u32>);

impl Host for Fragile {
    fn write(&self, _: Origin, _: Stream, _: &[u8]) -> io::Result<()> {
        let mut panics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *panics > 0 {
            *panics -= 1;
            panic!("a host that panics, as the test wants it to");
        }
        Ok(())
    }
}

#[test]
fn a_host_that_panics_loses_lines_and_nothing_else() {
    for transport in TRANSPORTS {
        for mode in [
            process_runner::OutputMode::PerWorker,
            process_runner::OutputMode::PerJob,
        ] {
            let host = Arc::new(Fragile(Mutex::new(3)));
            let pool = quiet(1, transport).output(mode).host(host).start().unwrap();
            for _ in 0..3 {
                let printed = pool.submit(print_much, 1 << 10).unwrap();
                assert_eq!(printed.join_timeout(PATIENCE).unwrap(), Ok(()));
                let printed = pool.submit(print_much, 8 << 10).unwrap();
                assert_eq!(printed.join_timeout(PATIENCE).unwrap(), Ok(()));
            }
        }
    }
}
