//! The suite that checks links, against servers of the test's own.

use std::fs;

use super::suites::{Folder, shipped};

#[path = "../catalogue/loopback.rs"]
mod loopback;

use loopback::{Server, send};

#[test]
fn links_that_lead_nowhere_are_found() {
    let good =
        Server::start(|asked| send(asked, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    let gone =
        Server::start(|asked| send(asked, b"HTTP/1.1 404 Gone\r\ncontent-length: 0\r\n\r\n"));
    let folder = Folder::with("");
    fs::copy(shipped("link-check"), folder.path().join("some.toml")).unwrap();
    folder.write("links.txt", &format!("{}\n{0}\n", good.url()));
    let ran = folder.run("run SUITE");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    folder.write("links.txt", &format!("{}\n{}\n", good.url(), gone.url()));
    let ran = folder.run("run SUITE --retries 0");
    assert_eq!(ran.code, 100, "{}", ran.err);
    let told = format!("`{}` cannot be fetched: the status is 404", gone.url());
    assert!(ran.err.contains(&told), "{}", ran.err);
    assert!(ran.err.contains("2 run: 1 ok"), "{}", ran.err);
}
