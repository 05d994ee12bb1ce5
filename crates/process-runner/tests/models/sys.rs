//! What the sides need of the kernel.

pub(crate) mod memory {
    use loom::sync::atomic::AtomicU64;

    /// Memory of atomic words, which both sides have.
    #[derive(Debug)]
    pub(crate) struct SharedMemory(Vec<AtomicU64>);

    impl SharedMemory {
        /// So many words, all zero.
        pub(crate) fn of(words: usize) -> Self {
            Self((0..words).map(|_| AtomicU64::new(0)).collect())
        }

        pub(crate) fn words(&self) -> &[AtomicU64] {
            &self.0
        }
    }
}

/// Sleeping on a word. As in the kernel, the word is compared under a lock that who wakes takes as well.
pub(crate) mod futex {
    use std::collections::HashMap;
    use std::ptr;
    use std::time::Duration;

    use loom::sync::atomic::{AtomicU64, Ordering};
    use loom::sync::{Arc, Condvar, Mutex};

    loom::lazy_static! {
        static ref SLEEPERS: Mutex<HashMap<usize, Arc<Condvar>>> = Mutex::new(HashMap::new());
    }

    fn bed(beds: &mut HashMap<usize, Arc<Condvar>>, word: &AtomicU64) -> Arc<Condvar> {
        let bed = beds.entry(ptr::from_ref(word).addr());
        Arc::clone(bed.or_insert_with(|| Arc::new(Condvar::new())))
    }

    pub(crate) fn wait(word: &AtomicU64, value: u32, timeout: Option<Duration>) {
        assert_eq!(timeout, None, "time does not pass here");
        let mut beds = SLEEPERS.lock().unwrap();
        // The kernel sees what was written last.
        if word.fetch_add(0, Ordering::SeqCst) == u64::from(value) {
            let bed = bed(&mut beds, word);
            drop(bed.wait(beds).unwrap());
        }
    }

    pub(crate) fn wake(word: &AtomicU64) {
        let mut beds = SLEEPERS.lock().unwrap();
        bed(&mut beds, word).notify_all();
    }
}

pub(crate) mod cpu {
    pub(crate) fn current_cpu() -> u64 {
        0
    }
}
