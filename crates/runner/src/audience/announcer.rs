//! The announcer: stamps each event, and tells all who listen.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::console::Console;
use super::dump::dump;
use super::frame::Frame;
use super::grid::Grid;
use super::journal::Journal;
use super::junit::Junit;
use super::keys::Keys;
use super::listener::Listener;
use super::moment::{Moment, Tally};
use super::progress::ticker::{Form, Ticker};
use super::results::Results;
use super::roster::Roster;
use super::settings::{Progress, Settings, Values};
use super::trace::Trace;
use crate::engine::ear::Ear;
use crate::event::{Event, Stamped};
use crate::exit::Exit;
use crate::halt::{Cause, Halt};
use crate::keyboard;
use crate::report::Report;
use crate::sink::Sink;

/// Tells all who listen what happens, each event once, in one order and with one time.
pub(crate) struct Announcer {
    order: Mutex<Order>,
    listeners: Vec<Box<dyn Listener>>,
    halt: Arc<Halt>,
}

/// What has its turn with each event.
struct Order {
    began: Instant,
    tally: Tally,
}

impl Announcer {
    /// An announcer for those whom `settings` ask for.
    ///
    /// # Errors
    ///
    /// A file cannot be opened for writing.
    pub(crate) fn open(
        settings: &Settings,
        sink: &Arc<Sink>,
        halt: &Arc<Halt>,
    ) -> Result<Self, Report> {
        let roster = Arc::<Roster>::default();
        let began = Instant::now();
        let mut listeners: Vec<Box<dyn Listener>> = vec![Box::new(Arc::clone(&roster))];
        // What is in the log comes first: nobody has been told of what is lost with a runner that is killed.
        if let Some(path) = &settings.log {
            listeners.push(Box::new(Journal::log(path, settings.goes_on, halt)?));
        }
        if let Some(path) = &settings.trace {
            listeners.push(Box::new(Trace::create(path, halt)?));
        }
        if let Some(path) = &settings.junit {
            let junit = Arc::new(Junit::create(path, halt)?);
            listeners.push(Box::new(Arc::clone(&junit)));
            // What has ended is in it even if the run is ended by force.
            halt.set_will(move || junit.close());
        }
        if settings.json {
            listeners.push(Box::new(Journal::standard(sink)));
        }
        let grid = Grid::new(settings.status);
        listeners.push(Box::new(Console::new(Arc::clone(sink), grid, settings)));
        if settings.values != Values::Told && !settings.json {
            listeners.push(Box::new(Results::new(Arc::clone(sink), settings)));
        }
        if let Some(form) = form(settings) {
            let canvas = Arc::clone(sink);
            let held = Arc::clone(halt);
            let time = move || began.elapsed().saturating_sub(held.held());
            let ticker = Ticker::start(&roster, (form, grid), canvas, time);
            let ticker = ticker.map_err(|error| {
                Report::new(format!("progress cannot be shown: {error}")).help("--progress none")
            })?;
            // Before the last lines, which stay.
            listeners.push(Box::new(ticker));
            if form == Form::Bar && settings.keys && keyboard::is_free() {
                let keys = Keys::start();
                listeners.push(Box::new(keys.map_err(|error| {
                    Report::new(format!("keys cannot be heard: {error}")).help("--progress none")
                })?));
            }
        }
        listeners.push(Box::new(Frame::new(Arc::clone(sink), grid, settings)));
        halt.set_account(move |held| dump(&roster.now(), began.elapsed().saturating_sub(held)));
        Ok(Self::new(listeners, began, Arc::clone(halt)))
    }

    fn new(listeners: Vec<Box<dyn Listener>>, began: Instant, halt: Arc<Halt>) -> Self {
        let tally = Tally::default();
        Self {
            order: Mutex::new(Order { began, tally }),
            listeners,
            halt,
        }
    }

    /// Nothing more will happen in a run that ended so. An output that cannot be finished changes that.
    pub(crate) fn close(&self, exit: Exit) -> Exit {
        for listener in &self.listeners {
            listener.close();
        }
        self.halt.cause().map_or(exit, Cause::exit)
    }
}

impl Announcer {
    /// Tells what happened at a time of its own, in an earlier run.
    pub(crate) fn retell(&self, stamped: Stamped) {
        self.tell_all(stamped.event, |_| stamped.t);
    }

    fn tell_all(&self, event: Event, time: impl FnOnce(Instant) -> u64) {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        order.tally.count(&event);
        order.tally.held = nanos(self.halt.held());
        let t = time(order.began);
        let stamped = Stamped { t, event };
        let tally = order.tally;
        let moment = Moment { stamped, tally };
        for listener in &self.listeners {
            listener.hear(&moment);
        }
        drop(order);
        for listener in &self.listeners {
            listener.act(&moment);
        }
    }
}

impl Ear for Announcer {
    fn tell(&self, event: Event) {
        self.tell_all(event, |began| nanos(began.elapsed()));
    }
}

/// In which form progress is shown, if it is.
fn form(settings: &Settings) -> Option<Form> {
    let can_draw = || {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        io::stderr().is_terminal() && !is_dumb
    };
    match settings.progress {
        Progress::Auto if can_draw() => Some(Form::Bar),
        Progress::Auto if settings.progress_elsewhere == Progress::Counter => Some(Form::Counter),
        Progress::Auto | Progress::None => None,
        Progress::Bar => Some(Form::Bar),
        Progress::Counter => Some(Form::Counter),
    }
}

/// Whole nanoseconds; no run takes centuries.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Announcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Announcer").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, Sender};
    use std::thread;

    use super::super::settings::StatusLevel;
    use super::*;
    use crate::event::{TaskFinished, TaskKey, TasksKnown, Verdict};
    use crate::sink::TaskOutput;

    /// Writes down what it hears.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<(u64, u64)>>>);

    impl Listener for Notes {
        fn hear(&self, moment: &Moment) {
            let known = moment.tally.total.unwrap();
            self.0.lock().unwrap().push((moment.stamped.t, known));
        }
    }

    #[test]
    fn all_hear_each_event_once_in_the_order_of_time() {
        let (one, other) = (Notes::default(), Notes::default());
        let listeners: Vec<Box<dyn Listener>> =
            vec![Box::new(one.clone()), Box::new(other.clone())];
        let announcer = Announcer::new(listeners, Instant::now(), Halt::new(|_| ()));
        thread::scope(|scope| {
            for thread in 0..4 {
                let tell = |tasks| announcer.tell(Event::TasksKnown(TasksKnown { tasks }));
                scope.spawn(move || (0..250).for_each(|event| tell(1_000 * thread + event)));
            }
        });
        let (one, other) = (one.0.lock().unwrap(), other.0.lock().unwrap());
        assert_eq!((one.len(), &*one), (1_000, &*other));
        assert!(one.is_sorted_by_key(|(t, _)| *t), "{one:?}");
    }

    /// Holds up who tells of the task `first` until something has been written.
    struct Held {
        told: Sender<()>,
        written: Mutex<Receiver<Vec<u8>>>,
        lines: Sender<Vec<u8>>,
    }

    impl Listener for Held {
        fn act(&self, moment: &Moment) {
            if let Event::TaskFinished(finished) = &moment.stamped.event
                && &*finished.task == "first"
            {
                self.told.send(()).unwrap();
                let line = self.written.lock().unwrap().recv().unwrap();
                self.lines.send(line).unwrap();
            }
        }
    }

    /// Passes on what is written.
    struct Paper(Sender<Vec<u8>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // The test may have seen enough.
            let _ = self.0.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_ends_first_is_shown_first_though_who_tells_of_it_is_held_up() {
        let ((told, is_told), (lines, shown)) = (mpsc::channel(), mpsc::channel());
        let (paper, written) = mpsc::channel();
        let halt = Halt::new(|_| ());
        let paper = Box::new(Paper(paper));
        let sink = Sink::new(
            Box::new(io::sink()),
            paper,
            TaskOutput::Group,
            Arc::clone(&halt),
        );
        let settings = Settings::of_exec();
        let grid = Grid::new(StatusLevel::All);
        let written = Mutex::new(written);
        let listeners: Vec<Box<dyn Listener>> = vec![
            Box::new(Held {
                told,
                written,
                lines,
            }),
            Box::new(Console::new(Arc::new(sink), grid, &settings)),
        ];
        let announcer = Announcer::new(listeners, Instant::now(), halt);
        let end = |task: &str, index| {
            let key = TaskKey::builder("call").finish();
            let finished = TaskFinished::new(task.into(), key, index, Verdict::Ok);
            announcer.tell(Event::TaskFinished(Box::new(finished)));
        };
        thread::scope(|scope| {
            scope.spawn(|| end("first", 0));
            is_told.recv().unwrap();
            end("second", 1);
        });
        let line = String::from_utf8(shown.recv().unwrap()).unwrap();
        assert!(line.trim_end().ends_with("first"), "{line}");
    }
}
