//! The calls of `map` and `spawn` as a stream of units, for runs that somebody follows.

use std::sync::Arc;

use super::map::MapPlan;
use super::spawn::SpawnPlan;
use crate::catalogue::call::Call;
use crate::catalogue::kind::Kind;
use crate::engine::source::Source;
use crate::engine::terms::Terms;
use crate::engine::unit::{Unit, Work};
use crate::excerpt::Excerpt;
use crate::inputs::list::Cursor;
use crate::report::Report;

/// A call for each input of a pool, or for each worker of its own.
pub(crate) struct Calls {
    of: Of,
    terms: Arc<Terms>,
    /// How many were made.
    made: u64,
}

/// What there is a call for.
enum Of {
    Inputs(MapPlan, Cursor),
    Workers(SpawnPlan),
}

impl Calls {
    /// Those of `map`.
    pub(crate) fn of_map(plan: MapPlan, terms: Terms) -> Self {
        Self::new(Of::Inputs(plan, Cursor::default()), terms)
    }

    /// Those of `spawn`.
    pub(crate) fn of_spawn(plan: SpawnPlan, terms: Terms) -> Self {
        Self::new(Of::Workers(plan), terms)
    }

    fn new(of: Of, terms: Terms) -> Self {
        Self {
            of,
            terms: Arc::new(terms),
            made: 0,
        }
    }

    fn unit(&self, kind: &Kind, call: Call, what: &str) -> Unit {
        Unit {
            id: format!("{}[{}]", kind.name, Excerpt(what)).into(),
            key: call.key(),
            work: Work::Call(call),
            terms: Arc::clone(&self.terms),
            after: Arc::default(),
        }
    }
}

impl Source for Calls {
    fn next(&mut self) -> Option<Result<Unit, Report>> {
        let made = self.made;
        let unit = match &mut self.of {
            Of::Inputs(plan, cursor) => {
                let input = cursor.next(&plan.inputs)?;
                let (kind, call) = (plan.kind, plan.call(made, &input));
                self.unit(kind, call, &input.to_string())
            }
            Of::Workers(plan) if made < plan.count => {
                let (kind, call) = (plan.kind, plan.call(made));
                self.unit(kind, call, &made.to_string())
            }
            Of::Workers(_) => return None,
        };
        self.made += 1;
        Some(Ok(unit))
    }

    fn has_calls(&self) -> bool {
        true
    }

    fn total(&self) -> Option<u64> {
        Some(match &self.of {
            Of::Inputs(plan, _) => plan.inputs.len(),
            Of::Workers(plan) => plan.count,
        })
    }

    fn rewind(&mut self) -> bool {
        self.made = 0;
        if let Of::Inputs(_, cursor) = &mut self.of {
            *cursor = Cursor::default();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::backend::Confinement;

    fn ids(calls: &mut Calls) -> Vec<String> {
        let units = std::iter::from_fn(|| calls.next());
        units.map(|unit| unit.unwrap().id.to_string()).collect()
    }

    #[test]
    fn there_is_a_call_for_each_worker_and_again_when_it_is_repeated() {
        let plan = SpawnPlan {
            kind: Kind::find("noop").unwrap(),
            arguments: Vec::new(),
            count: 2,
            timeout: None,
            grace: Duration::ZERO,
            confinement: Confinement::default(),
            gil: None,
        };
        let mut calls = Calls::of_spawn(plan, Terms::default());
        assert_eq!((calls.has_calls(), calls.total()), (true, Some(2)));
        assert_eq!(ids(&mut calls), ["noop[0]", "noop[1]"]);
        assert!(calls.next().is_none() && calls.rewind());
        assert_eq!(ids(&mut calls), ["noop[0]", "noop[1]"]);
    }
}
