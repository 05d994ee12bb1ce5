//! What is printed of values, and in which order.

use std::io::{self, Write};

use super::super::moment::Tally;
use super::*;
use crate::event::{Stamped, TaskKey};
use crate::halt::Halt;
use crate::sink::TaskOutput;

/// A stream that is read back.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn read(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Told {
    results: Results,
    out: Paper,
    err: Paper,
}

fn results(values: Values) -> Told {
    let (out, err) = (Paper::default(), Paper::default());
    let halt = Halt::new(|exit| panic!("left with {exit:?}"));
    let (to_out, to_err) = (Box::new(out.clone()), Box::new(err.clone()));
    let sink = Arc::new(Sink::new(to_out, to_err, TaskOutput::Line, halt));
    let settings = Settings {
        failures: true,
        ..Settings::of_calls(values, false)
    };
    let results = Results::new(sink, &settings);
    Told { results, out, err }
}

impl Told {
    fn act(&self, event: Event) {
        let stamped = Stamped { t: 0, event };
        let tally = Tally::default();
        self.results.act(&Moment { stamped, tally });
    }

    fn end(&self, index: u64, outcome: Verdict) {
        let key = TaskKey::builder("call").finish();
        let name = format!("square[{index}]");
        let mut finished = TaskFinished::new(name.into(), key, index, outcome);
        finished.attempt = 1;
        match outcome {
            Verdict::Ok => finished.value = Some((index * index).to_string()),
            _ => finished.message = Some("it is odd".to_owned()),
        }
        self.act(Event::TaskFinished(Box::new(finished)));
    }

    fn end_all(&self, indices: &[u64]) {
        indices.iter().for_each(|index| self.end(*index, OK));
    }

    fn over(&self, exit: Exit) {
        let exit = exit.code();
        let finished = RunFinished {
            exit,
            ..RunFinished::default()
        };
        self.act(Event::RunFinished(Box::new(finished)));
    }
}

const OK: Verdict = Verdict::Ok;

#[test]
fn a_list_is_in_the_order_of_inputs_and_each_round_has_one() {
    let told = results(Values::List { of: 3 });
    told.end_all(&[2, 0, 4]);
    assert_eq!(told.out.read(), "");
    told.end(1, Verdict::Failed);
    assert_eq!(told.out.read(), "[0, null, 4]\n");
    told.end_all(&[5, 3]);
    told.over(Exit::TasksFailed);
    assert_eq!(told.out.read(), "[0, null, 4]\n[9, 16, 25]\n");
    assert_eq!(told.err.read(), "square(1): it is odd\n");
}

#[test]
fn what_was_not_run_is_null_and_a_run_that_was_stopped_prints_no_list() {
    for (exit, list) in [
        (Exit::TasksFailed, "[null, null, 4, null]\n"),
        (Exit::RunTimedOut, "[null, null, 4, null]\n"),
        (Exit::Interrupted, ""),
        (Exit::ReaderGone, ""),
    ] {
        let told = results(Values::List { of: 4 });
        told.end(2, OK);
        for index in [0, 1, 3, 4, 5] {
            told.end(index, Verdict::Cancelled);
        }
        told.over(exit);
        assert_eq!(told.out.read(), list, "{exit:?}");
    }
    let told = results(Values::List { of: 2 });
    told.end_all(&[0, 1, 3]);
    told.over(Exit::TasksFailed);
    assert_eq!(told.out.read(), "[0, 1]\n[null, 9]\n");
    let told = results(Values::List { of: 2 });
    told.over(Exit::TasksFailed);
    assert_eq!(told.out.read(), "[null, null]\n");
}

#[test]
fn workers_give_a_line_each_or_one_together() {
    let lines = |closing| Values::Lines {
        name: "square",
        count: 2,
        closing,
    };
    let told = results(lines(None));
    told.end_all(&[1, 0, 2]);
    told.end(3, Verdict::Panicked);
    told.over(Exit::TasksFailed);
    assert_eq!(told.out.read(), "0\n1\n4\n");
    assert_eq!(told.err.read(), "worker 1 of square: panicked: it is odd\n");
    for (exit, closing) in [(Exit::Success, "done\n"), (Exit::TasksFailed, "")] {
        let told = results(lines(Some("done")));
        told.end_all(&[1, 0]);
        told.over(exit);
        assert_eq!(told.out.read(), closing);
    }
}
