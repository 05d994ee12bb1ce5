//! What workers take over from the program when their pool starts.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use anypool_core::{Executor as _, JobError};
use nix::sys::stat::{Mode, umask};

use crate::scene::{Scene, TRANSPORTS, alone, pool};

fn surroundings(file: PathBuf) -> (Option<String>, PathBuf, u32) {
    std::fs::write(&file, "").unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    let directory = std::env::current_dir().unwrap();
    (std::env::var("ANYPOOL_TEST_ALONE").ok(), directory, mode)
}

#[test]
fn directory_mask_and_environment_are_those_of_the_start() {
    let test = "setting::directory_mask_and_environment_are_those_of_the_start";
    if !alone(test) {
        return;
    }
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let folder = scene.path("folder");
        std::fs::create_dir(&folder).unwrap();
        let folder = folder.canonicalize().unwrap();
        std::env::set_current_dir(&folder).unwrap();
        let before = umask(Mode::from_bits_truncate(0o027));
        let pool = pool(1, transport);
        std::env::set_current_dir("/").unwrap();
        umask(before);
        let start = (Some(test.to_owned()), folder.clone(), 0o640);
        let see = |file| pool.submit(surroundings, folder.join(file)).unwrap().join();
        assert_eq!(see("file"), Ok(start.clone()));
        // A worker that comes later is told the same.
        let death = pool.submit(die, ()).unwrap().join();
        assert!(matches!(death, Err(JobError::WorkerDied(_))), "{death:?}");
        assert_eq!(see("another"), Ok(start));
    }
}

fn die((): ()) {
    std::process::abort();
}
