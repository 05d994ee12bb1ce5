//! What the kernel tells of this process and those that it has started.

use std::collections::BTreeMap;
use std::fs;
use std::io;

/// This process and all that come from it, by process id.
///
/// A process whose parent has died counts no more; none of the arms leaves such behind.
pub(crate) fn family() -> io::Result<Vec<u32>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let pid = name.to_str().and_then(|name| name.parse::<u32>().ok());
        // One that has ended meanwhile belongs to nobody.
        if let Some((pid, parent)) = pid.and_then(|pid| Some((pid, parent(pid)?))) {
            parents.insert(pid, parent);
        }
    }
    let own = std::process::id();
    let descends = |pid: &u32| {
        let line = std::iter::successors(Some(*pid), |pid| parents.get(pid).copied());
        line.take(parents.len()).any(|pid| pid == own)
    };
    Ok(parents.keys().copied().filter(descends).collect())
}

fn parent(pid: u32) -> Option<u32> {
    field(&format!("/proc/{pid}/status"), "PPid:")?
        .try_into()
        .ok()
}

/// The first number behind a word that begins a line.
fn field(file: &str, word: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(word))?;
    rest.split_whitespace().next()?.parse().ok()
}

const KIB: u64 = 1024;

/// The memory in bytes that would come back if this process ended.
pub(crate) fn unique_bytes(pid: u32) -> Option<u64> {
    let file = format!("/proc/{pid}/smaps_rollup");
    let clean = field(&file, "Private_Clean:")?;
    Some((clean + field(&file, "Private_Dirty:")?) * KIB)
}

/// The memory in bytes of a process, where what it shares counts by its share.
pub(crate) fn proportional_bytes(pid: u32) -> Option<u64> {
    Some(field(&format!("/proc/{pid}/smaps_rollup"), "Pss:")? * KIB)
}

/// The memory in bytes of this process and all that come from it; what they share counts once.
pub(crate) fn family_bytes() -> io::Result<u64> {
    Ok(family()?.into_iter().filter_map(proportional_bytes).sum())
}

/// The resident memory of a process in bytes, with all that it shares.
pub(crate) fn resident_bytes(pid: u32) -> Option<u64> {
    let file = format!("/proc/{pid}/statm");
    let text = fs::read_to_string(file).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

/// The size of a page, which is the unit of `statm`.
const PAGE: u64 = 4096;

/// How often each thread has been switched away from, in this process and all that come from it, but for the calling
/// thread.
pub(crate) fn switches() -> io::Result<BTreeMap<(u32, u32), u64>> {
    let own = nix::unistd::gettid().as_raw().cast_unsigned();
    let mut found = BTreeMap::new();
    for pid in family()? {
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            continue;
        };
        for entry in threads.flatten() {
            let thread = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            let Some(thread) = thread.filter(|&thread: &u32| thread != own) else {
                continue;
            };
            let file = format!("/proc/{pid}/task/{thread}/status");
            let willing = field(&file, "voluntary_ctxt_switches:");
            let unwilling = field(&file, "nonvoluntary_ctxt_switches:");
            if let (Some(willing), Some(unwilling)) = (willing, unwilling) {
                found.insert((pid, thread), willing + unwilling);
            }
        }
    }
    Ok(found)
}

/// How many descriptors this process has open.
pub(crate) fn descriptors() -> io::Result<usize> {
    // The listing itself has one open, every time.
    Ok(fs::read_dir("/proc/self/fd")?.count())
}
