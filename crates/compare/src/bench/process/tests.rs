//! Shell scripts as arms.

use super::*;

/// A stage whose program is a shell script; arms and rows are its arguments.
fn enter(script: &str, arm: &str) -> Result<Box<dyn Contender>, Absence> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arm.sh");
    std::fs::write(&path, script).unwrap();
    let mut stage = Processes {
        program: PathBuf::from("/no/such/program"),
        python: Some((PathBuf::from("/bin/sh"), path)),
        limit: Duration::from_secs(60),
        stop: Arc::default(),
    };
    let entered = stage.enter(arm, "row", Mode::Pinned);
    // The shell has read its script when it has said something.
    drop(folder);
    entered
}

const REQUEST: Request = Request {
    budget: Duration::from_millis(40),
    scale: 0.5,
    at: None,
};

#[test]
fn an_arm_is_told_its_row_and_answers_every_request() {
    let script = "echo ready; while read line; do echo ok n=$# ms=${line#round ms=40 scale=}; done";
    let mut arm = enter(script, "py-echo").unwrap();
    for _ in 0..2 {
        arm.ask(REQUEST).unwrap();
        let numbers = [("ms".to_owned(), 0.5), ("n".to_owned(), 3.0)];
        assert_eq!(arm.answer(), Ok(Reading::from(numbers)));
    }
}

#[test]
fn an_arm_that_does_not_take_part_says_why() {
    let absent = enter("echo skip no such row", "py").err();
    assert_eq!(absent, Some(Absence::Skipped("no such row".to_owned())));
}

#[test]
fn a_lost_arm_leaves_its_last_words() {
    let mut arm = enter("echo ready; read line; echo broken >&2", "py").unwrap();
    arm.ask(REQUEST).unwrap();
    let absent = arm.answer().unwrap_err().to_string();
    assert_eq!(absent, "failed: it ended: broken");
}

#[test]
fn a_failed_round_says_why() {
    let mut arm = enter("echo ready; read line; echo fail of rain; read line", "py").unwrap();
    arm.ask(REQUEST).unwrap();
    assert_eq!(arm.answer(), Err(Absence::Failed("of rain".to_owned())));
}

#[test]
fn without_a_program_there_is_no_arm() {
    let absent = enter("", "pool-pipe").err();
    assert!(matches!(absent, Some(Absence::Failed(_))), "{absent:?}");
    let mut stage = Processes {
        program: PathBuf::new(),
        python: None,
        limit: Duration::ZERO,
        stop: Arc::default(),
    };
    let absent = stage.enter("py-pool", "row", Mode::Free).err();
    assert!(matches!(absent, Some(Absence::Skipped(_))), "{absent:?}");
}

#[test]
fn what_is_no_number_is_refused() {
    for line in ["ok rate=fast", "ok rate=NaN", "ok rate", "rate=1", ""] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn a_stop_ends_the_wait() {
    let mut stage = Processes {
        program: PathBuf::from("/bin/cat"),
        python: None,
        limit: Duration::from_secs(3600),
        stop: Arc::new(AtomicUsize::new(15)),
    };
    // It never says a word: `cat` finds no file of the arm's name and would read the other one for ever.
    let absent = stage.enter("-", "-", Mode::Free).err();
    assert_eq!(absent, Some(Absence::Stopped(15)));
}
