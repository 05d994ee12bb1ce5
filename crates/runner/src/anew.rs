//! This program once more, for one piece of work: a worker starts it, gives it a message and gets one back.
//!
//! The two talk over a socket, which the new process finds as its standard input. It ends with the worker that has started
//! it. If it ends without an answer, the worker ends in the same way: whoever looks after workers sees what became of the
//! work, and need not know about the process in between.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::socket::{MsgFlags, send};
use nix::unistd::{dup2_stdin, getppid};

/// The first argument of a process that is started like this. The id of who has started it comes next, and then a word on
/// what it is for.
const MARK: &str = "@call";

/// How often a worker looks whether the new process is still there while nothing comes from it: what it has started may
/// have inherited its end of the socket.
const LOOK: Duration = Duration::from_millis(50);

/// Has this program, started anew, answer a message; `word` is what lists of processes show.
///
/// When the new process ends without an answer, this one ends like it, and the call does not return.
///
/// # Errors
///
/// It cannot be started.
pub(crate) fn ask(word: &str, message: &[u8]) -> io::Result<Vec<u8>> {
    let (mut ours, theirs) = UnixStream::pair()?;
    ours.set_read_timeout(Some(LOOK))?;
    let mut process = start(word, theirs)?;
    // What keeps it from being sent is the end of the process, which is met below.
    let _ = give(&ours, message);
    let answer = take(&mut ours, &mut || is_gone(&mut process));
    let status = process.wait()?;
    answer.ok_or(status).or_else(|status| end_like(status))
}

fn start(word: &str, channel: UnixStream) -> io::Result<Child> {
    // The file itself, whatever has its name by now.
    let program = if cfg!(target_os = "linux") {
        "/proc/self/exe".into()
    } else {
        std::env::current_exe()?
    };
    let mut command = Command::new(&program);
    command.arg0(std::env::args_os().next().unwrap_or(program.into()));
    command.args([MARK, &std::process::id().to_string(), word]);
    command.stdin(OwnedFd::from(channel)).spawn()
}

fn is_gone(process: &mut Child) -> bool {
    // An error would be that it was reaped by somebody else.
    !matches!(process.try_wait(), Ok(None))
}

/// Ends this process as another has ended.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "whoever waits for this worker is to see how the process ended that did its work"
)]
fn end_like(status: ExitStatus) -> ! {
    if let Some(signal) = status
        .signal()
        .and_then(|number| Signal::try_from(number).ok())
    {
        // The one that was really hit has left its core file, if there is to be one.
        let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
        let _ = SigSet::from(signal).thread_unblock();
        let _ = raise(signal);
    }
    let code = status.code().or(status.signal().map(|number| 128 + number));
    std::process::exit(code.unwrap_or(1))
}

/// A process that was started to answer, with the message that it got.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) message: Vec<u8>,
    channel: UnixStream,
    /// Its own id: what it has forked is not to answer.
    process: u32,
}

impl Asked {
    /// What this process was started to answer; `None` when it was started for something else.
    ///
    /// # Errors
    ///
    /// Who has started it is gone, or was no worker.
    pub(crate) fn here() -> Option<io::Result<Self>> {
        let mut words = std::env::args_os().skip(1);
        let is_asked = words.next().is_some_and(|word| word == MARK);
        is_asked.then(|| Self::receive(words.next()))
    }

    fn receive(worker: Option<OsString>) -> io::Result<Self> {
        let worker = worker.and_then(|id| id.to_str()?.parse().ok());
        #[cfg(target_os = "linux")]
        nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
        if worker != Some(getppid().as_raw()) {
            // It ended before the wish above could reach the kernel, or it is somebody at a keyboard.
            return Err(io::Error::other("no worker waits for it"));
        }
        let mut channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        // The work finds nothing there, as in any other worker.
        dup2_stdin(File::open("/dev/null")?)?;
        let message = take(&mut channel, &mut || false);
        Ok(Self {
            message: message.ok_or(io::ErrorKind::UnexpectedEof)?,
            channel,
            process: std::process::id(),
        })
    }

    /// Answers, unless this is a copy of the process that was asked.
    ///
    /// # Errors
    ///
    /// The worker is gone.
    pub(crate) fn answer(&self, message: &[u8]) -> io::Result<()> {
        match self.process == std::process::id() {
            true => give(&self.channel, message),
            false => Ok(()),
        }
    }
}

/// How long a message is stands before it, in so many bytes.
const LENGTH: usize = size_of::<u64>();

fn give(channel: &UnixStream, message: &[u8]) -> io::Result<()> {
    send_all(channel, &(message.len() as u64).to_le_bytes())?;
    send_all(channel, message)
}

/// Workers die of `SIGPIPE`, and are not to do so here.
fn send_all(channel: &UnixStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match send(channel.as_raw_fd(), bytes, MsgFlags::MSG_NOSIGNAL) {
            Ok(sent) => bytes = &bytes[sent..],
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// So much is read at once.
const PIECE: usize = 64 << 10;

/// The other's message; `None` when it ends before that, or is found to be gone when nothing more comes.
fn take(channel: &mut UnixStream, is_gone: &mut dyn FnMut() -> bool) -> Option<Vec<u8>> {
    let (mut bytes, mut piece) = (Vec::new(), vec![0; PIECE]);
    let mut was_gone = false;
    loop {
        if let Some((length, message)) = bytes.split_first_chunk::<LENGTH>()
            && message.len() as u64 >= u64::from_le_bytes(*length)
        {
            return Some(bytes.split_off(LENGTH));
        }
        match channel.read(&mut piece) {
            Ok(0) => return None,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
            // It may have answered just before it was gone, so there is one look more.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && !was_gone => {
                was_gone = is_gone();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_whole_or_not_at_all() {
        let (mut here, there) = UnixStream::pair().unwrap();
        give(&there, b"").unwrap();
        assert_eq!(take(&mut here, &mut || false).as_deref(), Some(&b""[..]));
        let large = vec![7; 3 * PIECE];
        let sent = large.clone();
        let sender = std::thread::Builder::new().spawn(move || give(&there, &sent));
        assert_eq!(take(&mut here, &mut || false), Some(large));
        sender.unwrap().join().unwrap().unwrap();
        let (mut here, there) = UnixStream::pair().unwrap();
        send_all(&there, &[9, 0, 0]).unwrap();
        drop(there);
        assert_eq!(take(&mut here, &mut || false), None);
    }

    #[test]
    fn who_is_gone_is_not_waited_for_though_its_end_is_open() {
        let (mut here, there) = UnixStream::pair().unwrap();
        here.set_read_timeout(Some(Duration::from_millis(1)))
            .unwrap();
        assert_eq!(take(&mut here, &mut || true), None);
        give(&there, b"in time").unwrap();
        let taken = take(&mut here, &mut || true);
        assert_eq!(taken.as_deref(), Some(&b"in time"[..]));
    }

    #[test]
    fn a_test_was_not_started_to_answer() {
        assert!(Asked::here().is_none());
    }
}
