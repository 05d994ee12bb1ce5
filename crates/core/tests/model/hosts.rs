//! Output and checkpoints where it gets rough: hosts that panic, jobs inside jobs, unwinding.

use std::io::{self, Write as _};
use std::sync::{Arc, Mutex};

use anypool_core::{
    Context, Executor as _, Host, InlineExecutor, JobError, JobId, Origin, StopSignal, Stream,
    WorkerId, set_quiet,
};

use crate::hand_driven::HandDriven;

/// Panics at every write.
struct Bomb;

impl Host for Bomb {
    fn write(&self, _: Origin, _: Stream, _: &[u8]) -> io::Result<()> {
        panic!("this host explodes")
    }
}

fn write_half_a_line(n: u32, ctx: &Context) -> u32 {
    ctx.out().write_all(b"half").unwrap();
    n + 1
}

#[test]
fn a_host_that_panics_at_the_end_costs_the_output_and_not_the_value() {
    set_quiet(true);
    let pool = InlineExecutor::with_host(Arc::new(Bomb));
    assert_eq!(pool.submit(write_half_a_line, 1).unwrap().join(), Ok(2));
}

/// Keeps who wrote what.
#[derive(Default)]
struct Paper(Mutex<Vec<(JobId, String)>>);

impl Host for Paper {
    fn write(&self, origin: Origin, _: Stream, lines: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(lines).into_owned();
        self.0.lock().unwrap().push((origin.job.unwrap(), text));
        Ok(())
    }
}

/// A worker of a pool that runs what waits there, inside a job, as a join does.
fn run_inside(pool: &HandDriven, ctx: &Context) {
    pool.take().run(ctx);
}

#[test]
fn the_unfinished_line_of_a_job_is_not_mixed_with_the_output_of_one_that_runs_inside_it() {
    let paper = Arc::<Paper>::default();
    let host = Arc::<Paper>::clone(&paper);
    let ctx = Context::new(host, WorkerId(0), StopSignal::default());
    let pool = HandDriven::new();
    let inner = pool.submit(write_half_a_line, 1).unwrap();
    let outer = ctx.enter(JobId(900), 1, None);
    ctx.out().write_all(b"begun, ").unwrap();
    run_inside(&pool, &ctx);
    ctx.out().write_all(b"done\n").unwrap();
    ctx.leave(&outer);
    let expected = [
        (inner.id(), "half".to_owned()),
        (JobId(900), "begun, done\n".to_owned()),
    ];
    assert_eq!(*paper.0.lock().unwrap(), expected);
    assert_eq!(inner.join(), Ok(2));
}

fn check_until_stopped((): (), ctx: &Context) {
    struct Tidy<'c>(&'c Context);
    impl Drop for Tidy<'_> {
        fn drop(&mut self) {
            self.0.checkpoint();
        }
    }
    let _tidy = Tidy(ctx);
    ctx.checkpoint();
}

#[test]
fn a_checkpoint_in_a_destructor_of_a_task_that_stops_lets_it_go_on_unwinding() {
    let stop = StopSignal::default();
    stop.stop_all();
    let ctx = Context::new(Arc::new(Bomb), WorkerId(0), stop);
    let pool = HandDriven::new();
    let handle = pool.submit(check_until_stopped, ()).unwrap();
    run_inside(&pool, &ctx);
    assert_eq!(handle.join(), Err(JobError::Cancelled));
}
