//! How a worker's use of memory was found to exceed its limit.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A worker that used too much memory, as the caller of its job sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryOverrun {
    /// The worker's process id; it may have been reused since.
    pub pid: u32,
    /// How many bytes it was allowed beyond what it inherited.
    pub limit_bytes: u64,
    /// How many bytes it had in memory beyond what it inherited when the parent last looked; `None`
    /// when the parent had not looked yet.
    pub resident_bytes: Option<u64>,
    /// How the overrun was inferred.
    pub evidence: MemoryEvidence,
}

/// What an overrun was inferred from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemoryEvidence {
    /// The parent saw that more was resident than allowed, and killed the worker.
    Watched,
    /// The worker was refused an allocation and aborted; this is the line in which it said so. Inside a chunk
    /// of a map, an item just before may have said it, and survived.
    Refused(String),
}

impl fmt::Display for MemoryOverrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pid, limit_bytes, ..
        } = self;
        write!(
            f,
            "worker {pid} exceeded its memory limit of {limit_bytes} bytes: "
        )?;
        match (&self.evidence, self.resident_bytes) {
            (MemoryEvidence::Watched, Some(bytes)) => {
                write!(f, "{bytes} bytes were resident, so it was killed")
            }
            (MemoryEvidence::Watched, None) => f.write_str("it was killed"),
            (MemoryEvidence::Refused(words), _) => write!(f, "it aborted, saying {words:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overrun_says_how_it_was_inferred() {
        let mut overrun = MemoryOverrun {
            pid: 7,
            limit_bytes: 1_000,
            resident_bytes: Some(2_000),
            evidence: MemoryEvidence::Watched,
        };
        let text = overrun.to_string();
        assert_eq!(
            text,
            "worker 7 exceeded its memory limit of 1000 bytes: 2000 bytes were resident, so it was killed"
        );
        overrun.evidence =
            MemoryEvidence::Refused("memory allocation of 9 bytes failed".to_owned());
        assert!(overrun.to_string().contains("memory allocation of 9 bytes"));
    }
}
