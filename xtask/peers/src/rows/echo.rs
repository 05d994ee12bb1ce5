//! Ten megabytes there and back.

use serde_bytes::ByteBuf;

use super::{Round, Started};
use crate::bare::echo::{Arenas, Echo as Partner, Streams};
use crate::job::{Echo, EchoList};
use crate::pools::{Pool, Settings};
use crate::reading::Reading;
use crate::timing;

const BYTES: usize = 10_000_000;

/// The first of them is another one each time, so that old bytes are not taken for new ones.
fn mark(bytes: &mut [u8]) -> u8 {
    bytes[0] = bytes[0].wrapping_add(1);
    bytes[0]
}

pub(super) fn bytes<P: Pool + 'static>(settings: Settings) -> Started {
    let pool = P::start(settings)?;
    there_and_back(vec![7; BYTES], move |bytes| {
        let echoed = pool.join(pool.submit::<Echo>(ByteBuf::from(bytes)))?;
        Ok(echoed.into_vec())
    })
}

pub(super) fn lists<P: Pool + 'static>(settings: Settings) -> Started {
    let pool = P::start(settings)?;
    there_and_back(vec![7; BYTES], move |bytes| {
        pool.join(pool.submit::<EchoList>(bytes))
    })
}

pub(super) fn bare(arm: &str) -> Started {
    let words = |error: std::io::Error| error.to_string();
    let mut partner: Box<dyn Partner> = match arm {
        "bare-arena" => Box::new(Arenas::start(BYTES).map_err(|errno| errno.to_string())?),
        "bare-socket" => Box::new(Streams::socket(BYTES).map_err(words)?),
        _ => Box::new(Streams::pipes(BYTES).map_err(words)?),
    };
    there_and_back(vec![7; BYTES], move |mut bytes| {
        partner.echo(&mut bytes).map_err(words)?;
        Ok(bytes)
    })
}

/// A row that sends what came back the last time; both have been done once before the first round.
fn there_and_back(
    first: Vec<u8>,
    mut echo: impl FnMut(Vec<u8>) -> Result<Vec<u8>, String> + 'static,
) -> Started {
    let mut held = first;
    let mut once = move || {
        let sent = mark(&mut held);
        held = echo(std::mem::take(&mut held)).expect("nothing befalls these jobs");
        assert_eq!((held.len(), held[0], held[BYTES - 1]), (BYTES, sent, 7));
    };
    once();
    Ok(Box::new(move |round: Round| {
        let time = timing::typical(round.budget, round.scale, &mut once);
        Ok(Reading::of("echo", time))
    }))
}
