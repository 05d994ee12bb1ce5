//! Checksums of files, or of the lines on standard input, on an executor of this program's own.
//!
//! Whoever has a way to run jobs (here two plain threads and a queue) implements [`RawExecutor`] and
//! gets typed submission, handles, waiting and lazy maps with it.
//!
//! ```console
//! $ seq 1000000 | cargo run --example spool | tail -1
//! 054e0152        7  line 1000000
//! ```

use std::collections::VecDeque;
use std::io::{self, BufRead, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anypool_core::{
    Context, Executor as _, ExecutorId, Outcome, Patience, RawExecutor, Refused, StandardStreams,
    StopSignal, SubmitError, WaitUntil, Work, WorkerId, wait,
};

/// What a task of this program gives: Adler-32 and length, or why the file could not be read.
type Sum = Result<(u32, usize), String>;

fn sum_of_bytes(bytes: &[u8]) -> (u32, usize) {
    let (mut a, mut b) = (1, 0);
    for &byte in bytes {
        a = (a + u32::from(byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    (b << 16 | a, bytes.len())
}

fn sum_of_line(line: String) -> Sum {
    Ok(sum_of_bytes(&line.into_bytes()))
}

fn sum_of_file(path: String) -> Sum {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Ok(sum_of_bytes(&bytes))
}

/// An executor of two threads that take jobs from one queue.
struct Spool {
    id: ExecutorId,
    belt: Arc<Belt>,
    threads: Vec<thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Belt {
    load: Mutex<Load>,
    changed: Condvar,
}

#[derive(Default)]
struct Load {
    jobs: VecDeque<Work>,
    stopped: bool,
}

impl Belt {
    fn lock(&self) -> MutexGuard<'_, Load> {
        self.load.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job; `None` when the belt has stopped and is empty.
    fn next(&self) -> Option<Work> {
        let idle = |load: &mut Load| load.jobs.is_empty() && !load.stopped;
        let load = self.changed.wait_while(self.lock(), idle);
        load.unwrap_or_else(PoisonError::into_inner)
            .jobs
            .pop_front()
    }

    fn run(&self, worker: WorkerId) {
        let ctx = Context::new(Arc::new(StandardStreams), worker, StopSignal::default());
        while let Some(work) = self.next() {
            // Panics end up in the job's outcome, so this thread lives on.
            work.run(&ctx);
        }
    }
}

impl Spool {
    fn start() -> io::Result<Self> {
        let (id, belt, threads) = (ExecutorId::unique(), Arc::default(), Vec::new());
        // Whole from the start: should the second thread be refused, dropping this ends the first.
        let mut spool = Self { id, belt, threads };
        for number in 0..2 {
            let belt = Arc::clone(&spool.belt);
            let thread = thread::Builder::new().name(format!("spool-{number}"));
            let run = move || belt.run(WorkerId(number));
            spool.threads.push(thread.spawn(run)?);
        }
        Ok(spool)
    }
}

impl RawExecutor for Spool {
    fn id(&self) -> ExecutorId {
        self.id
    }

    fn workers(&self) -> usize {
        self.threads.len()
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        let mut load = self.belt.lock();
        if load.stopped {
            let reason = SubmitError::Shutdown;
            return Err(Refused { reason, work });
        }
        load.jobs.push_back(work);
        self.belt.changed.notify_one();
        Ok(())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.belt.lock().stopped = true;
        self.belt.changed.notify_all();
        for thread in self.threads.drain(..) {
            // A worker catches its jobs' panics; should it have died all the same, so be it.
            let _ = thread.join();
        }
    }
}

/// Writes one line for each file, in the order given.
fn sum_files(pool: &Spool, files: &[String], out: &mut impl Write) -> anyhow::Result<()> {
    let submit = |file: &String| pool.submit(sum_of_file, file.clone());
    let handles = files.iter().map(submit).collect::<Result<Vec<_>, _>>()?;
    for index in wait(&handles, WaitUntil::All, Some(Duration::from_secs(1))).pending {
        eprintln!("spool: still reading {}", files[index]);
    }
    for (file, handle) in files.iter().zip(handles) {
        write_sum(out, file, handle.join())?;
    }
    Ok(())
}

/// Writes one line for each line; reads on only as outcomes are taken, so the input may be endless.
fn sum_lines(pool: &Spool, input: impl BufRead, out: &mut impl Write) -> anyhow::Result<()> {
    let lines = input.lines().map_while(Result::ok);
    for (number, outcome) in (1..).zip(pool.map(sum_of_line, lines)) {
        write_sum(out, &format!("line {number}"), outcome)?;
    }
    Ok(())
}

fn write_sum(out: &mut impl Write, name: &str, outcome: Outcome<Sum>) -> io::Result<()> {
    match outcome {
        Ok(Ok((sum, len))) => writeln!(out, "{sum:08x} {len:8}  {name}"),
        Ok(Err(error)) => writeln!(out, "-------- --------  {name}: {error}"),
        Err(lost) => writeln!(out, "-------- --------  {name}: the job {lost}"),
    }
}

fn main() -> anyhow::Result<()> {
    let pool = Spool::start()?;
    match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => sum_lines(&pool, io::stdin().lock(), &mut io::stdout().lock()),
        files => sum_files(&pool, files, &mut io::stdout().lock()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anypool_core::JobHandle;

    #[test]
    fn lines_are_summed_in_order() {
        let (pool, mut out) = (Spool::start().unwrap(), Vec::new());
        sum_lines(&pool, &b"Wikipedia\n\n"[..], &mut out).unwrap();
        let lines = "11e60398        9  line 1\n00000001        0  line 2\n";
        assert_eq!(String::from_utf8(out).unwrap(), lines);
    }

    #[test]
    fn a_file_that_cannot_be_read_keeps_its_line() {
        let (pool, mut out) = (Spool::start().unwrap(), Vec::new());
        sum_files(&pool, &["/no/such/file".to_owned()], &mut out).unwrap();
        assert!(out.starts_with(b"-------- --------  /no/such/file: No such file"));
    }

    #[test]
    fn dropping_the_spool_runs_what_was_accepted() {
        let pool = Spool::start().unwrap();
        let submit = |n: u32| pool.submit(sum_of_line, n.to_string());
        let handles: Vec<_> = (0..100).map(|n| submit(n).unwrap()).collect();
        drop(pool);
        assert!(handles.iter().all(JobHandle::is_finished));
    }
}
