//! Profiles: what else holds with `--profile NAME`.

use std::num::NonZeroU64;
use std::time::Duration;

use super::fields::Fields;
use super::grants::Grants;
use super::wrong::Wrong;
use crate::engine::policy::{MaxFail, Policy, Repeat};
use crate::nearest::nearest;
use crate::report::Report;
use crate::workers::WorkerCount;

/// What a profile says of the run as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wishes {
    pub(crate) workers: Option<WorkerCount>,
    pub(crate) seed: Option<u64>,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) run_timeout: Option<Duration>,
    pub(crate) flaky_fails: Option<bool>,
    pub(crate) max_fail: Option<MaxFail>,
    pub(crate) until_success: Option<NonZeroU64>,
    pub(crate) delay: Option<Duration>,
    pub(crate) max_load: Option<f64>,
    pub(crate) min_free_mem: Option<u64>,
}

impl Wishes {
    fn read(fields: Fields<'_>) -> Self {
        Self {
            workers: fields.written("workers"),
            seed: fields.whole("seed"),
            repeat: fields.written("repeat"),
            run_timeout: fields.time("run-timeout"),
            flaky_fails: fields.text("flaky").map(|flaky| flaky == "fail"),
            max_fail: fields.written("max-fail"),
            until_success: fields.whole("until-success").and_then(NonZeroU64::new),
            delay: fields.time("delay"),
            max_load: fields.real("max-load"),
            min_free_mem: fields.size("min-free-mem"),
        }
    }

    /// These, and where they say nothing, those.
    #[must_use]
    pub(crate) fn or(self, others: &Self) -> Self {
        Self {
            workers: self.workers.or(others.workers),
            seed: self.seed.or(others.seed),
            repeat: self.repeat.or(others.repeat),
            run_timeout: self.run_timeout.or(others.run_timeout),
            flaky_fails: self.flaky_fails.or(others.flaky_fails),
            max_fail: self.max_fail.or(others.max_fail),
            until_success: self.until_success.or(others.until_success),
            delay: self.delay.or(others.delay),
            max_load: self.max_load.or(others.max_load),
            min_free_mem: self.min_free_mem.or(others.min_free_mem),
        }
    }

    /// Puts them into a policy.
    pub(crate) fn grant(&self, policy: &mut Policy) {
        if let Some(workers) = self.workers {
            policy.workers = workers.here();
        }
        policy.seed = self.seed.unwrap_or(policy.seed);
        policy.repeat = self.repeat.unwrap_or(policy.repeat);
        policy.run_timeout = self.run_timeout.or(policy.run_timeout);
        policy.flaky_fails = self.flaky_fails.unwrap_or(policy.flaky_fails);
        policy.max_fail = self.max_fail.unwrap_or(policy.max_fail);
        policy.until_success = self.until_success.or(policy.until_success);
        policy.delay = self.delay.or(policy.delay);
        policy.max_load = self.max_load.or(policy.max_load);
        policy.min_free_mem = self.min_free_mem.or(policy.min_free_mem);
    }
}

/// A profile that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile<'a> {
    pub(crate) name: &'a str,
    /// Whether a suite without it is wrong.
    pub(crate) is_needed: bool,
}

/// Reads the profile `chosen`, with all that it inherits. What is wrong with other profiles is told as well.
pub(super) fn read(
    wrong: &mut Wrong<'_>,
    suite: Fields<'_>,
    chosen: Option<Profile<'_>>,
) -> (Wishes, Grants) {
    let profiles = suite.names("profile");
    let names: Vec<_> = profiles.iter().map(|(name, _)| *name.get_ref()).collect();
    let find = |name: &str| {
        let profile = profiles.iter().find(|(known, _)| *known.get_ref() == name);
        profile.and_then(|(_, profile)| profile.get_ref().as_table().map(Fields))
    };
    for (name, profile) in &profiles {
        let table = profile.get_ref().as_table().map(Fields);
        let Some(heir) = table.and_then(|table| table.placed("inherits")) else {
            continue;
        };
        if find(heir.get_ref()).is_none() {
            let what = format!("profile `{}` inherits what is not there", name.get_ref());
            wrong.tell(wrong.at(heir.span(), &suggest(heir.get_ref(), &names), what));
        } else if is_own_heir(name.get_ref(), &find) {
            let what = format!("profile `{}` inherits itself", name.get_ref());
            wrong.tell(wrong.at(heir.span(), "it comes back to itself from here", what));
        }
    }
    let Some(Profile { name, is_needed }) = chosen else {
        return Default::default();
    };
    let mut all = (Wishes::default(), Grants::default());
    let mut next = find(name);
    if next.is_none() && is_needed {
        let file = &wrong.text.file;
        let report = Report::new(format!("{file} has no profile `{name}`"));
        wrong.tell(report.help(suggest(name, &names)));
    }
    // No chain of different profiles is longer.
    for _ in 0..profiles.len() {
        let Some(fields) = next else { break };
        let grants = fields.table("defaults").map(Grants::read);
        all.0 = all.0.or(&Wishes::read(fields));
        all.1 = all.1.or(grants.unwrap_or_default());
        next = fields.text("inherits").and_then(find);
    }
    all
}

fn is_own_heir<'t>(name: &str, find: &impl Fn(&str) -> Option<Fields<'t>>) -> bool {
    let mut seen = vec![name];
    let mut next = name;
    while let Some(heir) = find(next).and_then(|fields| fields.text("inherits")) {
        if heir == name {
            return true;
        }
        if seen.contains(&heir) {
            return false;
        }
        seen.push(heir);
        next = heir;
    }
    false
}

fn suggest(name: &str, names: &[&str]) -> String {
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "it has no profiles".to_owned(),
        None => format!("profiles: {}", names.join(", ")),
    }
}
