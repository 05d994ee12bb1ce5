//! Draws how far a run has come, on a thread of its own.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::super::grid::Grid;
use super::super::listener::Listener;
use super::super::roster::Roster;
use super::board::{board, line};
use super::canvas::Canvas;
use super::pace::{Pace, STEP};

/// In which form progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::audience) enum Form {
    /// Drawn, and drawn again.
    Bar,
    /// A line now and then.
    Counter,
}

/// Draws until it is closed.
pub(in crate::audience) struct Ticker {
    end: Arc<End>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Where the thread is told to end.
#[derive(Default)]
struct End {
    is_come: Mutex<bool>,
    changed: Condvar,
}

/// What is drawn.
struct Picture<C> {
    roster: Arc<Roster>,
    form: Form,
    grid: Grid,
    canvas: C,
    pace: Pace,
}

impl Ticker {
    /// Draws what `roster` has, by the time that `time` tells: that of its own times.
    ///
    /// # Errors
    ///
    /// The system refuses another thread.
    pub(in crate::audience) fn start(
        roster: &Arc<Roster>,
        (form, grid): (Form, Grid),
        canvas: impl Canvas + 'static,
        time: impl Fn() -> Duration + Send + 'static,
    ) -> io::Result<Self> {
        let end = Arc::<End>::default();
        let mut picture = Picture {
            roster: Arc::clone(roster),
            form,
            grid,
            canvas,
            pace: Pace::default(),
        };
        let told = Arc::clone(&end);
        let ticker = thread::Builder::new().name("anypool-progress".to_owned());
        let thread = ticker.spawn(move || {
            while !told.comes_within(STEP) {
                picture.tick(time());
            }
            picture.clear();
        })?;
        let thread = Mutex::new(Some(thread));
        Ok(Self { end, thread })
    }
}

impl Listener for Ticker {
    fn close(&self) {
        *self
            .end
            .is_come
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.end.changed.notify_all();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // It does nothing that could panic but draw.
        let _ = thread.map(JoinHandle::join);
    }
}

impl End {
    fn comes_within(&self, time: Duration) -> bool {
        let is_come = self.is_come.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(is_come, time, |come| !*come);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl<C: Canvas> Picture<C> {
    /// Draws if it is time to.
    fn tick(&mut self, time: Duration) {
        let now = self.roster.now();
        if self.form == Form::Counter {
            let told = (self.pace.is_line_due(time) && now.len() > 0).then(|| line(&now));
            drop(now);
            return told.into_iter().for_each(|text| {
                let row = format!("[>{:>7}s] {text}", time.as_secs());
                self.canvas.write(&self.grid.own("RUNNING", &row));
            });
        }
        let is_due = self.pace.is_due(time, now.events);
        let lines = is_due.then(|| board(&now, time, self.canvas.size()));
        drop(now);
        lines.into_iter().for_each(|lines| self.canvas.draw(&lines));
    }

    fn clear(&self) {
        if self.form == Form::Bar {
            self.canvas.draw(&[]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::moment::{Moment, Tally};
    use super::super::super::settings::StatusLevel;
    use super::*;
    use crate::event::samples::samples;
    use crate::event::{Event, Stamped};

    /// What was drawn, and what was written.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Sheet>>);

    #[derive(Clone, Default)]
    struct Sheet {
        drawn: Vec<Vec<String>>,
        written: Vec<String>,
    }

    impl Canvas for Paper {
        fn size(&self) -> (usize, usize) {
            (80, 24)
        }

        fn draw(&self, lines: &[String]) {
            self.0.lock().unwrap().drawn.push(lines.to_vec());
        }

        fn write(&self, line: &str) {
            self.0.lock().unwrap().written.push(line.to_owned());
        }
    }

    fn begin(roster: &Arc<Roster>) {
        let started = samples()
            .into_iter()
            .find(|sample| matches!(sample.event, Event::TaskStarted(_)));
        let Stamped { event, .. } = started.unwrap();
        let stamped = Stamped { t: 0, event };
        let tally = Tally::default();
        roster.hear(&Moment { stamped, tally });
    }

    fn picture(form: Form, paper: &Paper) -> Picture<Paper> {
        Picture {
            roster: Arc::default(),
            form,
            grid: Grid::new(StatusLevel::None),
            canvas: paper.clone(),
            pace: Pace::default(),
        }
    }

    #[test]
    fn however_much_happens_it_is_drawn_ten_times_a_second() {
        let paper = Paper::default();
        let mut picture = picture(Form::Bar, &paper);
        for task in 0..10_000 {
            begin(&picture.roster);
            picture.tick(Duration::from_micros(100 * task));
        }
        let drawn = paper.0.lock().unwrap().drawn.len();
        assert!((6..=10).contains(&drawn), "{drawn}");
    }

    #[test]
    fn where_nothing_can_be_drawn_a_line_comes_every_ten_seconds() {
        let paper = Paper::default();
        let mut picture = picture(Form::Counter, &paper);
        begin(&picture.roster);
        (0..250).for_each(|tick| picture.tick(tick * Duration::from_millis(100)));
        let lines = paper.0.lock().unwrap().written.clone();
        assert_eq!(lines.len(), 2, "{lines:?}");
        let told = "RUNNING [>     10s] 0 done  1 still running: thumbs[a.png]";
        assert!(lines[0].trim_start().ends_with(told), "{lines:?}");
    }

    #[test]
    fn the_drawing_is_taken_away_at_the_end() {
        let paper = Paper::default();
        let grid = Grid::new(StatusLevel::None);
        let roster = Arc::default();
        let time = || Duration::from_secs(1);
        let ticker = Ticker::start(&roster, (Form::Bar, grid), paper.clone(), time).unwrap();
        ticker.close();
        ticker.close();
        let drawn = paper.0.lock().unwrap().drawn.clone();
        assert_eq!(drawn.last().map(Vec::len), Some(0));
    }
}
