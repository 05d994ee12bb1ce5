//! Lists for many bytes.
//!
//! The C library takes memory for a list of more than 32 MiB from the kernel each time anew, and gives it back
//! with the list. In pages of 4 KiB, the kernel stops whoever writes there first 256 times for each MiB, which
//! costs more than to write; in large ones, once for two.

/// From this size on, glibc maps memory for each list, whatever has been free: its `M_MMAP_THRESHOLD` grows up
/// to this.
#[cfg(target_os = "linux")]
const MAPPED_BYTES: usize = 32 << 20;

/// A list with room for `len` bytes.
pub(crate) fn for_bytes(len: usize) -> Vec<u8> {
    #[cfg_attr(
        not(target_os = "linux"),
        expect(unused_mut, reason = "no advice is given")
    )]
    let mut list = Vec::with_capacity(len);
    #[cfg(target_os = "linux")]
    if len >= MAPPED_BYTES {
        crate::sys::large_pages::ask_for(list.spare_capacity_mut());
    }
    list
}

/// The same bytes in a list of their own.
pub(crate) fn copy(bytes: &[u8]) -> Vec<u8> {
    let mut list = for_bytes(bytes.len());
    list.extend_from_slice(bytes);
    list
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_the_room_that_was_asked_for() {
        for len in [0, 1, MAPPED_BYTES - 1, MAPPED_BYTES, MAPPED_BYTES + 12_345] {
            let list = for_bytes(len);
            assert!(list.is_empty() && list.capacity() >= len);
        }
        assert_eq!(copy(b"to be"), b"to be");
    }

    #[test]
    fn a_large_list_asks_for_large_pages() {
        let mut list = for_bytes(MAPPED_BYTES);
        list.resize(MAPPED_BYTES, 7);
        let place = list.as_ptr() as usize + MAPPED_BYTES / 2;
        let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let flags = flags_of(&smaps, place);
        // A kernel that was built without them knows no such flag.
        let are_known = std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists();
        assert_eq!(
            flags.split(' ').any(|flag| flag == "hg"),
            are_known,
            "{flags}"
        );
    }

    /// The flags of the mapping in which `place` lies.
    fn flags_of(smaps: &str, place: usize) -> &str {
        let mut is_within = false;
        for line in smaps.lines() {
            let number = |text| usize::from_str_radix(text, 16).ok();
            let range = line
                .split_once(' ')
                .and_then(|(range, _)| range.split_once('-'));
            if let Some((Some(start), Some(end))) = range.map(|(s, e)| (number(s), number(e))) {
                is_within = (start..end).contains(&place);
            }
            if let Some(flags) = line.strip_prefix("VmFlags: ")
                && is_within
            {
                return flags;
            }
        }
        panic!("{place:x} is mapped nowhere");
    }
}
