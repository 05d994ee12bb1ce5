//! Which processes a pool's workers are.

use std::collections::{BTreeSet, VecDeque};

use crate::job::Where;
use crate::pools::Pool;

/// Keeps a job for every worker under way until each has answered one.
///
/// # Errors
///
/// A job failed, or some worker has not answered after very many jobs.
pub(super) fn of<P: Pool>(pool: &P, workers: usize) -> Result<BTreeSet<u32>, String> {
    let mut under_way: VecDeque<_> = (0..workers).map(|_| pool.submit::<Where>(())).collect();
    let mut seen = BTreeSet::new();
    let mut jobs = workers;
    while let Some(handle) = under_way.pop_front() {
        seen.insert(pool.join(handle)?);
        if seen.len() < workers {
            if jobs == MOST {
                return Err(format!("of {workers} workers, {} answered", seen.len()));
            }
            jobs += 1;
            under_way.push_back(pool.submit::<Where>(()));
        }
    }
    Ok(seen)
}

/// Whoever has not had one of so many jobs is never given any.
const MOST: usize = 100_000;
