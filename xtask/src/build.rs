//! Builds the runners in release mode, and says where they are.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace;

/// Why the runners cannot be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    /// Cargo cannot be started.
    #[error("cargo cannot be started: {0}")]
    Cargo(#[from] io::Error),
    /// The runners do not compile.
    #[error("the runners could not be built; cargo says why above")]
    Runners,
    /// The bench's arms do not compile.
    #[error(
        "the bench's arms could not be built; cargo says why above. Their peers come from the package registry: without \
         a network they must have been fetched before (cargo fetch --manifest-path {PEERS})"
    )]
    Peers,
    /// Cargo does not say where it builds.
    #[error("cargo does not say where it builds: {0}")]
    Metadata(String),
}

/// The folder that cargo builds in.
///
/// # Errors
///
/// Fails when cargo does not say so.
pub(crate) fn target_folder() -> Result<PathBuf, BuildError> {
    let mut cargo = workspace::cargo();
    cargo
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stdin(Stdio::null());
    let output = cargo.output()?;
    if !output.status.success() {
        return Err(BuildError::Metadata(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| BuildError::Metadata(error.to_string()))?;
    let folder = metadata["target_directory"].as_str();
    folder
        .map(PathBuf::from)
        .ok_or_else(|| BuildError::Metadata("no target_directory".to_owned()))
}

/// The package with the bench's arms, outside the workspace: nobody else compiles what it depends on.
const PEERS: &str = "xtask/peers/Cargo.toml";

/// Builds the bench's arms, and says where the program is.
///
/// # Errors
///
/// Fails when they do not compile.
pub(crate) fn peers() -> Result<PathBuf, BuildError> {
    let target = target_folder()?.join("peers");
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--release", "--manifest-path", PEERS]);
    cargo.arg("--target-dir").arg(&target);
    match cargo.stdin(Stdio::null()).status()?.success() {
        true => Ok(target.join("release").join("anypool-peers")),
        false => Err(BuildError::Peers),
    }
}

/// The transports of the process pool, as the bench's arms know them, the default one first.
///
/// # Errors
///
/// The program does not run.
pub(crate) fn transports(program: &Path) -> io::Result<Vec<String>> {
    let output = Command::new(program)
        .arg("transports")
        .stdin(Stdio::null())
        .output()?;
    let names = String::from_utf8_lossy(&output.stdout);
    let names: Vec<String> = names.lines().map(str::to_owned).collect();
    match output.status.success() && !names.is_empty() {
        true => Ok(names),
        false => Err(io::Error::other(output.status.to_string())),
    }
}

/// The programs of both runners.
pub(crate) const RUNNERS: [&str; 2] = ["thread-runner", "process-runner"];

/// Builds both runners, with optimization.
///
/// # Errors
///
/// Fails when they do not compile.
pub(crate) fn runners() -> Result<(), BuildError> {
    runners_with("release")
}

/// Builds both runners by a profile of cargo's.
///
/// # Errors
///
/// Fails when they do not compile.
pub(crate) fn runners_with(profile: &str) -> Result<(), BuildError> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--profile", profile]);
    cargo.args(RUNNERS.iter().flat_map(|name| ["--package", *name]));
    match cargo.stdin(Stdio::null()).status()?.success() {
        true => Ok(()),
        false => Err(BuildError::Runners),
    }
}
