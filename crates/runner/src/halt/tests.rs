//! How a run is stopped, suspended and left.

use super::*;

struct Probe(Mutex<mpsc::Sender<&'static str>>);

impl Target for Probe {
    fn stop_now(&self) {
        self.0.lock().unwrap().send("stop").unwrap();
    }

    fn suspend(&self) {
        self.0.lock().unwrap().send("suspend").unwrap();
    }

    fn resume(&self) {
        self.0.lock().unwrap().send("resume").unwrap();
    }
}

fn stays(_: Exit) {
    panic!("the process must not be left");
}

#[test]
fn the_first_cause_wins_and_stops_what_runs() {
    let halt = Halt::new(stays);
    let (sender, stopped) = mpsc::channel();
    halt.set_target(Arc::new(Probe(Mutex::new(sender))));
    halt.guard(Duration::from_secs(60)).unwrap();
    assert!(halt.request(Cause::ReaderGone, || ()));
    assert!(!halt.request(Cause::Interrupted, || panic!("it was told already")));
    let done = stopped.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(done, "stop");
    assert_eq!(halt.cause(), Some(Cause::ReaderGone));
    halt.finish();
}

#[test]
fn what_runs_is_suspended_before_a_pause_and_goes_on_after_it() {
    let halt = Halt::new(stays);
    halt.suspend_while(|| ());
    let (sender, done) = mpsc::channel();
    halt.set_target(Arc::new(Probe(Mutex::new(sender.clone()))));
    halt.suspend_while(|| sender.send("pause").unwrap());
    let done: Vec<_> = done.try_iter().collect();
    assert_eq!(done, ["suspend", "pause", "resume"]);
}

#[test]
fn a_run_that_does_not_wind_up_is_left() {
    static LEFT: Mutex<Option<Exit>> = Mutex::new(None);
    static CHANGED: Condvar = Condvar::new();
    let halt = Halt::new(|exit| {
        *LEFT.lock().unwrap() = Some(exit);
        CHANGED.notify_all();
    });
    let (sender, _stopped) = mpsc::channel();
    halt.set_target(Arc::new(Probe(Mutex::new(sender))));
    halt.guard(Duration::ZERO).unwrap();
    halt.request(Cause::Terminated, || ());
    let left = LEFT.lock().unwrap();
    let patience = Duration::from_secs(60);
    let (left, _) = CHANGED
        .wait_timeout_while(left, patience, |left| left.is_none())
        .unwrap();
    assert_eq!(*left, Some(Exit::Terminated));
}

#[test]
fn the_will_of_a_run_that_is_left_is_carried_out_once_and_waited_for_a_moment() {
    static WRITTEN: Mutex<u32> = Mutex::new(0);
    let halt = Halt::new(|_| ());
    halt.set_will(|| *WRITTEN.lock().unwrap() += 1);
    halt.request(Cause::Interrupted, || ());
    assert_eq!(*WRITTEN.lock().unwrap(), 0);
    halt.leave();
    assert_eq!(*WRITTEN.lock().unwrap(), 1);
    // One that cannot be carried out keeps nobody.
    let (keeper, kept) = mpsc::channel::<()>();
    let kept = Mutex::new(kept);
    halt.set_will(move || {
        let _ = kept.lock().unwrap().recv();
    });
    halt.leave();
    drop(keeper);
}

#[test]
fn the_time_in_which_what_runs_was_suspended_is_known() {
    let halt = Halt::new(|_| ());
    assert_eq!(halt.held(), Duration::ZERO);
    let pause = Duration::from_millis(20);
    let began = Instant::now();
    for _ in 0..2 {
        let since = Instant::now();
        halt.suspend_while(|| {
            while since.elapsed() < pause {
                thread::yield_now();
            }
            assert!(halt.held() >= pause, "{:?}", halt.held());
        });
    }
    assert!(
        (2 * pause..=began.elapsed()).contains(&halt.held()),
        "{:?}",
        halt.held()
    );
}
