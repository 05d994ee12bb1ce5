//! Tasks that read and write files.

use std::fs;

use crate::scene::{failure, value};

#[test]
fn a_file_is_read_from_memory_and_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    fs::write(&path, vec![7; 200_000]).unwrap();
    let path = path.to_str().unwrap();
    let warm = value("read", &[("file", path)]);
    assert!(warm.starts_with("\"200000 "), "{warm}");
    assert_eq!(warm, value("read", &[("file", path), ("cold", "true")]));
    let empty = "\"0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"";
    assert_eq!(value("read", &[("size", "0")]), empty);
}

#[test]
fn what_is_written_is_counted_and_gone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let settings = [("size", "100KiB"), ("count", "3"), ("dir", dir)];
    assert_eq!(value("write-fsync", &settings), "307200");
    assert_eq!(fs::read_dir(dir).unwrap().count(), 0);
    let told = failure("write-fsync", &[("dir", "/no/such/folder")]);
    assert!(
        told.starts_with("`/no/such/folder` cannot be written in: "),
        "{told}"
    );
}

#[test]
fn a_compressed_file_is_kept_where_asked_and_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.txt");
    let words = "to be or not to be\n".repeat(10_000);
    fs::write(&path, &words).unwrap();
    let (file, out) = (path.to_str().unwrap(), folder.path().to_str().unwrap());
    let kept = value("zstd", &[("file", file), ("out", out)]);
    assert_eq!(kept, value("zstd", &[("file", file)]));
    let compressed = fs::read(folder.path().join("words.txt.zst")).unwrap();
    let hash = blake3::hash(&compressed);
    assert_eq!(
        kept,
        format!("\"{} {} {hash}\"", words.len(), compressed.len())
    );
    assert!(compressed.len() < 1_000, "{}", compressed.len());
    assert_eq!(zstd::decode_all(&compressed[..]).unwrap(), words.as_bytes());
    // The file, the result, and nothing that was begun.
    assert_eq!(fs::read_dir(out).unwrap().count(), 2);
}

#[test]
fn a_result_that_cannot_be_kept_is_a_failure_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("data.zst");
    fs::create_dir(&taken).unwrap();
    let out = folder.path().to_str().unwrap();
    let told = failure("zstd", &[("size", "1KiB"), ("out", out)]);
    let expected = format!("`{}` cannot be written: ", taken.display());
    assert!(told.starts_with(&expected), "{told}");
    assert_eq!(fs::read_dir(out).unwrap().count(), 1);
    let told = failure("zstd", &[("out", "/no/such/folder")]);
    assert!(
        told.contains("/no/such/folder/data.zst` cannot be written"),
        "{told}"
    );
}
