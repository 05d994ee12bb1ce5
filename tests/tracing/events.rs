//! What happens in a pool is told to the subscriber under which it was started.

use anypool_core::Executor as _;
use tracing::Level;
use tracing::level_filters::LevelFilter;

use crate::recorder::Recorder;
use crate::scene::{Recording, WAYS, abort, builder};

#[test]
fn deaths_are_warnings_and_the_usual_is_for_those_who_debug() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::DEBUG));
        let pool = builder(way).0.start().unwrap();
        let pid = pool.stats().pids[&0].to_string();
        let aborted = pool.submit(abort, ()).unwrap();
        let number = aborted.id().0.to_string();
        assert!(aborted.join().is_err());
        assert_eq!(pool.submit(|n: u64| n, 3).unwrap().join(), Ok(3));
        drop(pool);
        let events = recording.recorder.logged("anypool");
        let told: Vec<_> = events
            .iter()
            .map(|event| (event.level, event.fields["message"].as_str()))
            .collect();
        let death = format!("worker 0 (process {pid}) ended: died of SIGABRT");
        let next = events[3].fields["pid"].clone();
        let end = format!("worker 0 (process {next}) ended: the pool stopped");
        let expected = [
            (Level::DEBUG, "worker started"),
            (Level::DEBUG, "worker ready"),
            (Level::WARN, death.as_str()),
            (Level::DEBUG, "worker started"),
            (Level::DEBUG, "worker ready"),
            (Level::INFO, "the pool stops"),
            (Level::DEBUG, end.as_str()),
            (Level::DEBUG, "the pool has ended"),
        ];
        assert_eq!(told, expected);
        assert_eq!(events[2].fields["job"], number);
        assert_eq!(events[3].fields["replaces"], pid);
    }
}
