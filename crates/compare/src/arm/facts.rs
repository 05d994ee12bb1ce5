//! What is known of each arm.

use super::{Arm, Own};
use crate::report::Side;

/// What is known of an arm.
pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) noun: &'static str,
    pub(super) side: Side,
}

impl Arm {
    /// What is known of it.
    pub(super) fn facts(self) -> Facts {
        let (name, noun, side) = match self {
            Self::Seq => ("seq", "one after another", Side::Sequential),
            Self::Threads => ("threads", "threads", Side::Threads),
            Self::Pool => ("pool", "processes", Side::Processes),
            Self::PoolPipe => ("pool@pipe", "processes on pipes", Side::Processes),
            Self::PoolIpc => ("pool@ipc", "processes on ipc-channel", Side::Processes),
            Self::PoolShm => ("pool@shm", "processes on shared memory", Side::Processes),
            Self::Fork => ("fork", "a process for each task", Side::Processes),
            Self::PoolParent => ("pool@parent", "processes forked late", Side::Processes),
            Self::ForkParent => ("fork@parent", "a late fork for each task", Side::Processes),
            Self::Exec => ("exec", "a program for each task", Side::Processes),
            Self::SeqGil => (
                "seq+gil",
                "one after another behind a lock",
                Side::Sequential,
            ),
            Self::ThreadsGil => ("threads+gil", "threads behind a lock", Side::Threads),
            Self::PoolGil => ("pool+gil", "processes behind a lock", Side::Processes),
            Self::ForkGil => (
                "fork+gil",
                "a process for each task behind a lock",
                Side::Processes,
            ),
            Self::ExecGil => (
                "exec+gil",
                "a program for each task behind a lock",
                Side::Processes,
            ),
            Self::PyThreads => ("py-threads", "CPython's threads", Side::Threads),
            Self::PyThreadsFree => (
                "py-threads-ft",
                "CPython's threads without a lock",
                Side::Threads,
            ),
            Self::PyProcs => ("py-procs", "CPython's processes", Side::Processes),
            Self::PyProcsFork => (
                "py-procs@fork",
                "CPython's forked processes",
                Side::Processes,
            ),
            Self::PyProcsSpawn => (
                "py-procs@spawn",
                "CPython's spawned processes",
                Side::Processes,
            ),
            Self::PyProcsForkserver => (
                "py-procs@forkserver",
                "CPython's processes from a server",
                Side::Processes,
            ),
            Self::PyInterp => ("py-interp", "CPython's interpreters", Side::Threads),
            Self::Xargs => ("xargs", "xargs", Side::Processes),
            Self::Parallel => ("parallel", "GNU parallel", Side::Processes),
            Self::Own(Own { name, noun, side }) => (name, noun, side),
            Self::Form(form) => return form.facts(),
        };
        Facts { name, noun, side }
    }
}
