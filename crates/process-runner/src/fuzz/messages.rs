//! Messages that may be anything.

use std::os::fd::AsRawFd as _;
use std::time::Duration;

use nix::sys::socket::{MsgFlags, send};

use crate::fuzz::script::Script;
use crate::transport::words;
use crate::wire::control::{Control, FRAGMENT_BYTES};
use crate::wire::reply::{self, Header, Reply};
use crate::zygote::record::{Order, RECORD_BYTES, Report};
use crate::zygote::socket::RecordSocket;

/// Reads a reply. One that is understood must mean the same when it is written again.
pub fn reply(script: &[u8]) {
    check_reply(script);
    // Replies with a sound header get further.
    let mut script = Script::new(script);
    let header = Header {
        sequence: script.number(),
        item: u32::try_from(script.number() & 0xffff_ffff).unwrap_or(0),
        busy: Duration::from_nanos(script.number()),
    };
    let mut message = Vec::new();
    reply::append(&mut message, &header, |_| Ok(header.busy));
    message[0] = script.below(7);
    message.extend_from_slice(script.rest());
    check_reply(&message);
}

fn check_reply(message: &[u8]) {
    let Ok(parsed) = Reply::parse(message) else {
        return;
    };
    let mut again = Vec::new();
    match &parsed {
        Reply::Skipped { sequence } => reply::append_skipped(&mut again, *sequence),
        Reply::Done(header, value) => reply::append(&mut again, header, |out| {
            out.extend_from_slice(value);
            Ok(header.busy)
        }),
        Reply::Lent(header, loan) => {
            reply::append(&mut again, header, |_| Ok(header.busy));
            reply::lend(&mut again, 0, *loan);
        }
        Reply::Failed(header, error) => {
            reply::append(&mut again, header, |_| Err((error.clone(), header.busy)));
        }
        Reply::Gathered(header, answers) => {
            reply::append_gathered(&mut again, header, answers);
            let failed = answers.failures().count();
            assert_eq!(u32::try_from(failed), Ok(answers.failed()));
        }
    }
    assert_eq!(Reply::parse(&again).as_ref(), Ok(&parsed));
    if let Reply::Failed(_, error) = parsed {
        // Shown to people sooner or later.
        assert!(!error.to_string().is_empty());
    }
}

/// Reads messages of the control plane from its socket, packets that no honest worker sends among them.
pub fn control(script: &[u8]) {
    check_control(script);
    let mut script = Script::new(script);
    let Ok((mut words, there)) = words::pair() else {
        // The machine has no sockets left; that is no finding.
        return;
    };
    for _ in 0..script.below(5) {
        let len = usize::try_from(script.number() % (3 * FRAGMENT_BYTES as u64)).unwrap_or(0);
        let mut packet = script.bytes(len).to_vec();
        packet.resize(len, script.byte());
        // A full socket waits for the reader, who is this thread.
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
        if send(there.as_raw_fd(), &packet, flags).is_err() {
            continue;
        }
        match words.next() {
            Ok(Some(message)) => {
                assert!(packet == message && len <= FRAGMENT_BYTES + 1);
                check_control(&message);
            }
            Ok(None) => assert_eq!(len, 0, "the message is there"),
            Err(_) => assert!(len > FRAGMENT_BYTES + 1),
        }
    }
}

fn check_control(message: &[u8]) {
    let Ok(parsed) = Control::parse(message) else {
        return;
    };
    if let Control::Hello(hello) = &parsed {
        let _ = hello.objection("");
    }
    let again = parsed.encode().expect("what was decoded can be encoded");
    assert_eq!(Control::parse(&again).as_ref(), Ok(&parsed));
}

/// Reads records from the zygote's socket, packets that are none among them.
pub fn record(script: &[u8]) {
    for record in script.as_chunks::<RECORD_BYTES>().0 {
        if let Some(order) = Order::decode(*record) {
            assert_eq!(Order::decode(order.encode()), Some(order));
        }
        if let Some(report) = Report::decode(*record) {
            assert_eq!(Report::decode(report.encode()), Some(report));
        }
    }
    let mut script = Script::new(script);
    let Ok((here, there)) = RecordSocket::pair() else {
        // As above.
        return;
    };
    let there = there.into_descriptor();
    for _ in 0..script.below(5) {
        let len = usize::from(script.below(40));
        let packet = script.bytes(len);
        if send(there.as_raw_fd(), packet, MsgFlags::MSG_NOSIGNAL).is_err() {
            continue;
        }
        match here.receive() {
            Ok(Some((record, descriptors))) => {
                assert_eq!((&record[..], descriptors.len()), (packet, 0));
            }
            Ok(None) => panic!("the packet is there"),
            Err(_) => assert_ne!(packet.len(), RECORD_BYTES),
        }
    }
}
