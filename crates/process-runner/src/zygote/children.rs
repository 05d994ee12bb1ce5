//! A fork server's children: who they are, signalling and reaping them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpgid};

use crate::sys::process::{Ended, ended_child, reap};
use crate::zygote::record::Report;
use crate::zygote::socket::RecordSocket;

/// How long a template has to kill its workers' process groups and go, until it is killed itself. It does
/// so at once, unless it runs a preload that does not listen.
const TEMPLATE_PATIENCE: Duration = Duration::from_secs(2);

/// Children that have not been reaped.
#[derive(Debug, Default)]
pub(crate) struct Children {
    by_pid: BTreeMap<i32, Child>,
}

#[derive(Debug)]
enum Child {
    /// A worker, with the session that it belongs to.
    Worker(u64),
    Template(Template),
}

#[derive(Debug)]
struct Template {
    /// The worker that opened its session; `None` for the program.
    owner: Option<i32>,
    /// The template's end of the session, kept to tell how the template ended.
    session: RecordSocket,
    /// When it is killed, once it was told to end.
    deadline: Option<Instant>,
}

impl Children {
    pub(crate) fn add_worker(&mut self, pid: Pid, session: u64) {
        self.by_pid.insert(pid.as_raw(), Child::Worker(session));
    }

    pub(crate) fn add_template(&mut self, pid: Pid, owner: Option<i32>, session: RecordSocket) {
        let template = Template {
            owner,
            session,
            deadline: None,
        };
        self.by_pid.insert(pid.as_raw(), Child::Template(template));
    }

    /// Signals the process group of a worker, if it belongs to `session`.
    ///
    /// As long as the worker has not been reaped, its number cannot name anybody else.
    pub(crate) fn signal(&self, session: u64, pid: i32, signal: i32) {
        let Ok(signal) = Signal::try_from(signal) else {
            return;
        };
        if matches!(self.by_pid.get(&pid), Some(Child::Worker(owner)) if *owner == session) {
            signal_group(pid, signal);
        }
    }

    /// Kills the process groups of all workers of `session`.
    pub(crate) fn kill_session(&self, session: u64) {
        for (&pid, child) in &self.by_pid {
            if matches!(child, Child::Worker(owner) if *owner == session) {
                signal_group(pid, Signal::SIGKILL);
            }
        }
    }

    /// Kills the process groups of all workers, and tells templates to do so with theirs and to end.
    pub(crate) fn end_all(&mut self) {
        for (&pid, child) in &mut self.by_pid {
            match child {
                Child::Worker(_) => signal_group(pid, Signal::SIGKILL),
                Child::Template(template) => template.end(pid),
            }
        }
    }

    /// Whether there are templates.
    pub(crate) fn has_templates(&self) -> bool {
        let is_template = |child: &Child| matches!(child, Child::Template(_));
        self.by_pid.values().any(is_template)
    }

    /// When a template has to be killed next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let deadlines = self.by_pid.values().filter_map(|child| match child {
            Child::Worker(_) => None,
            Child::Template(template) => template.deadline,
        });
        deadlines.min()
    }

    /// Kills templates that were told to end long enough ago.
    pub(crate) fn kill_overdue(&mut self) {
        let now = Instant::now();
        for (&pid, child) in &mut self.by_pid {
            if let Child::Template(template) = child
                && template.deadline.is_some_and(|deadline| deadline <= now)
            {
                template.deadline = None;
                signal_group(pid, Signal::SIGKILL);
            }
        }
    }

    /// Reaps children that have ended, killing what is left in their process groups first, and ends the
    /// templates of dead workers.
    pub(crate) fn reap_ended(&mut self, mut report: impl FnMut(u64, i32, Ended)) {
        // The kernel knows who has ended: asking for each child would cost as much as there are children.
        while let Some(child) = ended_child() {
            let pid = child.as_raw();
            if self.by_pid.contains_key(&pid) {
                // The number of the group cannot be reused while its leader waits to be reaped.
                signal_group(pid, Signal::SIGKILL);
            }
            // What a preload has started is collected as well: nobody else would.
            let Ok(Some(how)) = reap(child) else {
                return;
            };
            match self.by_pid.remove(&pid) {
                Some(Child::Worker(session)) => {
                    self.end_templates_of(pid);
                    report(session, pid, how);
                }
                Some(Child::Template(mut template)) => {
                    // Whoever waits for it learns how it ended, and then, as the last end is closed,
                    // that it has. A session that does not listen is not waited for.
                    let report = Report::Ended { pid, how }.encode();
                    let _ = template.session.send(report, Vec::new());
                }
                None => {}
            }
        }
    }

    fn end_templates_of(&mut self, worker: i32) {
        for (&pid, child) in &mut self.by_pid {
            if let Child::Template(template) = child
                && template.owner == Some(worker)
            {
                template.end(pid);
            }
        }
    }
}

impl Template {
    /// Tells the template to end: it alone is told, and sees to its workers.
    fn end(&mut self, pid: i32) {
        if self.deadline.is_none() {
            self.deadline = Some(Instant::now() + TEMPLATE_PATIENCE);
            // It has not been reaped, so the number is its own.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }
}

fn signal_group(pid: i32, signal: Signal) {
    // A child makes itself the leader of a group before anything else, and so does its server for it;
    // an empty group is no error here.
    let leader = Pid::from_raw(pid);
    let mut targets = vec![Pid::from_raw(-pid)];
    // A task may have moved its worker to another group.
    if getpgid(Some(leader)).is_ok_and(|group| group != leader) {
        targets.push(leader);
    }
    for target in targets {
        let _ = kill(target, signal);
        if signal == Signal::SIGTERM {
            // Who has been stopped cannot do what it is asked for until it goes on.
            let _ = kill(target, Signal::SIGCONT);
        }
    }
}
