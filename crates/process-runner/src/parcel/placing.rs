//! Where a large input lies: among the inputs of a worker, at best of the one that gets it.

use std::sync::Arc;

use anypool_core::{CodecError, Draft, Records, Work, append_record};

use crate::parcel::Parcel;
use crate::parcel::packet::Packet;
use crate::transport::inputs::{InputLease, Inputs};
use crate::transport::region::LARGE_BYTES;
use crate::transport::stock::Stock;
use crate::wire::request;

impl Parcel {
    /// Where its only input lies, if it is not in records.
    pub(crate) fn lease(&self) -> Option<&Arc<InputLease>> {
        self.packet.lease()
    }

    /// Its inputs as a worker is told that has `among`: one that is large is put there, if there is room.
    pub(crate) fn put_among(&mut self, among: Option<&Arc<Inputs>>) -> request::Inputs<'_> {
        let lies_there =
            |lease: &Arc<InputLease>| among.is_some_and(|inputs| lease.lies_in(inputs));
        match self.lease().cloned() {
            Some(lease) if lies_there(&lease) => {}
            Some(lease) => {
                let copy = among.and_then(|inputs| lease.copied_to(inputs));
                self.packet = match copy {
                    Some(copy) => Packet::Elsewhere(Arc::new(copy)),
                    None => records_of(&lease),
                };
            }
            None if self.len() == 1 && self.inputs().len() >= LARGE_BYTES => {
                if let Some(lease) = among.and_then(|inputs| self.copied_to(inputs)) {
                    self.packet = Packet::Elsewhere(Arc::new(lease));
                }
            }
            None => {}
        }
        match self.lease() {
            Some(lease) => request::Inputs::At(lease.place()),
            None => request::Inputs::Here(self.inputs()),
        }
    }

    /// Its only input, copied to `inputs`.
    fn copied_to(&self, inputs: &Arc<Inputs>) -> Option<InputLease> {
        let record = Records::new(self.inputs()).next()?;
        let mut lease = inputs.lease(record.bytes.len())?;
        lease.append(record.bytes).then_some(lease)
    }
}

/// The input that lies there, in a record.
fn records_of(lease: &InputLease) -> Packet {
    let mut records = Vec::with_capacity(lease.len() + size_of::<u64>());
    let _ = append_record(&mut records, |out| {
        lease.copy_out(out);
        Ok::<_, CodecError>(())
    });
    Packet::of_many(records)
}

/// Encodes the only item of `work`, as a record or among a worker's inputs.
pub(super) fn encode_one(
    work: &Work,
    stock: &Stock,
    failed: &mut Vec<(u32, CodecError)>,
) -> Packet {
    let mut annex = stock.annex();
    let mut is_annexed = false;
    let item = work.items.start;
    let (packet, written) = Packet::of_one(|record| {
        let written = append_record(record, |out| {
            let mut draft = Draft::with_annex(out, &mut annex);
            work.job.draft_input(item, &mut draft)?;
            is_annexed = draft.finish();
            Ok(())
        });
        if is_annexed {
            // Of the record nothing is left but its length.
            record.clear();
        }
        written
    });
    failed.extend(written.err().map(|error| (item, error)));
    match annex.into_lease() {
        Some(lease) if is_annexed => Packet::Elsewhere(Arc::new(lease)),
        _ => packet,
    }
}
