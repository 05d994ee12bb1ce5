//! What each kind of process is to the kernel: its group, its signals, its name, and whose end is its own.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd as _, IntoRawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{Pid, dup2_stdin, dup2_stdout, getppid, setpgid};

use crate::sys::process::{default_signal, exit_now, ignore_signal, reset_signal_actions};

/// What the terminal sends, or the end of its session, to a whole process group.
const OF_THE_TERMINAL: [Signal; 4] = [
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGHUP,
    Signal::SIGTSTP,
];

/// Makes the process that was just forked the zygote, with `nothing` for input and output: its workers
/// inherit it, and the program's own are not kept open when that closes them.
pub(crate) fn become_zygote(program: Pid, nothing: &File) {
    // A signal that can be handled: the workers' groups are killed on the way out.
    depend_on(program, Signal::SIGTERM);
    let _ = prctl::set_name(c"anypool-zygote");
    reset_signal_actions();
    ignore_terminal();
    let _ = dup2_stdin(nothing);
    let _ = dup2_stdout(nothing);
}

/// Makes the process that was just forked a template, which is to run user code first: with default
/// signals, and what that prints goes to the program's standard error.
pub(crate) fn become_template(server: Pid) {
    depend_on(server, Signal::SIGTERM);
    let _ = prctl::set_name(c"anypool-templ");
    reset_signal_actions();
    let _ = SigSet::all().thread_unblock();
    let _ = dup2_stdout(io::stderr());
}

/// Makes a template that has preloaded a fork server, whatever the preload has made of its signals and
/// streams.
pub(crate) fn become_server() -> io::Result<()> {
    reset_signal_actions();
    ignore_terminal();
    let nothing = nothing()?;
    dup2_stdin(&nothing)?;
    dup2_stdout(&nothing)?;
    Ok(())
}

/// Makes the process that was just forked a worker. `open_files` is the program's limit, where the fork
/// server has raised it for itself.
///
/// Everything else that a worker is to be, its server is already: none of its code changes a signal's
/// action again, so all but these have their default.
pub(crate) fn become_worker(server: Pid, open_files: Option<rlim_t>) {
    depend_on(server, Signal::SIGKILL);
    let _ = prctl::set_name(c"anypool-worker");
    OF_THE_TERMINAL.into_iter().for_each(default_signal);
    let _ = SigSet::all().thread_unblock();
    if let (Some(soft), Ok((_, hard))) = (open_files, getrlimit(Resource::RLIMIT_NOFILE)) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, soft, hard);
    }
}

/// Lets this process have as many open files as it may: a fork server has a door to each worker. Returns
/// the limit as it was, if it was lower.
pub(crate) fn raise_open_files() -> Option<rlim_t> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    if soft == hard {
        return None;
    }
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).ok()?;
    Some(soft)
}

/// Opens standard streams that are closed, so that no descriptor of ours takes their place. Rust's
/// start-up does this before `main`, but not before `init_at_load!`.
pub(crate) fn open_standard_streams() {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    for stream in [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()] {
        if fcntl(stream, FcntlArg::F_GETFD) == Err(Errno::EBADF) {
            // The lowest free number is the one that is missing; it stays open for good.
            let _ = nothing().map(IntoRawFd::into_raw_fd);
        }
    }
}

/// A group of its own, and an end with its parent's. A group: what the terminal sends is for the program,
/// which decides for its workers, and what a worker starts can be ended with it.
fn depend_on(parent: Pid, signal: Signal) {
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    let _ = prctl::set_pdeathsig(signal);
    if getppid() != parent {
        // The parent ended before the wish above could reach the kernel.
        exit_now(0);
    }
}

/// A fork server ends with the program, whatever the terminal sends.
fn ignore_terminal() {
    OF_THE_TERMINAL.into_iter().for_each(ignore_signal);
}

/// Where nothing comes from and everything may go.
pub(crate) fn nothing() -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).open("/dev/null")
}
