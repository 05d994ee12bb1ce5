//! Sending under the credit that a worker gives.

use ipc_channel::ipc;

use crate::fuzz::script::Script;
use crate::transport::ends::ParentEnd as _;
use crate::transport::ipc::{CREDIT_BYTES, IpcParent};
use crate::wire::control::Control;

/// The most that one step sends.
const MAX_SENT_BYTES: u64 = 100_000;

/// Sends to a worker that takes nothing and gives credit as it likes. No more may be under way than the
/// credit allows, what it claims beyond that is a breach, and what it sends arrives once and in order.
pub fn credit(script: &[u8]) {
    let mut script = Script::new(script);
    let Ok((sender, _unread)) = ipc::bytes_channel() else {
        // The machine has no sockets left; that is no finding.
        return;
    };
    let Ok(mut parent) = IpcParent::start(sender) else {
        return;
    };
    // What the worker owes: bytes that it has got and given no credit for.
    let (mut owed, mut waiting) = (0, 0);
    while !script.is_over() {
        match script.below(4) {
            0 => {
                let len = usize::try_from(script.number() % MAX_SENT_BYTES).unwrap_or(0);
                parent.send(&vec![7; len]).expect("the sending thread runs");
                waiting += len;
            }
            1 => {
                let given = u32::try_from(script.number() & 0xffff_ffff).unwrap_or(0);
                let taken = parent.control(&Control::Credit(given));
                if given as usize > owed {
                    assert!(taken.is_err(), "{given} bytes, and {owed} are owed");
                    return;
                }
                assert!(taken.is_ok_and(|taken| taken));
                owed -= given as usize;
            }
            2 => {
                let len = usize::from(script.byte());
                let piece = script.bytes(len);
                assert!(parent.control(&Control::Data(piece)).is_ok());
                let mut came = Vec::new();
                let received = parent.receive(&mut |piece| came.extend_from_slice(piece));
                assert!(received.is_ok() && came == piece);
            }
            _ => {
                let other = Control::Environment(Vec::new());
                assert!(!parent.control(&other).expect("it is not the transport's"));
            }
        }
        let sent = waiting.min(CREDIT_BYTES - owed);
        waiting -= sent;
        owed += sent;
        assert_eq!(parent.unsent_bytes(), waiting);
    }
}
