//! What viewers of timelines read of a run.

use super::super::moment::Tally;
use super::*;
use crate::event::samples::samples;
use crate::event::{Stamped, TaskKey, Verdict};

fn hear(trace: &Trace, t: u64, event: Event) {
    let stamped = Stamped { t, event };
    let tally = Tally::default();
    trace.hear(&Moment { stamped, tally });
}

fn read(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let whole: Value = serde_json::from_str(&text).unwrap();
    whole["traceEvents"].as_array().unwrap().clone()
}

#[test]
fn the_file_is_whole_after_every_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    let trace = Trace::create(&path, &Halt::new(|_| ())).unwrap();
    assert_eq!(read(&path).len(), 0);
    let mut before = 0;
    for Stamped { t, event } in samples() {
        let adds = matches!(
            event,
            Event::RunStarted(_) | Event::TaskRetry(_) | Event::RunStopping(_)
        );
        hear(&trace, t, event);
        let now = read(&path).len();
        assert_eq!(now > before, adds, "{t}");
        before = now;
    }
}

#[test]
fn a_try_is_a_bar_in_the_lane_of_its_worker() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    let trace = Trace::create(&path, &Halt::new(|_| ())).unwrap();
    for Stamped { event, .. } in samples() {
        if let Event::TaskStarted(mut started) = event {
            started.worker = 1;
            hear(&trace, 2_500, Event::TaskStarted(started));
        }
    }
    let key = TaskKey::builder("call").finish();
    let finished = TaskFinished::new("thumbs[a.png]".into(), key, 7, Verdict::Crashed);
    hear(&trace, 5_000, Event::TaskFinished(Box::new(finished)));
    let events = read(&path);
    let lane = events.iter().find(|event| event["name"] == "thread_name");
    assert_eq!(lane.unwrap()["args"]["name"], "worker 1");
    let mut bars = events.iter().filter(|event| event["ph"] == "X");
    let bar = bars.next().unwrap();
    assert_eq!(
        (&bar["ph"], &bar["tid"], &bar["name"]),
        (&json!("X"), &json!(1), &json!("thumbs[a.png]"))
    );
    assert_eq!((&bar["ts"], &bar["dur"]), (&json!(2.5), &json!(2.5)));
    assert_eq!(
        (&bar["cname"], &bar["args"]["outcome"]),
        (&json!("bad"), &json!("crashed"))
    );
}

#[test]
fn a_log_that_claims_more_workers_than_there_could_be_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    let trace = Trace::create(&path, &Halt::new(|_| ())).unwrap();
    let Event::RunStarted(mut started) = samples().swap_remove(0).event else {
        panic!("it begins with the run");
    };
    for workers in [0, 2, u64::MAX] {
        started.workers = workers;
        hear(&trace, 1, Event::RunStarted(started.clone()));
    }
    let events = read(&path);
    let lanes = |run: u64| {
        let of_run = events.iter().filter(|event| event["pid"] == run);
        of_run
            .filter(|event| event["name"] == "thread_name")
            .count() as u64
    };
    assert_eq!([lanes(1), lanes(2), lanes(3)], [1, 2, LANES]);
}
