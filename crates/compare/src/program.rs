//! Whether the programs are here that a comparison's file names.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

use crate::arm::Arm;
use crate::workload::Shape;

/// The program that an arm of such work needs and that is not on this machine; `None` where nothing is missing.
pub(crate) fn missing(arm: Arm, shape: &Shape) -> Option<&str> {
    let program = match shape {
        Shape::Exec { command, .. } => command.first()?,
        Shape::Programs(programs) => {
            let found = programs.iter().find(|program| program.arm == arm)?;
            found.command.first()?
        }
        Shape::Spawn { .. } | Shape::Map { .. } | Shape::Faults => return None,
    };
    let path = env::var_os("PATH").unwrap_or_default();
    (!is_there(program, &path)).then_some(program)
}

/// Whether a program would be found: by its path, or in one of the folders.
fn is_there(program: &str, folders: &OsStr) -> bool {
    if program.contains('/') {
        return Path::new(program).is_file();
    }
    env::split_paths(folders).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Side;
    use crate::workload::Program;

    #[test]
    fn a_program_is_found_by_its_path_or_in_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tool");
        std::fs::write(&file, "").unwrap();
        assert!(is_there(file.to_str().unwrap(), OsStr::new("")));
        assert!(is_there("tool", folder.path().as_os_str()));
        assert!(!is_there("tool", OsStr::new("/no/such/folder")));
        assert!(!is_there("./tool", folder.path().as_os_str()));
        // A folder is no program, though it has the name of one.
        assert!(!is_there(folder.path().to_str().unwrap(), OsStr::new("")));
    }

    #[test]
    fn each_arm_needs_its_own_program_and_a_command_is_everybodys() {
        let [good, bad] = ["good", "bad"].map(|name| Arm::own(name, Side::Other));
        let program = |arm, command: &str| Program {
            arm,
            command: vec![command.to_owned()],
        };
        let programs = vec![program(good, "/bin/sh"), program(bad, "/no/such/program")];
        let shape = Shape::Programs(programs);
        assert_eq!(missing(good, &shape), None);
        assert_eq!(missing(bad, &shape), Some("/no/such/program"));
        let shape = Shape::Exec {
            command: vec!["no-such-program".to_owned()],
            inputs: Vec::new(),
            workers: 1,
        };
        assert_eq!(missing(Arm::Threads, &shape), Some("no-such-program"));
    }
}
