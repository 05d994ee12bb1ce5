//! What people read of each event.

use super::*;
use crate::event::samples::samples;
use crate::event::{Counts, Stamped, TaskKey};

fn grid(level: StatusLevel) -> Grid {
    Grid {
        level,
        has_colours: false,
    }
}

fn tally() -> Tally {
    let counts = Counts {
        ok: 9,
        ..Counts::default()
    };
    let total = Some(27);
    Tally {
        total,
        counts,
        ..Tally::default()
    }
}

fn moment(event: Event) -> Moment {
    let stamped = Stamped { t: 0, event };
    let tally = tally();
    Moment { stamped, tally }
}

fn finished(outcome: Verdict, change: impl FnOnce(&mut TaskFinished)) -> Option<String> {
    let key = TaskKey::builder("call").finish();
    let mut finished = TaskFinished::new("spin".into(), key, 7, outcome);
    finished.attempt = 1;
    finished.run = 1_001_400_200;
    change(&mut finished);
    let event = Event::TaskFinished(Box::new(finished));
    grid(StatusLevel::All).line(&moment(event))
}

#[test]
fn each_end_has_its_line() {
    let line = |outcome, change: fn(&mut TaskFinished)| finished(outcome, change).unwrap();
    assert_eq!(
        line(Verdict::Ok, |spin| spin.value = Some("9".to_owned())),
        "        OK [   1.001s] ( 9/27) spin  → 9"
    );
    assert_eq!(
        line(Verdict::Ok, |spin| spin.attempt = 2),
        "     FLAKY [   1.001s] ( 9/27) spin  ok on try 2"
    );
    assert_eq!(
        line(Verdict::Failed, |spin| {
            spin.attempt = 3;
            spin.message = Some("exit 1\u{1b}[2J".to_owned());
        }),
        "    FAILED [   1.001s] ( 9/27) spin  exit 1\\u{1b}[2J  (tried 3 times)"
    );
    assert_eq!(
        line(Verdict::Panicked, |spin| {
            spin.message = Some("\"boom\"".to_owned());
            spin.location = Some("src/a.rs:1".to_owned());
        }),
        "     PANIC [   1.001s] ( 9/27) spin  \"boom\"  src/a.rs:1"
    );
    assert_eq!(
        line(Verdict::Panicked, |spin| spin.expected =
            Some(Verdict::Panicked)),
        "        OK [   1.001s] ( 9/27) spin  panicked, as expected"
    );
    assert_eq!(
        line(Verdict::Ok, |spin| spin.expected = Some(Verdict::Panicked)),
        "    FAILED [   1.001s] ( 9/27) spin  ok, and was to be panicked"
    );
    assert_eq!(
        line(Verdict::Skipped, |spin| spin.attempt = 0),
        "   SKIPPED [         ] ( 9/27) spin"
    );
}

#[test]
fn what_happens_before_the_end_has_its_line() {
    let all = grid(StatusLevel::All);
    let lines = samples()
        .into_iter()
        .filter_map(|sample| all.line(&moment(sample.event)));
    let lines: Vec<_> = lines.collect();
    assert_eq!(
        lines,
        [
            "      SLOW [>  0.000s]         thumbs[a.png]",
            "  STOPPING [>  0.000s]         thumbs[a.png]  timeout; has 6ns to end",
            " RETRY 1/2 [   0.000s]         thumbs[a.png]  exit 1, next try now",
            "   CRASHED [18446744073.710s] ( 9/27) thumbs[a.png]  crashed, and was to be ok  → 9  died of SIGSEGV  \
             src/a.rs:1  (tried 2 times)",
            "enough have failed (--max-fail); stopping the 2 that run",
        ]
    );
}

#[test]
fn a_level_includes_those_before_it_and_nothing_else() {
    let count = |level| {
        let ok = finished(Verdict::Ok, |_| ()).map(|_| StatusLevel::Ok);
        let lines = samples()
            .into_iter()
            .filter_map(|sample| grid(level).line(&moment(sample.event)));
        lines.count() + usize::from(ok.is_some_and(|least| least <= level))
    };
    let levels = [
        StatusLevel::None,
        StatusLevel::Fail,
        StatusLevel::Slow,
        StatusLevel::Ok,
        StatusLevel::All,
    ];
    assert_eq!(levels.map(count), [0, 2, 4, 5, 6]);
}

#[test]
fn a_colour_comes_around_the_label_alone() {
    let colourful = Grid {
        level: StatusLevel::All,
        has_colours: true,
    };
    let line = colourful.own("Summary", "all of it");
    assert!(line.starts_with("\u{1b}["), "{line:?}");
    assert!(line.ends_with("\u{1b}[0m all of it"), "{line:?}");
}
