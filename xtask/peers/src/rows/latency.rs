//! One job in flight: from `submit` until its value is there.

use super::Round;
use crate::bare::bell::Waiting;
use crate::bare::ping_pong::PingPong;
use crate::job::Next;
use crate::pools::{Pool, Settings};
use crate::rows::Started;
use crate::timing;

/// Jobs before the first round, so that every worker has started.
const WARM_UP: u64 = 100;

pub(super) fn one_in_flight<P: Pool + 'static>(settings: Settings) -> Started {
    let pool = P::start(settings)?;
    let mut number = 0;
    let mut one = move || {
        number += 1;
        let value = pool.join(pool.submit::<Next>(number));
        assert_eq!(value, Ok(number + 1));
    };
    (0..WARM_UP).for_each(|_| one());
    Ok(Box::new(move |round: Round| {
        Ok(timing::latency(round.budget, &mut one))
    }))
}

pub(super) fn bare(arm: &str) -> Started {
    let waiting = match arm {
        "bare-spin" => Waiting::Spinning,
        _ => Waiting::Sleeping,
    };
    let mut partner = PingPong::start(waiting).map_err(|errno| errno.to_string())?;
    let mut number = 0;
    Ok(Box::new(move |round: Round| {
        Ok(timing::latency(round.budget, || {
            number += 1;
            assert_eq!(partner.next(number), number + 1);
        }))
    }))
}
