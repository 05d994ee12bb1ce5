//! Runs of the shell, as the comparison runs arms.

use std::path::PathBuf;

use super::*;
use crate::ballast::Ballast;

fn shell(script: &str, limit: Duration) -> Result<Finished, RunError> {
    let arguments = vec!["-c".to_owned(), script.to_owned()];
    runner(limit).run(&CommandLine {
        program: PathBuf::from("/bin/sh"),
        arguments,
        ballast: None,
    })
}

fn runner(limit: Duration) -> ChildRun {
    let stop = Arc::default();
    ChildRun {
        limit,
        stop,
        adopts: false,
    }
}

#[test]
fn a_run_gives_its_output_and_its_time() {
    let sample = shell("echo one; echo two >&2", Duration::from_secs(20)).unwrap();
    assert_eq!(sample.stdout, "one\n");
    assert!(sample.wall > Duration::ZERO);
}

#[test]
fn no_config_file_of_the_user_sets_flags_of_a_run() {
    let sample = shell("echo $RUNNER_CONFIG", Duration::from_secs(20)).unwrap();
    assert_eq!(sample.stdout, "/dev/null\n");
}

#[test]
fn a_run_tells_what_it_used_and_its_moments() {
    // A shell cannot read the clock, so it tells moments that cannot be, and they are not believed.
    let script = "echo ready 1 >>$ANYPOOL_MOMENTS; echo done 2 >>$ANYPOOL_MOMENTS; \
                  i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done";
    let sample = shell(script, Duration::from_secs(20)).unwrap();
    assert_eq!(sample.phases, None);
    let usage = sample.usage.unwrap();
    assert!(usage.user + usage.sys > Duration::ZERO);
}

/// A run that is to have so much beside its work, and says this.
fn with_ballast(mib: u64, script: &str) -> Result<Finished, RunError> {
    runner(Duration::from_secs(20)).run(&CommandLine {
        program: PathBuf::from("/bin/sh"),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        ballast: Some(Ballast {
            mib,
            is_inherited: true,
        }),
    })
}

#[test]
fn a_run_is_told_what_to_have_in_memory_and_has_to_say_that_it_does() {
    let says =
        |bytes: u64| format!("echo resident {bytes} >>$ANYPOOL_MOMENTS; echo $ANYPOOL_BALLAST");
    let run = with_ballast(64, &says(65 << 20)).unwrap();
    assert_eq!(
        (run.stdout.as_str(), run.resident),
        ("early:64\n", Some(65 << 20))
    );
    let less = with_ballast(64, &says(63 << 20)).unwrap_err().to_string();
    assert!(
        less.starts_with("was to have 64 MiB in memory beside its work when its time began, and had 63 MiB in all"),
        "{less}"
    );
    let mute = with_ballast(0, "true").unwrap_err().to_string();
    assert!(mute.contains("does not say what it had"), "{mute}");
    // Nobody asks other runs for anything, whatever the environment says.
    let other = shell("echo ${ANYPOOL_BALLAST-none}", Duration::from_secs(20));
    assert_eq!(other.unwrap().stdout, "none\n");
}

#[test]
fn the_memory_of_all_processes_of_a_run_is_seen() {
    let arguments = ["-c", "sleep 0.3 & sleep 0.3; wait"];
    let command = CommandLine {
        program: PathBuf::from("/bin/sh"),
        arguments: arguments.map(str::to_owned).to_vec(),
        ballast: None,
    };
    let mut runner = runner(Duration::from_secs(20));
    let (_, weight) = runner.weigh(&command).unwrap();
    assert!(weight.processes >= 2, "{weight:?}");
    assert!(weight.pss > 0 && weight.rss > weight.pss, "{weight:?}");
}

#[test]
fn a_failed_run_says_how_and_what_it_said() {
    let error = shell("echo broken >&2; exit 3", Duration::from_secs(20)).unwrap_err();
    assert_eq!(error.to_string(), "ended with exit status: 3\n  | broken");
}

#[test]
fn a_run_that_hangs_is_killed_with_its_group() {
    // The shell says which process it started; that one must be gone, too.
    let script = "sleep 60 & echo $! >&2; wait";
    let error = shell(script, Duration::from_secs(1)).unwrap_err();
    let RunError::Hung { stderr, .. } = error else {
        panic!("not a hang: {error}");
    };
    assert!(stderr.parse::<u32>().is_ok(), "no process id: {stderr}");
    let deadline = Instant::now() + Duration::from_secs(10);
    while is_alive(&stderr) {
        assert!(Instant::now() < deadline, "{stderr} outlived its group");
        std::thread::yield_now();
    }
}

#[test]
fn a_stop_kills_what_runs() {
    let mut runner = runner(Duration::from_secs(3600));
    let stop = Arc::clone(&runner.stop);
    // The run says where it is by making the file, and only then the stop comes.
    let folder = tempfile::tempdir().unwrap();
    let running = folder.path().join("running");
    let command = CommandLine {
        program: PathBuf::from("/bin/sh"),
        arguments: vec![
            "-c".to_owned(),
            format!(
                "echo $$ > {0}.new; mv {0}.new {0}; exec sleep 3600",
                running.display()
            ),
        ],
        ballast: None,
    };
    let (error, pid) = std::thread::scope(|scope| {
        let stopper = scope.spawn(|| {
            while !running.exists() {
                std::thread::yield_now();
            }
            stop.store(15, Ordering::Relaxed);
            std::fs::read_to_string(&running).unwrap()
        });
        let error = runner.run(&command).unwrap_err();
        (error, stopper.join().unwrap())
    });
    assert!(!is_alive(pid.trim()), "{pid} was not stopped");
    assert!(matches!(error, RunError::Stopped { signal: 15 }), "{error}");
    let again = runner.run(&command).unwrap_err();
    assert!(matches!(again, RunError::Stopped { signal: 15 }), "{again}");
}

/// A process that nobody waited for yet is dead all the same.
fn is_alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

#[test]
fn a_program_that_is_not_there_is_not_run() {
    let command = CommandLine {
        program: PathBuf::from("/no/such/program"),
        arguments: Vec::new(),
        ballast: None,
    };
    let error = runner(Duration::from_secs(1)).run(&command).unwrap_err();
    assert!(matches!(error, RunError::NotRun(_)), "{error}");
}
