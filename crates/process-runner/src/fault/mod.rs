//! Fault points: steps with a name, at which a test makes a process of ours die, stop, wait, panic,
//! or be refused by the kernel.
//!
//! For tests alone. Without the feature `fault-points`, which only the workspace's own tests turn on,
//! every point compiles to nothing. With it, [`init`](crate::init) makes a page of memory that all
//! processes forked afterwards share, so that arming a point reaches workers and the zygote while they
//! run; an unarmed point costs a look at that page.
//!
//! - [`Point`] names the steps,
//! - `board` is the page: arming, and what has happened.
#![cfg_attr(
    not(feature = "fault-points"),
    expect(unreachable_pub, reason = "public only with its feature")
)]

#[cfg(feature = "fault-points")]
mod board;

#[cfg(feature = "fault-points")]
pub use board::{Action, Times, arm, arm_for, disarm, disarm_all, hits, victim};

/// Lists the points once: as an enum, and as an array.
macro_rules! points {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A step at which a process can be made to fail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Point {
            $($(#[$doc])* $name,)+
        }

        impl Point {
            /// All points, in the order in which they are declared.
            #[cfg(feature = "fault-points")]
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

points! {
    /// Worker: just forked; its group, its signals and its bond to the zygote are not set.
    WorkerForked,
    /// Worker: set up, about to say hello.
    WorkerBeforeHello,
    /// Worker: has said hello.
    WorkerAfterHello,
    /// Worker: has read a part of a request, and waits for the rest.
    WorkerReading,
    /// Worker: has read a whole request.
    WorkerRead,
    /// Worker: is about to claim an item.
    WorkerClaiming,
    /// Worker: has claimed an item and is about to run it.
    WorkerClaimed,
    /// Worker: has run an item and encoded what it gave; nothing of the reply is written.
    WorkerRan,
    /// Worker: has written a part of a large result where its parent will read it.
    WorkerLending,
    /// Worker: has written a part of a reply.
    WorkerWriting,
    /// Worker: has written a whole reply.
    WorkerReplied,
    /// Worker: has been told that no more comes, and is about to leave.
    WorkerLeaving,
    /// Fork server, a call that can be refused: about to fork a worker.
    ZygoteForking,
    /// Fork server, a call that can be refused: has forked a worker and is about to open its pidfd; the
    /// worker runs already.
    ZygoteForked,
    /// Fork server: has reported a new worker, or that there is none.
    ZygoteReported,
    /// Fork server: has collected a worker's exit status and not reported it.
    ZygoteReaped,
    /// Fork server: has taken in a new session.
    ZygoteOpened,
    /// Fork server, a call that can be refused: about to fork a template.
    TemplateForking,
    /// Template: just forked; it has not taken its session over.
    TemplateForked,
    /// Template: has taken its session over and said so, and is about to preload.
    TemplateOpened,
    /// Template: has preloaded and not said so.
    TemplatePreloaded,
    /// Template: has said that it serves, and does not yet.
    TemplateServing,
    /// Parent, a call that can be refused: about to make a worker's status page.
    ParentPreparing,
    /// Parent: has sent a new worker's channel ends to the zygote, but not the order.
    ParentOrdering,
    /// Parent: has sent the order for a worker.
    ParentOrdered,
    /// Parent: has taken new jobs out of its inbox, and has not put them anywhere.
    ParentAccepting,
    /// Parent: is about to start a thread for output, callbacks or events. Can be refused.
    ParentDelegating,
    /// Parent: has written a large input where its worker will read it, and has told nobody.
    ParentLending,
    /// Parent: has taken up a large result, and not looked at it.
    ParentBorrowing,
    /// Parent: has sent a part of a request; there is no room for the rest.
    ParentSending,
    /// Parent: has received a message of the control plane, and not looked at it.
    ParentListening,
    /// Parent: has read a reply, whose item it has not settled.
    ParentRead,
    /// Parent: has the outcome of an item in hand.
    ParentSettling,
    /// Parent: has settled an item.
    ParentSettled,
    /// Parent: has seen that an item must be ended, and has done nothing about it.
    ParentStopping,
    /// Parent: has sorted what a dead worker had, and has told nobody.
    ParentBurying,
}

/// Makes the page on which points are armed, to be shared with all that is forked from now on.
#[inline]
pub(crate) fn install() {
    #[cfg(feature = "fault-points")]
    board::install();
}

/// Has workers that are made from now on do without regions: large payloads travel in the stream then, as
/// where there is no memory for regions.
#[cfg(feature = "fault-points")]
pub fn use_streams_alone(whether: bool) {
    STREAMS_ALONE.store(whether, std::sync::atomic::Ordering::Relaxed);
}

#[cfg(feature = "fault-points")]
static STREAMS_ALONE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Whether regions are to be done without.
pub(crate) fn streams_alone() -> bool {
    #[cfg(feature = "fault-points")]
    return STREAMS_ALONE.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(feature = "fault-points"))]
    false
}

/// A step that is no system call: the process may die, stop or wait here.
#[inline]
pub(crate) fn reach(point: Point) {
    #[cfg(feature = "fault-points")]
    let _ = board::hit(point);
    #[cfg(not(feature = "fault-points"))]
    let _ = point;
}

/// A step that asks the kernel for something: as [`reach`], and the kernel may be made to refuse.
#[inline]
pub(crate) fn attempt(point: Point) -> Result<(), nix::errno::Errno> {
    #[cfg(feature = "fault-points")]
    return board::hit(point);
    #[cfg(not(feature = "fault-points"))]
    {
        let _ = point;
        Ok(())
    }
}
