//! Turns generic tests into ordinary ones, for each subject that they apply to.

/// Instantiates the tests of a module as `threads::name`, `processes_over_pipe::name` and so on.
///
/// - `all` is for tests that any executor passes,
/// - `pools` for those that need workers beside the calling thread: something is queued, busy, full,
///   or shut down, which the inline executor never is,
/// - `shared` for what executors have in common whose workers share one process, the inline executor
///   among them,
/// - `threads` for what only a shared memory makes possible,
/// - `processes` for what only memories apart make possible.
///
/// A test that is on no list is dead code, which the build reports.
#[macro_export]
macro_rules! contract {
    (
        $(all: [$($all:ident),* $(,)?],)?
        $(pools: [$($pool:ident),* $(,)?],)?
        $(shared: [$($shared:ident),* $(,)?],)?
        $(threads: [$($thread:ident),* $(,)?],)?
        $(processes: [$($process:ident),* $(,)?],)?
    ) => {
        $crate::contract!(@subject inline Inline [$($($all)*)? $($($shared)*)?]);
        $crate::contract!(@subject threads Threads
            [$($($all)*)? $($($pool)*)? $($($shared)*)? $($($thread)*)?]);
        $crate::contract!(@subject threads_with_codec ThreadsWithCodec
            [$($($all)*)? $($($pool)*)? $($($shared)*)?]);
        $crate::contract!(@subject processes_over_pipe ProcessesOverPipe
            [$($($all)*)? $($($pool)*)? $($($process)*)?]);
        $crate::contract!(@subject processes_over_ipc ProcessesOverIpc
            [$($($all)*)? $($($pool)*)? $($($process)*)?]);
        $crate::contract!(@subject processes_over_shm ProcessesOverShm
            [$($($all)*)? $($($pool)*)? $($($process)*)?]);
    };
    (@subject $module:ident $subject:ident []) => {};
    (@subject $module:ident $subject:ident [$($test:ident)*]) => {
        mod $module {
            $(
                #[test]
                fn $test() {
                    super::$test::<$crate::$subject>();
                }
            )*
        }
    };
}
