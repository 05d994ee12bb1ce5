//! A subscriber that remembers all that it is told.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Fields by name, as text.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// What was told, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Opened(u64),
    Logged(Logged),
    Closed(u64),
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    pub(crate) target: String,
    pub(crate) level: Level,
    pub(crate) span: Option<u64>,
    pub(crate) fields: Fields,
}

/// A span.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) parent: Option<u64>,
    pub(crate) fields: Fields,
    clones: u32,
}

#[derive(Default)]
struct Memory {
    told: Vec<Told>,
    spans: BTreeMap<u64, Opened>,
    entered: HashMap<ThreadId, Vec<u64>>,
}

/// The subscriber; its clones share a memory.
#[derive(Clone)]
pub(crate) struct Recorder {
    most: LevelFilter,
    memory: Arc<Mutex<Memory>>,
    /// Called with every event, outside the lock.
    react: Arc<dyn Fn(&Logged) + Send + Sync>,
    /// Called before a span is closed, outside the lock.
    part: Arc<dyn Fn() + Send + Sync>,
}

impl Recorder {
    pub(crate) fn new(most: LevelFilter) -> Self {
        Self::reacting(most, |_| {})
    }

    pub(crate) fn reacting(
        most: LevelFilter,
        react: impl Fn(&Logged) + Send + Sync + 'static,
    ) -> Self {
        Self {
            most,
            memory: Arc::default(),
            react: Arc::new(react),
            part: Arc::new(|| {}),
        }
    }

    /// One that does so much at the end of each span.
    pub(crate) fn closing(most: LevelFilter, part: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            part: Arc::new(part),
            ..Self::new(most)
        }
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.lock().told.clone()
    }

    /// The events of `target`.
    pub(crate) fn logged(&self, target: &str) -> Vec<Logged> {
        let told = self.told().into_iter();
        let events = told.filter_map(|told| match told {
            Told::Logged(logged) if logged.target == target => Some(logged),
            _ => None,
        });
        events.collect()
    }

    /// The spans of jobs, by their numbers, oldest first.
    pub(crate) fn jobs(&self) -> Vec<(u64, Opened)> {
        let spans = self.lock().spans.clone().into_iter();
        spans.filter(|(_, span)| span.name == "job").collect()
    }

    pub(crate) fn is_closed(&self, span: u64) -> bool {
        self.lock().told.contains(&Told::Closed(span))
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.most
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.most)
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut memory = self.lock();
        let id = memory.spans.len() as u64 + 1;
        let current = memory.entered.get(&thread::current().id());
        let current = current.and_then(|entered| entered.last().copied());
        let parent = attributes.parent().map(Id::into_u64);
        let mut span = Opened {
            name: attributes.metadata().name().to_owned(),
            parent: parent.or(current.filter(|_| attributes.is_contextual())),
            fields: Fields::new(),
            clones: 1,
        };
        attributes.record(&mut Texts(&mut span.fields));
        memory.spans.insert(id, span);
        memory.told.push(Told::Opened(id));
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut memory = self.lock();
        let span = memory.spans.get_mut(&id.into_u64()).unwrap();
        values.record(&mut Texts(&mut span.fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Texts(&mut fields));
        let memory = self.lock();
        let entered = memory.entered.get(&thread::current().id());
        let current = entered.and_then(|entered| entered.last().copied());
        let current = current.filter(|_| event.is_contextual());
        drop(memory);
        let logged = Logged {
            target: event.metadata().target().to_owned(),
            level: *event.metadata().level(),
            span: event.parent().map(Id::into_u64).or(current),
            fields,
        };
        (self.react)(&logged);
        self.lock().told.push(Told::Logged(logged));
    }

    fn enter(&self, id: &Id) {
        let mut memory = self.lock();
        let entered = memory.entered.entry(thread::current().id()).or_default();
        entered.push(id.into_u64());
    }

    fn exit(&self, _: &Id) {
        let mut memory = self.lock();
        let entered = memory.entered.entry(thread::current().id()).or_default();
        entered.pop();
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.lock().spans.get_mut(&id.into_u64()).unwrap().clones += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut memory = self.lock();
        let span = memory.spans.get_mut(&id.into_u64()).unwrap();
        span.clones -= 1;
        let is_last = span.clones == 0;
        drop(memory);
        if is_last {
            (self.part)();
            self.lock().told.push(Told::Closed(id.into_u64()));
        }
        is_last
    }
}

/// Writes fields down as text.
struct Texts<'a>(&'a mut Fields);

impl Visit for Texts<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}
