//! Which flags were given to a command: on the command line or by the environment, and not by the config file or by
//! default, before which goes what a suite says.

use std::collections::HashSet;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::policy::PolicyAsk;
use crate::suite::grants::Grants;
use crate::suite::profile::Wishes;

/// The flags that were given, by the names of their fields.
#[derive(Debug, Default)]
pub(super) struct Given(HashSet<String>);

impl Given {
    /// Reads it from what was given to a command; the flags `otherwise` were said by who weighs less than a suite.
    pub(super) fn read<'a>(matches: &ArgMatches, otherwise: impl Iterator<Item = &'a str>) -> Self {
        let Some((_, matches)) = matches.subcommand() else {
            return Self::default();
        };
        let ids = matches.ids().map(clap::Id::as_str);
        let given = ids.filter(|id| {
            // Groups of flags are among the ids, and have no source.
            let source = matches
                .try_contains_id(id)
                .ok()
                .and_then(|_| matches.value_source(id));
            source.is_some_and(|source| source != ValueSource::DefaultValue)
        });
        let mut given: HashSet<_> = given.map(str::to_owned).collect();
        for flag in otherwise {
            given.remove(&flag.replace('-', "_"));
        }
        Self(given)
    }

    fn has(&self, flag: &str) -> bool {
        self.0.contains(flag)
    }

    /// What the flags grant to tasks, as far as they were given.
    pub(super) fn grants(&self, ask: &PolicyAsk) -> Grants {
        let asked = Grants::from(ask.rules.terms());
        let retries = self.has("retries") || self.has("retry_delay");
        Grants {
            timeout: asked.timeout.filter(|_| self.has("timeout")),
            grace: asked.grace.filter(|_| self.has("grace")),
            slow_after: asked.slow_after.filter(|_| self.has("slow_after")),
            retries: asked.retries.filter(|_| retries),
        }
    }

    /// What a profile says that no flag says otherwise.
    pub(super) fn left(&self, wishes: &Wishes) -> Wishes {
        Wishes {
            workers: wishes.workers.filter(|_| !self.has("workers")),
            seed: wishes.seed.filter(|_| !self.has("seed")),
            repeat: wishes.repeat.filter(|_| !self.has("repeat")),
            run_timeout: wishes.run_timeout.filter(|_| !self.has("run_timeout")),
            flaky_fails: wishes.flaky_fails.filter(|_| !self.has("flaky")),
            max_fail: wishes.max_fail.filter(|_| !self.has("max_fail")),
            until_success: wishes.until_success.filter(|_| !self.has("until_success")),
            delay: wishes.delay.filter(|_| !self.has("delay")),
            max_load: wishes.max_load.filter(|_| !self.has("max_load")),
            min_free_mem: wishes.min_free_mem.filter(|_| !self.has("min_free_mem")),
        }
    }
}
