//! How a task takes turns with others: it holds a lock while it computes, and lets go where it waits.
//!
//! A context knows the lock that its task holds at this moment, and none while the task waits for something. So what
//! runs inside of a holding task on the same thread, such as a job that it helps with, goes along with it; and inside
//! of a blocking one it takes a turn of its own.

use std::thread;

use crate::context::Context;
use crate::global_lock::GlobalLock;
use crate::panics;

impl Context {
    /// Runs `f`, which computes, while no other task that holds `lock` does. It hands over at its checkpoints, and
    /// lets go inside of [`Context::blocking`].
    ///
    /// Waiting for a turn is part of the task's time. A task that is told to stop meanwhile ends as it would at a
    /// checkpoint. Inside of another `holding` there is nothing to wait for: `f` runs at once.
    pub fn holding<R>(&self, lock: &'static GlobalLock, f: impl FnOnce() -> R) -> R {
        if self.held.get().is_some() {
            return f();
        }
        self.take(lock);
        self.stop_without_turn();
        let _letting_go = LettingGo(self);
        f()
    }

    /// Call this in long loops: it ends the task (by unwinding, so destructors run) when the job was told to stop, and
    /// hands over the lock that the task is [`holding`](Self::holding), if it is and another waits for it. A task that
    /// unwinds already is not stopped again: a destructor may call what calls this.
    pub fn checkpoint(&self) {
        if self.is_stopped() && !thread::panicking() {
            panics::stop();
        }
        if let Some(lock) = self.held.get()
            && !lock.hand_over(|| self.is_stopped())
        {
            self.held.set(None);
            self.stop_without_turn();
        }
    }

    /// Runs `f`, which waits for something that is not the CPU. The lock that the task is [`holding`](Self::holding),
    /// if it is, is another's meanwhile.
    pub fn blocking<R>(&self, f: impl FnOnce() -> R) -> R {
        let Some(lock) = self.held.take() else {
            return f();
        };
        lock.free();
        let coming_back = ComingBack(self, lock);
        let value = f();
        drop(coming_back);
        self.stop_without_turn();
        value
    }

    /// Waits for a turn; in vain, when the job is told to stop.
    fn take(&self, lock: &'static GlobalLock) {
        let is_taken = lock.take(|| self.is_stopped());
        self.held.set(is_taken.then_some(lock));
    }

    /// Ends a task that has no turn because it was told to stop. A destructor goes on without one.
    fn stop_without_turn(&self) {
        if self.held.get().is_none() && !thread::panicking() {
            panics::stop();
        }
    }
}

/// Lets go of the lock when the task has ended, however it did.
struct LettingGo<'a>(&'a Context);

impl Drop for LettingGo<'_> {
    fn drop(&mut self) {
        if let Some(lock) = self.0.held.take() {
            lock.free();
        }
    }
}

/// Takes a turn again after waiting, also where what was waited for panicked: the task may catch that.
struct ComingBack<'a>(&'a Context, &'static GlobalLock);

impl Drop for ComingBack<'_> {
    fn drop(&mut self) {
        self.0.take(self.1);
    }
}
