//! Giving a function a stable name.

use std::fmt;
use std::marker::PhantomData;

use crate::context::Context;
use crate::task::contract::Task;

/// A name on the level of types; made by [`task!`](crate::task!).
pub trait Naming: Copy + Send + Sync + 'static {
    /// The name.
    const NAME: &'static str;
}

/// A task under a stable name; made by [`task!`](crate::task!).
pub struct NamedTask<T, N>(T, PhantomData<fn() -> N>);

impl<T: Task, N: Naming> NamedTask<T, N> {
    /// Names `task`.
    pub const fn new(task: T, _name: N) -> Self {
        Self(task, PhantomData)
    }
}

impl<T: Copy, N> Clone for NamedTask<T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Copy, N> Copy for NamedTask<T, N> {}

impl<T, N: Naming> fmt::Debug for NamedTask<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NamedTask({})", N::NAME)
    }
}

impl<T: Task, N: Naming> Task for NamedTask<T, N> {
    const NAME: Option<&'static str> = Some(N::NAME);
    type Input = T::Input;
    type Output = T::Output;

    fn run(&self, input: T::Input, ctx: &Context) -> T::Output {
        self.0.run(input, ctx)
    }
}

/// Gives a function or closure a stable name: `task!(square)` is known as `square`,
/// `task!("math.square" => square)` as `math.square`.
///
/// The function stays an ordinary function; it may take a [`Context`](crate::Context) last.
///
/// ```
/// use anypool_core::{Context, Executor as _, InlineExecutor, Task, task};
///
/// fn nap(ms: u64, ctx: &Context) -> u64 {
///     ctx.blocking(|| std::thread::sleep(std::time::Duration::from_millis(ms)));
///     ms
/// }
///
/// fn name_of<T: Task>(_: T) -> Option<&'static str> {
///     T::NAME
/// }
///
/// assert_eq!(name_of(task!(nap)), Some("nap"));
/// assert_eq!(name_of(task!("double" => |n: u64| n * 2)), Some("double"));
/// assert_eq!(InlineExecutor::new().submit(task!(nap), 1)?.join()?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! task {
    ($function:ident) => {
        $crate::task!(::core::stringify!($function) => $function)
    };
    ($name:expr => $function:expr) => {{
        // Items have no hygiene: this name must not hide a task of the user's.
        #[derive(Clone, Copy)]
        struct __AnypoolNaming;
        impl $crate::Naming for __AnypoolNaming {
            const NAME: &'static str = $name;
        }
        $crate::NamedTask::new($crate::IntoTask::into_task($function), __AnypoolNaming)
    }};
}

#[cfg(test)]
mod tests {
    use crate::context::Context;
    use crate::task::contract::Task;

    #[derive(Clone, Copy)]
    struct Name;

    impl Task for Name {
        type Input = u8;
        type Output = u8;

        fn run(&self, n: u8, _: &Context) -> u8 {
            n
        }
    }

    #[test]
    fn a_task_may_have_any_type_name() {
        let entry = crate::TaskEntry::of(crate::task!("renamed" => Name));
        assert_eq!(entry.name(), Some("renamed"));
        assert_eq!(entry.signature(), ("u8", "u8"));
    }
}
