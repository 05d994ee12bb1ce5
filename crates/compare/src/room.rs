//! Places of a sweep for which this machine has not enough memory: they are taken out, and the report says so.

use crate::sweep::Knob;
use crate::workload::Workload;

/// So much more than the program itself has may be there in all, as a share of it: what is copied when processes are
/// forked from it, above all its page tables.
const COPIED: f64 = 0.25;

/// What all of a run's processes take beside that, in MiB.
const REST: f64 = 128.0;

const BYTES_A_MEBIBYTE: u64 = 1 << 20;

/// Takes out the places at which a run would need more than is available, in bytes, and says why. Where nobody knows what
/// is available, all of them stay.
pub(crate) fn keep_within(workload: &mut Workload, available: Option<u64>) {
    let Workload { sweep, notes, .. } = workload;
    let (Some(sweep), Some(available)) = (sweep, available) else {
        return;
    };
    if sweep.knob != Knob::Parent {
        return;
    }
    let available = available / BYTES_A_MEBIBYTE;
    let room = f64::from(u32::try_from(available).unwrap_or(u32::MAX));
    sweep.places.retain(|place| {
        let needed = place * (1.0 + COPIED) + REST;
        let fits = needed <= room;
        if !fits {
            notes.push(format!(
                "a parent of {place} MiB is left out: such runs need about {needed:.0} MiB, and {available} MiB of \
                 memory are available"
            ));
        }
        fits
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::workloads;

    const GIB: u64 = 1024 * BYTES_A_MEBIBYTE;

    fn within(name: &str, available: Option<u64>) -> (Vec<f64>, Vec<String>) {
        let mut workload = workloads(2)
            .into_iter()
            .find(|one| one.name == name)
            .unwrap();
        keep_within(&mut workload, available);
        (workload.sweep.unwrap().places, workload.notes)
    }

    #[test]
    fn what_there_is_no_memory_for_is_left_out_and_named() {
        let all = [0.0, 64.0, 256.0, 1024.0];
        assert_eq!(within("parent", Some(2 * GIB)), (all.to_vec(), Vec::new()));
        assert_eq!(within("parent", None), (all.to_vec(), Vec::new()));
        let (places, notes) = within("parent", Some(GIB));
        assert_eq!(places, all[..3]);
        assert_eq!(
            notes,
            [
                "a parent of 1024 MiB is left out: such runs need about 1408 MiB, and 1024 MiB of memory are available"
            ]
        );
        assert!(within("parent", Some(1)).0.is_empty());
        assert_eq!(within("parent", Some(u64::MAX)).0, all);
    }

    #[test]
    fn data_of_tasks_is_their_own_affair() {
        assert_eq!(within("memory", Some(1)).0.len(), 4);
    }
}
