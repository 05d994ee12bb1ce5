//! Which processes a process has started.

use std::fs;

/// The numbers of a process's children, dead ones among them that nobody has waited for; none where the system does not
/// tell.
pub(crate) fn children_of(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    let threads = threads.into_iter().flatten().map_while(Result::ok);
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let mut children = Vec::new();
    for list in lists {
        children.extend(
            list.split_whitespace()
                .filter_map(|pid| pid.parse::<u32>().ok()),
        );
    }
    children
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_child_is_one_until_it_is_waited_for() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let is_one = |pid| children_of(std::process::id()).contains(&pid);
        let pid = child.id();
        assert!(is_one(pid));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(!is_one(pid));
    }
}
