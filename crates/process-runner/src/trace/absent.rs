//! Everything of this folder for a build without the feature: nothing happens.

use std::time::Duration;

use anypool_core::{Answers, Job, JobId, Settlement};

use crate::event::PoolEvent;
use crate::trace::{Log, Piece};

/// No event, as none is recognised.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Record {}

impl Record {
    pub(crate) fn job(&self) -> Option<JobId> {
        match *self {}
    }

    pub(crate) fn bytes(&self) -> usize {
        match *self {}
    }
}

/// No span.
#[derive(Clone, Debug, Default)]
pub(crate) struct JobSpan(());

impl JobSpan {
    pub(crate) fn is_on(&self) -> bool {
        false
    }

    pub(crate) fn note(&self, _: &Settlement, _: Duration) {}

    pub(crate) fn note_answers(&self, _: &Answers, _: Duration) {}
}

/// No spans.
#[derive(Debug)]
pub(crate) enum Closings {}

impl Closings {
    pub(crate) fn close(self) {
        match self {}
    }
}

/// Nobody to speak to.
#[derive(Clone, Debug)]
pub(crate) struct Relay;

impl Relay {
    pub(crate) fn current() -> Self {
        Self
    }

    pub(crate) fn is_on(&self) -> bool {
        false
    }

    pub(crate) fn span_of(&self, _: &dyn Job) -> JobSpan {
        JobSpan(())
    }

    pub(crate) fn take_closings(&self) -> Option<Closings> {
        None
    }

    pub(crate) fn emit(&self, log: &Log) {
        match log.record {}
    }

    pub(crate) fn tell(&self, _: &PoolEvent) {}
}

pub(crate) fn wanted_level() -> u8 {
    0
}

pub(crate) fn forward(_: u8) {}

pub(crate) fn enter_job(_: Option<JobId>) {}

pub(crate) fn pieces(block: Vec<u8>) -> Vec<Piece> {
    vec![Piece::Lines(block)]
}

pub(crate) fn readable(text: String) -> String {
    text
}
