//! Where the output of calls goes: it becomes the output of the tasks that they are.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anypool_core::{Host, JobId, Origin, Stream};

use super::ear::Ear;
use crate::event::{Event, Output, OutputStream, TaskOutput};

/// Knows which job is which task.
pub(super) struct Scribe {
    ear: Arc<dyn Ear>,
    tasks: Mutex<HashMap<JobId, Author>>,
}

/// A try of a task that may write.
#[derive(Clone, Debug)]
pub(super) struct Author {
    pub(super) task: Arc<str>,
    pub(super) index: u64,
    pub(super) attempt: u32,
}

thread_local! {
    /// The task that runs on this very thread, where there are no workers.
    static HERE: RefCell<Option<Author>> = const { RefCell::new(None) };
}

impl Scribe {
    pub(super) fn new(ear: Arc<dyn Ear>) -> Self {
        let tasks = Mutex::default();
        Self { ear, tasks }
    }

    /// Submits a job by `submit`, which gives its number, too. Whatever the job writes is its author's, from the
    /// first line on: a job that is faster than we are waits until its number is known.
    pub(super) fn submit<R>(
        &self,
        author: &Author,
        submit: impl FnOnce() -> Option<(JobId, R)>,
    ) -> Option<(JobId, R)> {
        let mut tasks = self.tasks();
        HERE.set(Some(author.clone()));
        let submitted = submit();
        HERE.set(None);
        if let Some((job, _)) = &submitted {
            tasks.insert(*job, author.clone());
        }
        submitted
    }

    /// The job has ended, and has written all that it will.
    pub(super) fn forget(&self, job: JobId) {
        self.tasks().remove(&job);
    }

    fn author(&self, job: Option<JobId>) -> Option<Author> {
        let here = HERE.with_borrow(Clone::clone);
        here.or_else(|| self.tasks().get(&job?).cloned())
    }

    fn tasks(&self) -> MutexGuard<'_, HashMap<JobId, Author>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host for Scribe {
    fn write(&self, origin: Origin, stream: Stream, lines: &[u8]) -> io::Result<()> {
        // What comes when its job is over, or before there was one, belongs to no task.
        let Some(author) = self.author(origin.job) else {
            return Ok(());
        };
        let Author {
            task,
            index,
            attempt,
        } = author;
        let stream = match stream {
            Stream::Out => OutputStream::Stdout,
            Stream::Err => OutputStream::Stderr,
        };
        let output = Output::from(lines.to_vec());
        self.ear.tell(Event::TaskOutput(TaskOutput {
            task,
            index,
            attempt,
            stream,
            output,
        }));
        Ok(())
    }
}
