//! What each kind of process is to the kernel: its group, its signals, its name, and whose end is its own.

use std::os::fd::{AsFd as _, IntoRawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{Pid, dup2_stdin, dup2_stdout, getppid, setpgid};

use crate::sys::process::{exit_now, ignore_signal, reset_signal_actions};

/// Makes the process that was just forked the zygote.
pub(crate) fn become_zygote(program: Pid) {
    // A signal that can be handled: the workers' groups are killed on the way out.
    depend_on(program, Signal::SIGTERM);
    let _ = prctl::set_name(c"anypool-zygote");
    reset_signal_actions();
    ignore_terminal();
    // The program's own input and output are not kept open when it closes them.
    if let Ok(nothing) = nothing() {
        let _ = dup2_stdin(&nothing);
        let _ = dup2_stdout(&nothing);
    }
}

/// Makes the process that was just forked a template, which is to run user code first: with default
/// signals, and what that prints goes to the program's standard error.
pub(crate) fn become_template(server: Pid) {
    depend_on(server, Signal::SIGTERM);
    let _ = prctl::set_name(c"anypool-templ");
    reset_signal_actions();
    let _ = SigSet::all().thread_unblock();
    let _ = dup2_stdout(std::io::stderr());
}

/// Makes a template that has preloaded a fork server.
pub(crate) fn become_server() {
    reset_signal_actions();
    ignore_terminal();
    if let Ok(nothing) = nothing() {
        let _ = dup2_stdout(&nothing);
    }
}

/// Makes the process that was just forked a worker. `open_files` is the program's limit, which fork
/// servers raise for themselves.
pub(crate) fn become_worker(server: Pid, open_files: Option<rlim_t>) {
    depend_on(server, Signal::SIGKILL);
    let _ = prctl::set_name(c"anypool-worker");
    reset_signal_actions();
    let _ = SigSet::all().thread_unblock();
    if let (Some(soft), Ok((_, hard))) = (open_files, getrlimit(Resource::RLIMIT_NOFILE)) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, soft, hard);
    }
}

/// Lets this process have as many open files as it may: a fork server has a door to each worker. Returns
/// the limit as it was.
pub(crate) fn raise_open_files() -> Option<rlim_t> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).ok()?;
    Some(soft)
}

/// Opens standard streams that are closed, so that no descriptor of ours takes their place. Rust's
/// start-up does this before `main`, but not before `init_at_load!`.
pub(crate) fn open_standard_streams() {
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
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
    for signal in [
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGHUP,
        Signal::SIGTSTP,
    ] {
        ignore_signal(signal);
    }
}

fn nothing() -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).open("/dev/null")
}
