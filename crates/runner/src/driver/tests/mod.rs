//! The driver on backends without workers: what is printed, where, in which order, and the exit code.

mod desk;
mod deadly;

use std::io;
use std::num::NonZeroUsize;

use anypool_core::JobError;
use deadly::{Deadly, death};
use desk::{Desk, Paper, map_plan};

use crate::exit::Exit;
use crate::halt::Cause;
use crate::inline::Inline;
use crate::sink::TaskOutput;

const DEADLY: Deadly = Deadly {
    dies: 1,
    error: death,
};

const INLINE: fn() -> Inline = || Inline::named("inline-runner");

#[test]
fn workers_lines_come_before_the_closing_line() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let exit = desk.spawn("worker", &["secs=0"], 2, &INLINE());
    let lines = "Worker 0 시작\nWorker 0 완료\nWorker 1 시작\nWorker 1 완료\n모든 작업 완료\n";
    assert_eq!((exit, desk.out.read().as_str()), (Exit::Success, lines));
    assert_eq!(desk.err.read(), "");
}

#[test]
fn a_worker_can_speak_english() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let _ = desk.spawn("worker", &["secs=0", "lang=en"], 1, &INLINE());
    let lines = "Worker 0 started\nWorker 0 done\nAll tasks done\n";
    assert_eq!(desk.out.read(), lines);
}

#[test]
fn tasks_lines_can_be_dropped() {
    let desk = Desk::new(Paper::endless(), TaskOutput::None);
    let _ = desk.spawn("worker", &["secs=0", "lang=en"], 3, &INLINE());
    assert_eq!(desk.out.read(), "All tasks done\n");
}

#[test]
fn other_tasks_give_a_value_a_line() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let exit = desk.spawn("primes", &["limit=100"], 2, &INLINE());
    assert_eq!(
        (exit, desk.out.read().as_str()),
        (Exit::Success, "25\n25\n")
    );
}

#[test]
fn a_failed_worker_is_named_and_nothing_is_said_to_be_done() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let exit = desk.spawn("panic", &[], 2, &INLINE());
    assert_eq!((exit, desk.out.read().as_str()), (Exit::TasksFailed, ""));
    let told = desk.err.read();
    let (first, second) = told.split_once('\n').unwrap();
    assert!(
        first.starts_with("worker 0 of panic: worker 0 panicked: \"this"),
        "{told}"
    );
    assert!(
        second.starts_with("worker 1 of panic: worker 0 panicked: \"this"),
        "{told}"
    );
}

#[test]
fn results_are_one_list_in_the_order_of_the_inputs() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let exit = desk.map("square", &["1..=3", "9"], &INLINE());
    assert_eq!(
        (exit, desk.out.read().as_str()),
        (Exit::Success, "[1, 4, 9, 81]\n")
    );
}

#[test]
fn a_task_without_parameters_maps_over_anything() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let exit = desk.map("noop", &["a", "b"], &INLINE());
    assert_eq!(
        (exit, desk.out.read().as_str()),
        (Exit::Success, "[0, 0]\n")
    );
}

#[test]
fn so_many_inputs_travel_together_as_were_asked_for() {
    let mut plan = map_plan("noop", &["1"]);
    assert_eq!(plan.options().chunk, None);
    plan.batch = "7".parse().unwrap();
    assert_eq!(plan.options().chunk, NonZeroUsize::new(7));
}

#[test]
fn a_dead_worker_leaves_null_and_a_line_that_says_why() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let exit = desk.map("square", &["16..=18"], &DEADLY);
    assert_eq!(
        (exit, desk.out.read().as_str()),
        (Exit::TasksFailed, "[256, null, 324]\n")
    );
    let line = "square(17): worker 4242 died of SIGKILL after it had started\n";
    assert_eq!(desk.err.read(), line);
}

#[test]
fn a_pool_that_fails_is_no_failure_of_the_tasks() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let failing = Deadly {
        dies: 1,
        error: || JobError::PoolFailed {
            reason: "the fork server is gone".to_owned(),
        },
    };
    assert_eq!(desk.map("square", &["16..=18"], &failing), Exit::Internal);
    // A list without the results that are missing would be taken for all of them.
    assert_eq!(
        (desk.out.read(), desk.err.read()),
        (String::new(), String::new())
    );
}

#[test]
fn a_worker_that_cannot_start_stops_the_others() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    let exit = desk.spawn("noop", &[], 2, &DEADLY);
    assert_eq!((exit, desk.out.read().as_str()), (Exit::Internal, ""));
}

#[test]
fn a_reader_that_goes_ends_the_run_without_a_message() {
    let out = Paper::with_room("Worker 0 started\n".len(), io::ErrorKind::BrokenPipe);
    let desk = Desk::new(out, TaskOutput::Line);
    let exit = desk.spawn("worker", &["secs=0", "lang=en"], 5, &INLINE());
    assert_eq!(
        (exit, desk.out.read().as_str()),
        (Exit::ReaderGone, "Worker 0 started\n")
    );
    assert_eq!(desk.halt.cause(), Some(Cause::ReaderGone));
    assert_eq!(desk.err.read(), "");
}

#[test]
fn a_full_disk_is_an_output_failure() {
    let out = Paper::with_room(3, io::ErrorKind::StorageFull);
    let desk = Desk::new(out, TaskOutput::Line);
    assert_eq!(desk.map("square", &["1..=9"], &INLINE()), Exit::Output);
    assert_eq!(desk.out.read(), "");
}

#[test]
fn a_stopped_run_prints_no_part_of_its_list() {
    let desk = Desk::new(Paper::endless(), TaskOutput::Line);
    desk.halt.request(Cause::Interrupted, || ());
    assert_eq!(desk.map("square", &["1..=9"], &INLINE()), Exit::Interrupted);
    assert_eq!(
        (desk.out.read(), desk.err.read()),
        (String::new(), String::new())
    );
}
