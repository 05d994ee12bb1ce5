//! Workers that misuse their way to the fork server: it serves everybody else all the same.

use std::fs::DirEntry;
use std::io::IoSlice;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};

use anypool_core::Executor as _;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, sendmsg, socketpair,
};
use nix::unistd::{Pid, getppid};
use process_runner::Process;

use crate::leaks::children_of;
use crate::scene::{Gate, Log, Scene, TRANSPORTS, alone, eventually, is_gone, pool, square};
use crate::sys::maker_of;

/// The sockets of this process.
fn sockets() -> Vec<RawFd> {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap();
    let socket = |entry: std::io::Result<DirEntry>| {
        let path = entry.ok()?.path();
        let link = std::fs::read_link(&path).ok()?;
        let is_socket = link.to_str()?.starts_with("socket:[");
        let fd = path.file_name()?.to_str()?.parse().ok()?;
        is_socket.then_some(fd)
    };
    entries.filter_map(socket).collect()
}

/// A worker's door: a socket for records and one for channel ends. Of its sockets they are those that the fork server
/// has made.
fn door() -> Vec<RawFd> {
    let mut door = sockets();
    door.retain(|&socket| maker_of(socket) == getppid().as_raw());
    assert_eq!(door.len(), 2, "{door:?}");
    door
}

/// Sends a record; tells whether there was room.
fn send(socket: RawFd, record: &[u8], rights: &[RawFd]) -> Result<(), Errno> {
    let rights = [ControlMessage::ScmRights(rights)];
    let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
    sendmsg::<()>(socket, &[IoSlice::new(record)], &rights, flags, None).map(drop)
}

/// A record of four words, as the door of a worker takes it.
fn record(words: [i32; 4]) -> Vec<u8> {
    words.into_iter().flat_map(i32::to_ne_bytes).collect()
}

fn new_sockets(kind: SockType) -> (OwnedFd, OwnedFd) {
    socketpair(AddressFamily::Unix, kind, None, SockFlag::empty()).unwrap()
}

/// Asks for templates and never sends what they wait for, and for what a worker may not have.
fn lead_on(stage: (Gate, Log), kind: i32) {
    let (gate, log) = stage;
    // Sockets that block, and whose other end nobody reads.
    let door = door();
    let mine: Vec<_> = (0..3).map(|_| new_sockets(SockType::SeqPacket)).collect();
    for (_, theirs) in &mine {
        for &socket in &door {
            // The one for channel ends has other records.
            let _ = send(socket, &record([kind, 77, 0, 0]), &[theirs.as_raw_fd()]);
        }
    }
    log.note("led on");
    gate.pass();
}

#[test]
fn a_worker_that_leads_the_fork_server_on_holds_up_nobody() {
    if !alone("hostile_doors::a_worker_that_leads_the_fork_server_on_holds_up_nobody") {
        return;
    }
    let zygote = children_of(std::process::id())[0];
    // 1 asks the server to serve the session itself, 2 asks for a template, 3 is nothing.
    for kind in 1..=3 {
        for transport in TRANSPORTS {
            let scene = Scene::new();
            let hostile = pool(1, transport);
            let stage = (scene.gate.clone(), scene.log.clone());
            let job = hostile.submit(lead_on, (stage, kind)).unwrap();
            scene.log.wait_for("led on");
            let led_on = if kind == 2 { 3 } else { 0 };
            eventually("templates wait", || children_of(zygote).len() == 1 + led_on);
            let victims = pool(2, transport);
            assert_eq!(victims.submit(square, 4).unwrap().join(), Ok(16));
            let nested = |_: ()| Process::spawn(square, 5).unwrap().join().unwrap();
            assert_eq!(victims.submit(nested, ()).unwrap().join(), Ok(25));
            drop(victims);
            // Its own pool replaces it; what its wishes have led to ends with it.
            let owner = hostile.stats().pids[&0].cast_signed();
            let _ = kill(Pid::from_raw(owner), Signal::SIGKILL);
            assert!(job.join().is_err());
            assert_eq!(hostile.submit(square, 3).unwrap().join(), Ok(9));
            drop(hostile);
            eventually("nothing is left", || children_of(zygote).is_empty());
        }
    }
}

/// Writes rubbish with descriptors to its door, as long as there is room.
fn stuff(log: Log) {
    let door = door();
    let (one, _other) = new_sockets(SockType::Stream);
    for socket in door {
        for length in [1, 16, 17, 4096].into_iter().cycle().take(2_000) {
            if send(socket, &vec![0xff; length], &[one.as_raw_fd(); 5]).is_err() {
                break;
            }
        }
    }
    log.note("stuffed");
}

#[test]
fn a_worker_that_stuffs_its_door_harms_nobody() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let hostile = pool(1, transport);
        let victims = pool(1, transport);
        for round in 1..=3 {
            let job = hostile.submit(stuff, scene.log.clone()).unwrap();
            assert_eq!(job.join(), Ok(()));
            assert_eq!(scene.log.lines().len(), round);
            let nested = |_: ()| Process::spawn(square, 5).unwrap().join().unwrap();
            assert_eq!(victims.submit(nested, ()).unwrap().join(), Ok(25));
            let owner = hostile.stats().pids[&0].cast_signed();
            let _ = kill(Pid::from_raw(owner), Signal::SIGKILL);
            eventually("it is gone", || is_gone(owner));
            assert_eq!(hostile.submit(square, 3).unwrap().join(), Ok(9));
        }
    }
}
