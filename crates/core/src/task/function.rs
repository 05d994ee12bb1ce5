//! Functions and closures as tasks.

use std::fmt;
use std::marker::PhantomData;

use crate::context::Context;
use crate::task::contract::{Payload, Task};
use crate::task::sys;

/// What can be submitted: a [`Task`], or a function or closure without captures that takes
/// `(input)`, `(a, b)` (the input is the pair) or `(input, &Context)`.
///
/// `Marker` tells the kinds apart and is always inferred.
///
/// A closure that captures something does not build:
///
/// ```compile_fail,E0080
/// use anypool_core::{Executor as _, InlineExecutor};
///
/// let factor = 3;
/// let scale = move |n: u64| n * factor;
/// // error: a task must be a fn or a closure without captures
/// InlineExecutor::new().submit(scale, 7).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task",
    note = "a task is a fn or a closure without captures that takes `(input)`, `(a, b)` or `(input, &Context)`",
    note = "inputs and outputs must be `Serialize + DeserializeOwned + Send + 'static`"
)]
pub trait IntoTask<Marker> {
    /// The task it becomes.
    type Task: Task;

    /// Makes the task.
    fn into_task(self) -> Self::Task;
}

/// Marks what is a [`Task`] already.
#[derive(Debug)]
pub struct IsTask;

impl<T: Task> IntoTask<IsTask> for T {
    type Task = T;

    fn into_task(self) -> T {
        const { sys::assert_no_captures::<T>() };
        self
    }
}

/// A function or closure as a task; `Shape` is its signature.
pub struct FnTask<F, Shape>(F, PhantomData<fn() -> Shape>);

impl<F: Copy, Shape> Clone for FnTask<F, Shape> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Copy, Shape> Copy for FnTask<F, Shape> {}

impl<F, Shape> fmt::Debug for FnTask<F, Shape> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FnTask({})", std::any::type_name::<F>())
    }
}

/// The signature `Fn(A) -> R`.
#[derive(Debug)]
pub struct OneInput<A, R>(PhantomData<(A, R)>);

/// The signature `Fn(A, B) -> R`.
#[derive(Debug)]
pub struct TwoInputs<A, B, R>(PhantomData<(A, B, R)>);

/// The signature `Fn(A, &Context) -> R`.
#[derive(Debug)]
pub struct WithContext<A, R>(PhantomData<(A, R)>);

macro_rules! function_task {
    ($shape:ident<$($arg:ident),+>, [$($call_trait:tt)+], $input:ty, |$f:ident, $value:ident, $ctx:ident| $call:expr) => {
        impl<F, $($arg: Payload,)+ R: Payload> IntoTask<$shape<$($arg,)+ R>> for F
        where
            F: $($call_trait)+,
            F: Copy + Send + Sync + 'static,
        {
            type Task = FnTask<F, $shape<$($arg,)+ R>>;

            fn into_task(self) -> Self::Task {
                const { sys::assert_no_captures::<F>() };
                FnTask(self, PhantomData)
            }
        }

        impl<F, $($arg: Payload,)+ R: Payload> Task for FnTask<F, $shape<$($arg,)+ R>>
        where
            F: $($call_trait)+,
            F: Copy + Send + Sync + 'static,
        {
            type Input = $input;
            type Output = R;

            fn run(&self, $value: $input, $ctx: &Context) -> R {
                let $f = &self.0;
                $call
            }
        }
    };
}

function_task!(OneInput<A>, [Fn(A) -> R], A, |f, input, _ctx| f(input));
function_task!(TwoInputs<A, B>, [Fn(A, B) -> R], (A, B), |f, input, _ctx| f(input.0, input.1));
function_task!(
    WithContext<A>,
    [Fn(A, &Context) -> R],
    A,
    |f, input, ctx| f(input, ctx)
);
