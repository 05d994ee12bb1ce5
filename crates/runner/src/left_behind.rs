//! What is said at the end of a run of tasks that went on after their timeout, which only threads can.

use anypool_core::{JobError, StoppedBy};

use crate::excerpt::OneLine;
use crate::report::{self, Report};

/// Tasks that were given up with their threads: the first one's name, and how many.
#[derive(Debug, Default)]
pub(crate) struct LeftBehind {
    first: Option<String>,
    count: u64,
}

impl LeftBehind {
    /// Remembers a task whose job has ended like this, if its thread could not be stopped.
    pub(crate) fn look(&mut self, task: impl FnOnce() -> String, error: &JobError) {
        let abandoned = StoppedBy::Abandoned;
        if matches!(error, JobError::TimedOut { stopped_by, .. } if *stopped_by == abandoned) {
            self.note(&task());
        }
    }

    /// Remembers a task whose thread could not be stopped.
    pub(crate) fn note(&mut self, task: &str) {
        self.count += 1;
        self.first.get_or_insert_with(|| task.to_owned());
    }

    /// Tells of those that are remembered, once.
    pub(crate) fn show(&mut self) {
        let Self { first, count } = std::mem::take(self);
        let report = first.map(|first| warning(&first, count));
        report
            .into_iter()
            .for_each(|report| report::show(&[report]));
    }
}

fn warning(first: &str, count: u64) -> Report {
    let first = OneLine(first);
    let who = match count {
        1 => format!("`{first}` was told to stop at its timeout and may still have run at the end"),
        _ => format!(
            "{count} tasks, the first of them `{first}`, were told to stop at their timeouts and may still have run at the end"
        ),
    };
    Report::warning(who)
        .note("a thread cannot be killed: it was left behind, and another took its place in the pool")
        .help(
            "have the task look at its `Context` often, or use `process-runner`, which ends such a task by SIGTERM and, \
             after --grace, by SIGKILL",
        )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn timed_out(stopped_by: StoppedBy) -> JobError {
        JobError::TimedOut {
            limit: Duration::from_secs(30),
            stopped_by,
            worker: None,
        }
    }

    #[test]
    fn only_who_was_left_behind_is_named_and_the_first_of_several() {
        let mut left = LeftBehind::default();
        left.look(|| "a".to_owned(), &JobError::Cancelled);
        left.look(|| "b".to_owned(), &timed_out(StoppedBy::Kill));
        assert_eq!(left.first, None);
        left.look(|| "c".to_owned(), &timed_out(StoppedBy::Abandoned));
        left.look(|| "d".to_owned(), &timed_out(StoppedBy::Abandoned));
        assert_eq!((left.first.as_deref(), left.count), (Some("c"), 2));
        let told = warning("c", 2).plain();
        assert!(
            told.starts_with("warning: 2 tasks, the first of them `c`, "),
            "{told}"
        );
    }
}
