//! A run's outputs on paper, so that tests can read them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::backend::{Backend, Confinement};
use crate::batch::Batch;
use crate::catalogue::kind::Kind;
use crate::driver::map::{self, MapPlan};
use crate::driver::spawn::{self, SpawnPlan};
use crate::exit::Exit;
use crate::halt::Halt;
use crate::inputs::list::Inputs;
use crate::settings;
use crate::sink::{Sink, TaskOutput};

/// A stream that tests read back; takes `room` bytes, then has `full` to say.
#[derive(Clone)]
pub(super) struct Paper {
    text: Arc<Mutex<Vec<u8>>>,
    room: usize,
    full: io::ErrorKind,
}

impl Paper {
    pub(super) fn endless() -> Self {
        Self::with_room(usize::MAX, io::ErrorKind::Other)
    }

    pub(super) fn with_room(room: usize, full: io::ErrorKind) -> Self {
        let text = Arc::default();
        Self { text, room, full }
    }

    pub(super) fn read(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.text.lock().unwrap();
        if text.len() + bytes.len() > self.room {
            return Err(self.full.into());
        }
        text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A run's outputs and the place where it can be stopped.
pub(super) struct Desk {
    pub(super) out: Paper,
    pub(super) err: Paper,
    pub(super) halt: Arc<Halt>,
    sink: Arc<Sink>,
}

impl Desk {
    pub(super) fn new(out: Paper, tasks: TaskOutput) -> Self {
        let err = Paper::endless();
        let halt = Halt::new(|exit| panic!("left with {exit:?}"));
        let (to_out, to_err) = (Box::new(out.clone()), Box::new(err.clone()));
        let sink = Arc::new(Sink::new(to_out, to_err, tasks, Arc::clone(&halt)));
        Self {
            out,
            err,
            sink,
            halt,
        }
    }

    pub(super) fn spawn(
        &self,
        task: &str,
        sets: &[&str],
        count: u64,
        backend: &dyn Backend,
    ) -> Exit {
        let kind = settings::find_task(task).unwrap();
        let sets: Vec<_> = sets.iter().map(|&set| set.to_owned()).collect();
        let values = settings::read(kind, &sets, None).unwrap();
        let plan = SpawnPlan {
            kind,
            arguments: values.into_iter().flatten().collect(),
            count,
            timeout: None,
            grace: Duration::ZERO,
            confinement: Confinement::default(),
            gil: None,
        };
        spawn::run(&plan, backend, &self.sink, &self.halt)
    }

    pub(super) fn map(&self, task: &str, inputs: &[&str], backend: &dyn Backend) -> Exit {
        map::run(&map_plan(task, inputs), backend, &self.sink, &self.halt)
    }
}

/// A map on four workers that is asked for nothing else.
pub(super) fn map_plan(task: &str, inputs: &[&str]) -> MapPlan {
    let kind = settings::find_task(task).unwrap();
    let words: Vec<_> = inputs.iter().map(|&input| input.to_owned()).collect();
    MapPlan {
        kind,
        arguments: settings::read(kind, &zero_seconds(kind), kind.input()).unwrap(),
        inputs: Inputs::read(kind, &words, || Ok(Box::new(io::empty()))).unwrap(),
        workers: 4,
        batch: Batch::Auto,
        timeout: None,
        grace: Duration::ZERO,
        confinement: Confinement::default(),
        gil: None,
    }
}

fn zero_seconds(kind: &Kind) -> Vec<String> {
    let later = kind.parameters.iter().skip(1);
    let slow = later.filter(|parameter| parameter.name == "secs");
    slow.map(|_| "secs=0".to_owned()).collect()
}
