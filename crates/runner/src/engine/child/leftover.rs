//! What a program leaves behind in its process group.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// How long what was started by a program may take to follow it.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// How long killed processes may take to be gone.
const DYING: Duration = Duration::from_secs(1);

/// The members of the group of a leader that has been reaped. The number of the group is not given to another one as
/// long as it has members.
#[derive(Debug)]
pub(super) struct Leftover {
    group: Pid,
}

impl Leftover {
    /// What is left in the group of `leader`, when it has not gone by itself after a moment.
    pub(super) fn of(leader: Pid) -> Option<Self> {
        let left = Self { group: leader };
        if !left.exists() {
            return None;
        }
        (!left.is_gone_within(PATIENCE)).then_some(left)
    }

    /// What they are, in a few words.
    pub(super) fn describe(&self) -> String {
        let names = self.living();
        let count = match names.len() {
            0 | 1 => "a process".to_owned(),
            many => format!("{many} processes"),
        };
        if names.is_empty() {
            return count;
        }
        format!("{count} ({})", names.join(", "))
    }

    /// Stops them: asks, and after the grace makes them.
    pub(super) fn stop(&self, grace: Duration) {
        let _ = killpg(self.group, Signal::SIGTERM);
        let _ = killpg(self.group, Signal::SIGCONT);
        if !self.is_gone_within(grace) {
            let _ = killpg(self.group, Signal::SIGKILL);
            self.is_gone_within(DYING);
        }
    }

    fn is_gone_within(&self, time: Duration) -> bool {
        let began = Instant::now();
        let mut pause = Duration::from_millis(1);
        while self.exists() && !self.is_dead() {
            let left = time.saturating_sub(began.elapsed());
            if left.is_zero() {
                return false;
            }
            // They are no children of ours, so nothing tells when they end.
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        true
    }

    fn exists(&self) -> bool {
        killpg(self.group, None).is_ok()
    }

    /// Whether all that is left waits to be reaped by a parent that does not.
    fn is_dead(&self) -> bool {
        cfg!(target_os = "linux") && self.living().is_empty()
    }

    /// The names of those that are alive.
    fn living(&self) -> Vec<String> {
        let processes = fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .map_while(Result::ok);
        let stats =
            processes.filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
        stats.filter_map(|stat| self.member(&stat)).collect()
    }

    /// The name of the process of this line of `/proc/*/stat`, if it is a member and alive.
    fn member(&self, stat: &str) -> Option<String> {
        let (before, after) = stat.rsplit_once(") ")?;
        let (_, name) = before.split_once('(')?;
        let mut fields = after.split(' ');
        let state = fields.next()?;
        let group: i32 = fields.nth(1)?.parse().ok()?;
        (group == self.group.as_raw() && !matches!(state, "Z" | "X")).then(|| name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_those_of_the_group_that_are_alive() {
        let left = Leftover {
            group: Pid::from_raw(42),
        };
        let member = |stat| left.member(stat);
        assert_eq!(
            member("7 (a (b) c) S 1 42 7 0 -1"),
            Some("a (b) c".to_owned())
        );
        assert_eq!(member("7 (sleep) Z 1 42 7 0 -1"), None);
        assert_eq!(member("7 (sleep) S 1 43 7 0 -1"), None);
        assert_eq!(member("torn"), None);
    }
}
