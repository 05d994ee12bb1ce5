//! The same tasks in CPython give the same values and the same digests.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::loopback::{Server, send};
use crate::scene::run;

/// Starts the twins; `None` where there is no CPython.
fn start() -> Option<Child> {
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/peers/python/tasks.py");
    let mut command = Command::new("python3");
    command
        .arg(tasks)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command.spawn().ok()
}

#[test]
fn the_twins_give_the_same_values_and_digests() {
    let Some(mut python) = start() else {
        eprintln!("there is no python3 here: the twins are not compared");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "To be, or not to be: that is the question\u{20ac}\n").unwrap();
    let document = folder.path().join("document");
    fs::write(&document, r#"{"a": [1, 2, {"b": null}], "c": "d"}"#).unwrap();
    let [text, document] = [&text, &document].map(|path| path.to_str().unwrap());
    let server = Server::start(|connection| {
        send(
            connection,
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnope",
        );
    });
    let url = server.url();
    let calls: [(&str, &[(&str, &str)]); 19] = [
        ("worker", &[("secs", "0"), ("lang", "en")]),
        ("square", &[("n", "4294967295"), ("secs", "0")]),
        ("noop", &[]),
        ("sleep", &[("ms", "3")]),
        ("spin", &[("us", "300")]),
        ("primes", &[("limit", "1")]),
        ("primes", &[("limit", "5000")]),
        (
            "mandelbrot",
            &[("row", "299"), ("w", "80"), ("iters", "100")],
        ),
        ("sha256", &[("size", "100KiB")]),
        ("sha256", &[("file", text)]),
        ("json", &[("size", "2KiB")]),
        ("json", &[("file", document)]),
        ("wordcount", &[("size", "20KiB")]),
        ("wordcount", &[("file", text), ("top", "0")]),
        ("read", &[("size", "70001")]),
        ("read", &[("file", text)]),
        ("read", &[("file", text), ("cold", "true")]),
        ("http-get", &[("url", &url)]),
        ("http-get", &[("url", &url), ("timeout", "9.5")]),
    ];
    let mut asked = python.stdin.take().unwrap();
    let mut answers = BufReader::new(python.stdout.take().unwrap()).lines();
    for (task, settings) in calls {
        let params: serde_json::Map<_, _> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect();
        writeln!(asked, "{}", json!({"kind": task, "params": params})).unwrap();
        let answer = answers.next().expect("the twin has answered").unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let ours = run(task, settings).unwrap();
        let expected = json!({
            "value": ours.value.to_string(),
            "digest": format!("{:016x}", ours.digest),
        });
        assert_eq!(answer, expected, "{task} {settings:?}");
    }
    drop(asked);
    assert!(python.wait().unwrap().success());
}
