//! The account of what a worker has been given, whatever it answers and writes on its page.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, JobId, MapOptions};

use crate::fuzz::account::Account;
use crate::fuzz::script::Script;
use crate::fuzz::seats::answering::{hostile_reply, read_request};
use crate::grip::Grip;
use crate::inbox::Inbox;
use crate::pace::DEPTH;
use crate::parcel::Parcel;
use crate::parcel::keeper::{Keeper, parcel};
use crate::seat::Seat;
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::wire::status::StatusPage;

/// Gives jobs to a worker that answers, and writes on its page, what the script says. Every item must
/// be settled or given back once, whatever that is; a breach ends the worker, and another takes over.
pub fn seat(script: &[u8]) {
    let mut script = Script::new(script);
    let keeper = Keeper::new();
    let Some(mut scene) = Scene::new(&keeper) else {
        // The machine has no memory for a page; that is no finding.
        return;
    };
    while !script.is_over() {
        let Some(()) = scene.step(&mut script) else {
            return;
        };
    }
    scene.end_worker();
    scene.account.close();
}

/// Keeps a map alive: one that is dropped cancels its items.
trait Alive {}
impl<T> Alive for T {}

struct Scene<'k> {
    keeper: &'k Keeper,
    seat: Seat,
    /// The worker's side of the page.
    page: StatusPage,
    queue: VecDeque<Parcel>,
    account: Account,
    singles: Vec<JobHandle<u64>>,
    maps: Vec<(JobId, Box<dyn Alive + 'k>)>,
    /// What an honest worker would have in hand: sequence, items, and the next of them.
    requests: VecDeque<(u64, u32, u32)>,
    now_nanos: u64,
}

fn seated() -> Option<(Seat, StatusPage)> {
    let memory = SharedMemory::create(PAGE_BYTES).ok()?;
    let map = || Some(StatusPage::new(SharedMemory::map(&memory).ok()?));
    let grip = Grip::new(map()?, 0, Arc::new(Inbox::new(1).ok()?));
    Some((Seat::new(Arc::new(grip), None), map()?))
}

impl<'k> Scene<'k> {
    fn new(keeper: &'k Keeper) -> Option<Self> {
        let (seat, page) = seated()?;
        Some(Self {
            keeper,
            seat,
            page,
            queue: VecDeque::new(),
            account: Account::default(),
            singles: Vec::new(),
            maps: Vec::new(),
            requests: VecDeque::new(),
            now_nanos: 0,
        })
    }

    fn step(&mut self, script: &mut Script<'_>) -> Option<()> {
        match script.below(16) {
            0 => self.submit_single(),
            1 => self.submit_chunk(usize::from(script.below(16)) + 1),
            2..=4 => self.give(),
            5..=6 => self.answer_honestly()?,
            7 => self.answer_gathered()?,
            8 => self.answer(&hostile_reply(script, &self.requests))?,
            9 => self.scribble(script),
            10 => {
                let parcels = self.seat.take_back_all();
                self.take_in(parcels);
            }
            11 => {
                let parcels = self.seat.share();
                self.take_in(parcels);
            }
            12 => self.cancel(script),
            13 => self.look(),
            14 => self.now_nanos = self.now_nanos.saturating_add(script.number()),
            _ => self.replace_worker()?,
        }
        Some(())
    }

    fn submit_single(&mut self) {
        if let Ok(handle) = self.keeper.submit(|n: u64| n, 7) {
            self.singles.push(handle);
        }
        self.enqueue();
    }

    fn submit_chunk(&mut self, items: usize) {
        let whole = MapOptions::new().chunk(NonZeroUsize::MIN.saturating_add(items - 1));
        let map = self.keeper.map_with(|n: u64| n, 0..items as u64, whole);
        let job = self.enqueue();
        self.maps.extend(job.map(|job| (job, Box::new(map) as _)));
    }

    fn enqueue(&mut self) -> Option<JobId> {
        let work = self.keeper.taken().pop()?;
        let parcel = parcel(&work);
        self.account.queue(&parcel);
        self.queue.push_back(parcel);
        Some(work.job.id())
    }

    fn give(&mut self) {
        // As the desk does: no more than this is sent ahead.
        let Some(parcel) = self.queue.pop_front().filter(|_| self.seat.load() < DEPTH) else {
            return;
        };
        let whole = parcel.clone();
        let mut frame = Vec::new();
        let rest = self.seat.give(parcel, self.now_nanos, &mut frame);
        assert!(rest.is_none(), "small items fit into one request");
        if frame.is_empty() {
            self.account.drop_unwanted(&whole);
        } else {
            self.account.give(&whole);
            self.requests.push_back(read_request(&frame));
        }
    }

    /// Takes parcels in that came back.
    fn take_in(&mut self, parcels: impl IntoIterator<Item = Parcel>) {
        for parcel in parcels {
            self.account.take_back(&parcel);
            self.queue.push_back(parcel);
        }
    }

    fn scribble(&mut self, script: &mut Script<'_>) {
        let Some(&(sequence, ..)) = self.requests.front().filter(|_| script.below(4) > 0) else {
            let index = usize::from(script.byte());
            return self.page.scribble_word(index, script.word());
        };
        let sequence = sequence + u64::from(script.below(2));
        let end = u32::from(script.below(20));
        self.page
            .scribble(sequence, (u32::from(script.below(20)), end));
    }

    fn cancel(&mut self, script: &mut Script<'_>) {
        let which = usize::from(script.byte());
        if script.below(2) == 0 && !self.maps.is_empty() {
            let (job, map) = self.maps.swap_remove(which % self.maps.len());
            drop(map);
            return self.account.forget(job);
        }
        let Some(single) = which.checked_rem(self.singles.len()) else {
            return;
        };
        let handle = &self.singles[single];
        let job = handle.id();
        if handle.cancel() {
            self.account.forget(job);
        }
    }

    fn look(&mut self) {
        if let Some(running) = self.seat.running(self.now_nanos) {
            let now = Duration::from_nanos(self.now_nanos);
            assert!(running.ran <= now && running.silent <= now);
            assert!(self.seat.current_job().is_some());
        }
        assert_eq!(self.seat.is_idle(), self.seat.load() == 0);
        assert!(!self.seat.is_at_last() || self.seat.load() == 1);
        assert_eq!(self.seat.shortest_watch(), None);
    }

    /// The worker's end, as its burial has it.
    fn end_worker(&mut self) {
        let returned = self.seat.take_back_all();
        self.take_in(returned);
        let remains = self.seat.end(&JobError::Killed);
        self.take_in(remains.returned);
        for lost in remains.lost {
            self.settle(lost);
        }
        assert!(self.seat.is_idle());
    }

    fn replace_worker(&mut self) -> Option<()> {
        self.end_worker();
        self.requests.clear();
        (self.seat, self.page) = seated()?;
        Some(())
    }
}

mod answering;
