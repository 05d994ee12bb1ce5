//! Whether an item that runs has exceeded its terms. No input or output: what was observed goes in,
//! what follows comes out.

use std::time::Duration;

use crate::seat::watching::MEMORY_WATCH;
use crate::supervisor::doom::Doom;
use crate::terms::Terms;

/// CPU time is not looked at more often than this.
const SHORTEST_CPU_WATCH: Duration = Duration::from_millis(5);

/// What is known of an item that runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Observed {
    pub(crate) ran: Duration,
    /// The CPU time it has used; zero when nobody has measured it.
    pub(crate) cpu: Duration,
    /// How many bytes its worker has beyond what it inherited; zero when nobody has measured it.
    pub(crate) resident: u64,
    /// On how many CPUs it may run at the same time.
    pub(crate) cpus: u32,
    /// Whether somebody has asked for its end.
    pub(crate) to_kill: bool,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// Nothing; it is to be looked at again after this time, if at all.
    Fine(Option<Duration>),
    /// It is to end.
    Over(Doom),
}

/// Judges an item by its terms.
pub(crate) fn judge(terms: &Terms, observed: &Observed) -> Judgement {
    if observed.to_kill {
        return Judgement::Over(Doom::Killed);
    }
    if let Some(limit) = terms
        .memory_limit
        .filter(|&limit| observed.resident > limit)
    {
        let resident = observed.resident;
        return Judgement::Over(Doom::Memory { limit, resident });
    }
    if let Some(limit) = terms.timeout.filter(|&limit| observed.ran >= limit) {
        return Judgement::Over(Doom::TimedOut(limit));
    }
    if let Some(limit) = terms.cpu_time.filter(|&limit| observed.cpu >= limit) {
        let used = observed.cpu;
        return Judgement::Over(Doom::CpuTime { limit, used });
    }
    let time = terms.timeout.map(|limit| limit - observed.ran);
    let memory = terms.memory_limit.map(|_| MEMORY_WATCH);
    let cpu = terms.cpu_time.map(|limit| {
        // On all CPUs at the same time it cannot be sooner.
        ((limit - observed.cpu) / observed.cpus.max(1)).max(SHORTEST_CPU_WATCH)
    });
    Judgement::Fine([time, memory, cpu].into_iter().flatten().min())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn terms() -> Terms {
        Terms {
            timeout: Some(10 * SECOND),
            cpu_time: Some(4 * SECOND),
            memory_limit: Some(1_000),
            ..Terms::default()
        }
    }

    #[test]
    fn what_keeps_its_terms_is_looked_at_again_when_it_could_break_them() {
        let observed = Observed {
            ran: 4 * SECOND,
            cpu: 2 * SECOND,
            cpus: 2,
            ..Observed::default()
        };
        assert_eq!(judge(&Terms::default(), &observed), Judgement::Fine(None));
        let fine = judge(&terms(), &observed);
        assert_eq!(fine, Judgement::Fine(Some(MEMORY_WATCH)));
        let unwatched = Terms {
            memory_limit: None,
            ..terms()
        };
        assert_eq!(
            judge(&unwatched, &observed),
            Judgement::Fine(Some(SECOND)),
            "two CPUs use the two seconds that are left in one"
        );
    }

    #[test]
    fn every_limit_has_its_own_verdict() {
        let over = |observed| match judge(&terms(), &observed) {
            Judgement::Over(doom) => doom,
            fine @ Judgement::Fine(_) => panic!("{fine:?}"),
        };
        let fine = Observed::default();
        let ran = 10 * SECOND;
        assert_eq!(over(Observed { ran, ..fine }), Doom::TimedOut(ran));
        let used = 5 * SECOND;
        let limit = 4 * SECOND;
        let slow = Observed { cpu: used, ..fine };
        assert_eq!(over(slow), Doom::CpuTime { limit, used });
        let resident = 1_001;
        let fat = Observed { resident, ..fine };
        let limit = 1_000;
        assert_eq!(over(fat), Doom::Memory { limit, resident });
        let to_kill = true;
        assert_eq!(over(Observed { to_kill, ..fine }), Doom::Killed);
    }
}
