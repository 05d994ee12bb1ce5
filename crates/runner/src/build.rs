//! What a program says of how it was built, for those who compare its figures or report what is wrong with it.

/// The lines behind the name in what `--version` prints; `features` are those of the program's own package that are on.
pub(crate) fn told(features: &[&str]) -> String {
    let features = match features {
        [] => "none".to_owned(),
        on => on.join(", "),
    };
    let checks = if cfg!(debug_assertions) { "on" } else { "off" };
    format!(
        "{}\nfeatures: {features}\nallocator: {ALLOCATOR}\ndebug assertions: {checks}\nplatform: {}-{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH,
        std::env::consts::OS,
    )
}

/// Neither the programs nor what they are made of bring their own, so it is the system's.
const ALLOCATOR: &str = if cfg!(target_env = "musl") {
    "that of musl"
} else if cfg!(target_env = "gnu") {
    "that of glibc"
} else {
    "the system's"
};

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_build_has_a_line_for_each_thing() {
        let text = told(&["cli", "tracing"]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], env!("CARGO_PKG_VERSION"));
        assert_eq!(lines[1], "features: cli, tracing");
        assert_eq!(lines.len(), 5);
        assert!(told(&[]).contains("features: none"));
    }

    /// All files of Rust below a folder.
    fn sources(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let texts = entries.flat_map(|path| match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(ending) if ending == "rs" => vec![fs::read_to_string(path).unwrap()],
            _ => Vec::new(),
        });
        texts.collect()
    }

    #[test]
    fn no_library_of_ours_brings_an_allocator() {
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        // Put together here, or it would be found here.
        let attribute = format!("#[{}]", "global_allocator");
        for package in ["core", "runner", "thread-runner", "process-runner"] {
            let sources = sources(&packages.join(package).join("src"));
            assert!(!sources.is_empty());
            assert!(
                !sources.iter().any(|text| text.contains(&attribute)),
                "{package}"
            );
        }
    }
}
