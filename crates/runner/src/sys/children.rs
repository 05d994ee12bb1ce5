//! Waiting for a child process, with all that the system tells about it.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use nix::libc;
use nix::unistd::Pid;

/// A descriptor that becomes readable when the child has ended.
///
/// # Errors
///
/// The system has none left, or has no such thing at all.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "neither std nor nix opens the descriptor of a process"
)]
pub(crate) fn exit_notice(child: Pid) -> io::Result<OwnedFd> {
    use std::os::fd::FromRawFd as _;

    let none: libc::c_uint = 0;
    // SAFETY: the call takes two integers and touches no memory of ours.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, child.as_raw(), none) };
    match libc::c_int::try_from(fd) {
        // SAFETY: the kernel has just made this descriptor, for nobody else.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// There is no such descriptor here: whoever waits has to ask now and then.
#[cfg(not(target_os = "linux"))]
pub(crate) fn exit_notice(_: Pid) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}

/// How a child ended, and what it used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reaped {
    pub(crate) status: ExitStatus,
    /// Processor time in its own code, in nanoseconds; here and below with all of its own children that it waited for.
    pub(crate) user: u64,
    /// Processor time in the kernel, in nanoseconds.
    pub(crate) sys: u64,
    /// The most memory that was resident at once, in bytes.
    pub(crate) max_rss: u64,
    /// How often the processor was given to others.
    pub(crate) switches: u64,
}

/// Takes the status of a child that has ended; `None` when it has not.
///
/// # Errors
///
/// It is no child of this process, or was reaped before.
#[expect(
    unsafe_code,
    reason = "nix does not wrap the call that tells what a child used"
)]
pub(crate) fn try_reap(child: Pid) -> io::Result<Option<Reaped>> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers lead to memory of the right size that lives across the call.
    let reaped = unsafe {
        libc::wait4(
            child.as_raw(),
            &raw mut status,
            libc::WNOHANG,
            usage.as_mut_ptr(),
        )
    };
    // SAFETY: all zeros are a valid value of these plain integers, and so is whatever the kernel has written.
    let usage = unsafe { usage.assume_init() };
    match reaped {
        0 => Ok(None),
        pid if pid > 0 => Ok(Some(Reaped {
            status: ExitStatus::from_raw(status),
            user: nanoseconds(usage.ru_utime),
            sys: nanoseconds(usage.ru_stime),
            max_rss: size(usage.ru_maxrss),
            switches: count(usage.ru_nvcsw) + count(usage.ru_nivcsw),
        })),
        _ => Err(io::Error::last_os_error()),
    }
}

fn nanoseconds(time: libc::timeval) -> u64 {
    count(time.tv_sec) * 1_000_000_000 + count(time.tv_usec) * 1_000
}

/// Linux tells kibibytes, others bytes.
fn size(resident: libc::c_long) -> u64 {
    let unit = if cfg!(target_os = "linux") { 1024 } else { 1 };
    count(resident) * unit
}

/// What is never negative, but of a type that could be.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
