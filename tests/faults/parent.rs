//! The death of the program itself, at every step of what its supervisor does: nothing that it started
//! survives, whatever the workers are doing.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anypool_core::Executor as _;
use anypool_tests::{Gate, LONG};
use process_runner::Transport;
use process_runner::fault::{Action, Point, Times, arm, arm_for};

use crate::again::{again, case_of};
use crate::journal::Journal;
use crate::stage::{TRANSPORTS, play, play_many, quiet};
use crate::trial::echo;

/// A way for the program to die, and how others see it.
type Death = (Action, fn(ExitStatus) -> bool);

const DEATHS: [Death; 3] = [
    (Action::Kill, |status| status.signal() == Some(9)),
    (Action::Abort, |status| status.signal() == Some(6)),
    (Action::Exit(9), |status| status.code() == Some(9)),
];

/// Where it dies, after how many have passed, and where a worker is held meanwhile.
type Step = (Point, u64, Option<Point>);

const STEPS: [Step; 11] = [
    (Point::ParentPreparing, 1, None),
    (Point::ParentOrdering, 1, None),
    (Point::ParentOrdered, 1, None),
    // The first worker is in the middle of the fork, or of its start.
    (Point::ParentOrdered, 1, Some(Point::WorkerForked)),
    (Point::ParentOrdered, 1, Some(Point::WorkerBeforeHello)),
    (Point::ParentSending, 0, None),
    (Point::ParentSending, 0, Some(Point::WorkerReading)),
    (Point::ParentRead, 3, None),
    (Point::ParentRead, 3, Some(Point::WorkerClaimed)),
    (Point::ParentRead, 3, Some(Point::WorkerWriting)),
    (Point::ParentSettled, 3, None),
];

/// A task with a child, which is in the worker's process group.
fn wait_with_child(_: ()) {
    let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
    let _ = child.wait();
}

/// Uses a pool until the armed step is reached, and longer: the program dies of it.
fn be_killed(action: Action, (point, skip, held): Step, transport: Transport) {
    if let Some(held) = held {
        arm(held, Action::Hold);
    }
    arm_for(point, action, Times { skip, count: 1 });
    let (gate, journal) = (Gate::new(), Journal::new());
    let pool = quiet(4, transport).start().unwrap();
    let busy = pool.submit(wait_with_child, ()).unwrap();
    let waiting = pool.submit(anypool_tests::Pass::enter, gate.pass(0));
    let text = |job: usize| "t".repeat(if job % 2 == 1 { 1 << 20 } else { 10 });
    let submit = |job| pool.submit(echo, ((journal.pen(), job), text(job)));
    let others: Vec<_> = (0..20).map(|job| submit(job).unwrap()).collect();
    std::thread::sleep(LONG);
    drop((busy, waiting, others));
}

#[test]
fn the_programs_death_at_any_step_leaves_nothing_behind() {
    let test = "parent::the_programs_death_at_any_step_leaves_nothing_behind";
    let mut cases = Vec::new();
    for step in STEPS {
        for death in DEATHS {
            cases.extend(TRANSPORTS.map(|transport| (step, death, transport)));
        }
    }
    if let Some(case) = case_of(test) {
        let (step, (action, _), transport) = cases[case];
        return play("parent::case", move || be_killed(action, step, transport));
    }
    play_many("parent::cases", move || {
        for (case, (step, (action, is_it), transport)) in cases.into_iter().enumerate() {
            println!("{step:?} {action:?} {transport}");
            let ending = again(test, case);
            assert!(is_it(ending.status), "{ending:?}");
        }
    });
}

/// A descendant that nobody kills is noticed: the other tests here could not fail otherwise.
#[test]
fn what_is_left_of_a_program_is_noticed() {
    let test = "parent::what_is_left_of_a_program_is_noticed";
    if case_of(test).is_some() {
        // The shell does not wait for it.
        let mut shell = Command::new("sh");
        shell.args(["-c", "setsid sleep 0.3 &"]).status().unwrap();
        return;
    }
    play("parent::case", move || {
        let ending = again(test, 0);
        assert!(ending.left_for > Duration::from_millis(50), "{ending:?}");
    });
}
