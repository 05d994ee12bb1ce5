//! The typed methods that every executor has.

use std::sync::Arc;
use std::time::Duration;

use crate::handle::JobHandle;
use crate::job::cell::JobCell;
use crate::job::contract::Job;
use crate::job::options::JobOptions;
use crate::job::outlet::Outlet;
use crate::job::work::Work;
use crate::job::workload::{ClosureCall, TaskCall, Workload};
use crate::map::iterator::{Map, MapUnordered};
use crate::map::options::MapOptions;
use crate::map::try_map::{self, TryMapError};
use crate::raw_executor::{Patience, RawExecutor, Refused, SubmitError, TrySubmitError};
use crate::sync::deadline_after;
use crate::task::contract::Task;
use crate::task::entry::TaskEntry;
use crate::task::function::IntoTask;

/// The task behind what was submitted.
type TaskOf<F, M> = <F as IntoTask<M>>::Task;
/// Its input.
type InputOf<F, M> = <TaskOf<F, M> as Task>::Input;
/// Its output.
type OutputOf<F, M> = <TaskOf<F, M> as Task>::Output;
/// A handle, or the input back.
type TrySubmit<F, M> = Result<JobHandle<OutputOf<F, M>>, TrySubmitError<InputOf<F, M>>>;

/// Runs tasks: on the caller, on threads, on processes. Implemented for every [`RawExecutor`],
/// `dyn RawExecutor` among them.
///
/// ```
/// use anypool_core::{Executor as _, InlineExecutor};
///
/// let pool = InlineExecutor::new();
/// let nine = pool.submit(|n: u64| n * n, 3)?.join()?;
/// let squares: Vec<u64> = pool.map(|n| n * n, 1u64..=5).collect::<Result<_, _>>()?;
/// assert_eq!((nine, squares), (9, vec![1, 4, 9, 16, 25]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Executor: RawExecutor {
    /// Submits one job; waits while the queue is full.
    ///
    /// # Errors
    ///
    /// The executor was shut down or has failed, or the input cannot be encoded.
    fn submit<M, F: IntoTask<M>>(
        &self,
        task: F,
        input: InputOf<F, M>,
    ) -> Result<JobHandle<OutputOf<F, M>>, SubmitError> {
        self.submit_with(task, input, JobOptions::new())
    }

    /// Submits one job with limits of its own; waits while the queue is full.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`], or the job asks for what this executor cannot do.
    fn submit_with<M, F: IntoTask<M>>(
        &self,
        task: F,
        input: InputOf<F, M>,
        options: JobOptions,
    ) -> Result<JobHandle<OutputOf<F, M>>, SubmitError> {
        let task = task.into_task();
        submit_task(self, task, input, options, Patience::Endless).map_err(|refused| refused.error)
    }

    /// Submits one job if the queue has room; does not wait.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`], or [`SubmitError::QueueFull`]; the input comes back with it.
    fn try_submit<M, F: IntoTask<M>>(&self, task: F, input: InputOf<F, M>) -> TrySubmit<F, M> {
        submit_task(
            self,
            task.into_task(),
            input,
            JobOptions::new(),
            Patience::None,
        )
    }

    /// Submits one job; waits for room in the queue at most `timeout`.
    ///
    /// # Errors
    ///
    /// As [`Executor::try_submit`].
    fn submit_timeout<M, F: IntoTask<M>>(
        &self,
        task: F,
        input: InputOf<F, M>,
        timeout: Duration,
    ) -> TrySubmit<F, M> {
        let patience = deadline_after(timeout).map_or(Patience::Endless, Patience::Until);
        submit_task(self, task.into_task(), input, JobOptions::new(), patience)
    }

    /// Runs `task` on every input; yields the outcomes in the order of the inputs and goes on after
    /// failures. Lazy; works on endless sources; see [`MapOptions`] for windows, chunks and limits.
    fn map<M, F: IntoTask<M>, I>(
        &self,
        task: F,
        inputs: I,
    ) -> Map<'_, TaskOf<F, M>, I::IntoIter, Self>
    where
        I: IntoIterator<Item = InputOf<F, M>>,
    {
        self.map_with(task, inputs, MapOptions::new())
    }

    /// As [`Executor::map`], with options.
    fn map_with<M, F: IntoTask<M>, I>(
        &self,
        task: F,
        inputs: I,
        options: MapOptions,
    ) -> Map<'_, TaskOf<F, M>, I::IntoIter, Self>
    where
        I: IntoIterator<Item = InputOf<F, M>>,
    {
        Map::start(self, task.into_task(), inputs.into_iter(), &options)
    }

    /// As [`Executor::map`], but yields `(position, outcome)` as outcomes come.
    fn map_unordered<M, F: IntoTask<M>, I>(
        &self,
        task: F,
        inputs: I,
    ) -> MapUnordered<'_, TaskOf<F, M>, I::IntoIter, Self>
    where
        I: IntoIterator<Item = InputOf<F, M>>,
    {
        let options = MapOptions::new();
        MapUnordered::start(self, task.into_task(), inputs.into_iter(), &options)
    }

    /// Runs a task that returns a `Result` on every input and collects the values in the order of
    /// the inputs; stops at the first `Err` or [`JobError`](crate::JobError) and cancels the rest.
    ///
    /// # Errors
    ///
    /// The first failure to come, with its input's position.
    ///
    /// ```
    /// use anypool_core::{Executor as _, InlineExecutor};
    ///
    /// fn parse(text: String) -> Result<u32, String> {
    ///     text.parse().map_err(|_| format!("not a number: {text}"))
    /// }
    ///
    /// let pool = InlineExecutor::new();
    /// let texts = |texts: [&str; 3]| texts.map(str::to_owned);
    /// assert_eq!(pool.try_map(parse, texts(["1", "2", "3"])), Ok(vec![1, 2, 3]));
    /// assert_eq!(pool.try_map(parse, texts(["1", "x", "3"])).unwrap_err().index, 1);
    /// ```
    fn try_map<M, F, I, U, E>(&self, task: F, inputs: I) -> Result<Vec<U>, TryMapError<E>>
    where
        F: IntoTask<M>,
        F::Task: Task<Output = Result<U, E>>,
        I: IntoIterator<Item = InputOf<F, M>>,
    {
        try_map::collect(self.map_unordered(task, inputs))
    }
}

impl<X: RawExecutor + ?Sized> Executor for X {}

fn submit_task<X: RawExecutor + ?Sized, T: Task>(
    executor: &X,
    task: T,
    input: T::Input,
    options: JobOptions,
    patience: Patience,
) -> Result<JobHandle<T::Output>, TrySubmitError<T::Input>> {
    let entry = Some(TaskEntry::of(task));
    let cell = JobCell::new(TaskCall { task, input }, entry, executor.id(), options);
    let submitted = match cell.keep_input() {
        Ok(()) => submit_cell(executor, cell, patience),
        Err(error) => Err((SubmitError::Codec(error), cell.reclaim())),
    };
    submitted.map_err(|(error, call)| TrySubmitError {
        error,
        input: call.map(|call| call.input),
    })
}

/// Submits a closure, which may capture what it likes, to an executor that runs jobs in this
/// process.
///
/// # Errors
///
/// As [`Executor::submit`]; executors that send jobs to other processes refuse closures.
pub fn submit_closure<X, R, F>(executor: &X, closure: F) -> Result<JobHandle<R>, SubmitError>
where
    X: RawExecutor + ?Sized,
    R: Send + 'static,
    F: FnOnce() -> R + Send + 'static,
{
    let options = JobOptions::new();
    let cell = JobCell::new(ClosureCall(closure), None, executor.id(), options);
    submit_cell(executor, cell, Patience::Endless).map_err(|(error, _)| error)
}

/// Submits a cell; gives its workload back when it is refused.
fn submit_cell<X: RawExecutor + ?Sized, W: Workload>(
    executor: &X,
    cell: Arc<JobCell<W>>,
    patience: Patience,
) -> Result<JobHandle<W::Output>, (SubmitError, Option<W>)> {
    let job: Arc<dyn Job> = Arc::<JobCell<W>>::clone(&cell);
    match executor.submit_work(Work::all(job), patience) {
        Ok(()) => Ok(JobHandle::new(cell as Arc<dyn Outlet<W::Output>>)),
        Err(Refused { reason, .. }) => Err((reason, cell.reclaim())),
    }
}
