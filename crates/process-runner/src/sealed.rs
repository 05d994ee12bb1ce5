//! Bytes in sealed memory: written once, then read by any number of processes, none of which can change
//! them. What a worker's initializer is given travels so, whatever its size: nobody waits for a reader.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

/// What keeps the memory as it is.
const SEALS: SealFlag = SealFlag::F_SEAL_SEAL
    .union(SealFlag::F_SEAL_SHRINK)
    .union(SealFlag::F_SEAL_GROW)
    .union(SealFlag::F_SEAL_WRITE);

/// Puts `bytes` into memory of their own and seals it.
pub(crate) fn seal(bytes: &[u8]) -> io::Result<OwnedFd> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let mut memory = File::from(memfd_create(c"anypool-input", flags)?);
    memory.write_all(bytes)?;
    fcntl(&memory, FcntlArg::F_ADD_SEALS(SEALS))?;
    Ok(memory.into())
}

/// Reads what [`seal`] has written, at most `limit_bytes` of it.
///
/// # Errors
///
/// Also when the descriptor is not sealed memory: reading from anything else could wait.
pub(crate) fn read(memory: OwnedFd, limit_bytes: usize) -> io::Result<Vec<u8>> {
    let seals = fcntl(&memory, FcntlArg::F_GET_SEALS)?;
    if !SealFlag::from_bits_truncate(seals).contains(SEALS) {
        return Err(ErrorKind::InvalidData.into());
    }
    let memory = File::from(memory);
    let len = usize::try_from(memory.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes = vec![0; len.min(limit_bytes)];
    // By position: all who read it share the place in the file.
    memory.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_are_read_by_many_and_changed_by_nobody() {
        let memory = seal(b"as it was").unwrap();
        for _ in 0..2 {
            let copy = memory.try_clone().unwrap();
            assert_eq!(read(copy, 100).unwrap(), b"as it was");
        }
        assert_eq!(read(memory.try_clone().unwrap(), 5).unwrap(), b"as it");
        let file = File::from(memory);
        assert!(file.write_at(b"other", 0).is_err());
        assert!(file.set_len(0).is_err());
    }

    #[test]
    fn what_is_not_sealed_is_not_read() {
        let (reader, _writer) = nix::unistd::pipe().unwrap();
        assert!(read(reader, 100).is_err());
        let file = File::open("/dev/zero").unwrap();
        assert!(read(file.into(), 100).is_err());
    }
}
