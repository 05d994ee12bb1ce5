//! The page on which points are armed and counted, shared by the program, its zygote and all workers.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, raise};

use crate::fault::Point;
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::sys::process::exit_now;

/// What happens to a process that reaches an armed point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It dies of `SIGKILL`.
    Kill,
    /// It dies of `SIGSEGV`.
    Segv,
    /// It aborts.
    Abort,
    /// It exits with this code, without running destructors.
    Exit(i32),
    /// It is stopped by `SIGSTOP`.
    Stop,
    /// The thread that is there waits until the point is disarmed.
    Hold,
    /// The system call fails with this error number. Only for points that are calls.
    Refuse(i32),
    /// The thread that is there panics.
    Panic,
}

/// Which of the hits that come after the arming are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How many pass unharmed first.
    pub skip: u64,
    /// How many are concerned then.
    pub count: u64,
}

/// One point's place on the page.
struct Place<'a> {
    /// The action, packed; 0 while the point is not armed.
    action: &'a AtomicU64,
    /// The hits that are concerned: from this one …
    from: &'a AtomicU64,
    /// … to before this one, counted from the arming.
    until: &'a AtomicU64,
    /// How many hits there were since the arming.
    since: &'a AtomicU64,
    /// How many hits there were in all.
    hits: &'a AtomicU64,
    /// The process on which the point acted last; 0 for none.
    victim: &'a AtomicU64,
}

/// A cache line a point.
const WORDS_A_POINT: usize = 8;
const _: () = assert!(Point::ALL.len() * WORDS_A_POINT <= PAGE_BYTES / size_of::<AtomicU64>());

static BOARD: OnceLock<SharedMemory> = OnceLock::new();

/// Makes the page. Without memory for it, no point can be armed.
pub(super) fn install() {
    if BOARD.get().is_none() {
        let page = SharedMemory::create(PAGE_BYTES).and_then(SharedMemory::map);
        let _ = page.map(|page| BOARD.set(page));
    }
}

/// Arms a point for the next time that it is reached.
///
/// # Panics
///
/// As [`arm_for`].
pub fn arm(point: Point, action: Action) {
    arm_for(point, action, Times { skip: 0, count: 1 });
}

/// Arms a point for some of the times that it is reached.
///
/// # Panics
///
/// When `init` was not called, or when the point is no call that could be refused: the test could
/// not fail.
pub fn arm_for(point: Point, action: Action, times: Times) {
    let refusable = matches!(
        point,
        Point::ZygoteForking
            | Point::ZygoteForked
            | Point::TemplateForking
            | Point::ParentPreparing
            | Point::ParentDelegating
    );
    let refuses = matches!(action, Action::Refuse(_));
    assert!(refusable || !refuses, "{point:?} is no call");
    let place = place(point).expect("`init` has made the page");
    place.action.store(0, Ordering::SeqCst);
    place.since.store(0, Ordering::SeqCst);
    place.victim.store(0, Ordering::SeqCst);
    place.from.store(times.skip, Ordering::SeqCst);
    let until = times.skip.saturating_add(times.count);
    place.until.store(until, Ordering::SeqCst);
    place.action.store(action.pack(), Ordering::SeqCst);
}

/// Disarms a point; whoever is held there goes on.
pub fn disarm(point: Point) {
    if let Some(place) = place(point) {
        place.action.store(0, Ordering::SeqCst);
    }
}

/// Disarms all points.
pub fn disarm_all() {
    Point::ALL.iter().copied().for_each(disarm);
}

/// How often a point has been reached, in all processes, since the program started.
#[must_use]
pub fn hits(point: Point) -> u64 {
    place(point).map_or(0, |place| place.hits.load(Ordering::SeqCst))
}

/// The process on which a point has acted last since it was armed.
#[must_use]
pub fn victim(point: Point) -> Option<u32> {
    let pid = place(point)?.victim.load(Ordering::SeqCst);
    u32::try_from(pid).ok().filter(|&pid| pid != 0)
}

/// A process is at `point`.
pub(super) fn hit(point: Point) -> Result<(), Errno> {
    let Some(place) = place(point) else {
        return Ok(());
    };
    place.hits.fetch_add(1, Ordering::SeqCst);
    let Some(action) = Action::unpack(place.action.load(Ordering::SeqCst)) else {
        return Ok(());
    };
    let number = place.since.fetch_add(1, Ordering::SeqCst);
    let first = place.from.load(Ordering::SeqCst);
    let until = place.until.load(Ordering::SeqCst);
    if !(first..until).contains(&number) {
        return Ok(());
    }
    place
        .victim
        .store(u64::from(std::process::id()), Ordering::SeqCst);
    act(action, place.action)
}

fn act(action: Action, armed: &AtomicU64) -> Result<(), Errno> {
    let signal = match action {
        Action::Refuse(errno) => return Err(Errno::from_raw(errno)),
        Action::Exit(code) => exit_now(code),
        Action::Hold => {
            while armed.load(Ordering::SeqCst) == action.pack() {
                thread::sleep(Duration::from_micros(200));
            }
            return Ok(());
        }
        Action::Abort => std::process::abort(),
        Action::Panic => panic!("a test wants it"),
        Action::Kill => Signal::SIGKILL,
        Action::Segv => Signal::SIGSEGV,
        Action::Stop => Signal::SIGSTOP,
    };
    // Each of them has its default action in all of our processes, and cannot fail.
    raise(signal)
}

fn place(point: Point) -> Option<Place<'static>> {
    let words = BOARD.get()?.words();
    let start = point as usize * WORDS_A_POINT;
    let [action, from, until, since, hits, victim, ..] = &words[start..start + WORDS_A_POINT]
    else {
        return None;
    };
    Some(Place {
        action,
        from,
        until,
        since,
        hits,
        victim,
    })
}

impl Action {
    fn pack(self) -> u64 {
        let (kind, number) = match self {
            Self::Kill => (1, 0),
            Self::Segv => (2, 0),
            Self::Abort => (3, 0),
            Self::Exit(code) => (4, code),
            Self::Stop => (5, 0),
            Self::Hold => (6, 0),
            Self::Refuse(errno) => (7, errno),
            Self::Panic => (8, 0),
        };
        (kind << 32) | u64::from(number.cast_unsigned())
    }

    fn unpack(word: u64) -> Option<Self> {
        let number = u32::try_from(word & u64::from(u32::MAX))
            .ok()?
            .cast_signed();
        Some(match word >> 32 {
            1 => Self::Kill,
            2 => Self::Segv,
            3 => Self::Abort,
            4 => Self::Exit(number),
            5 => Self::Stop,
            6 => Self::Hold,
            7 => Self::Refuse(number),
            8 => Self::Panic,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_come_off_the_page_as_they_went_on() {
        for action in [
            Action::Kill,
            Action::Segv,
            Action::Abort,
            Action::Exit(-1),
            Action::Stop,
            Action::Hold,
            Action::Refuse(11),
            Action::Panic,
        ] {
            assert_eq!(Action::unpack(action.pack()), Some(action));
        }
        assert_eq!(Action::unpack(0), None);
    }

    #[test]
    fn a_point_acts_on_the_hits_it_was_armed_for() {
        install();
        let point = Point::ParentPreparing;
        let before = hits(point);
        arm_for(point, Action::Refuse(12), Times { skip: 1, count: 2 });
        let outcomes = [0; 4].map(|_| hit(point));
        let refused = Err(Errno::ENOMEM);
        assert_eq!(outcomes, [Ok(()), refused, refused, Ok(())]);
        assert_eq!(hits(point), before + 4);
        assert_eq!(victim(point), Some(std::process::id()));
        disarm(point);
        assert_eq!(hit(point), Ok(()));
    }
}
