//! `http-get`: what servers answer, and what they do to who asks.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::loopback::{Server, hear, send};
use crate::scene::{failure, value};

#[test]
fn an_answer_is_a_status_and_a_length() {
    let served: [(&[u8], &str); 4] = [
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
            "\"200 5\"",
        ),
        (
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnope",
            "\"404 4\"",
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "\"200 5\"",
        ),
        (b"HTTP/1.0 503 Busy\r\n\r\nuntil the end", "\"503 13\""),
    ];
    for (answer, expected) in served {
        let server = Server::start(move |connection| send(connection, answer));
        assert_eq!(value("http-get", &[("url", &server.url())]), expected);
    }
}

#[test]
fn who_is_strict_takes_no_other_status_than_success() {
    for (answer, is_fine) in [
        (&b"HTTP/1.1 204 Nothing\r\n\r\n"[..], true),
        (
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            false,
        ),
        (b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", false),
    ] {
        let server = Server::start(move |connection| send(connection, answer));
        let url = server.url();
        let asked = [("url", &*url), ("strict", "true")];
        if is_fine {
            assert_eq!(value("http-get", &asked), "\"204 0\"");
        } else {
            let failure = failure("http-get", &asked);
            let told = failure.contains(&url) && failure.contains("the status is ");
            assert!(told, "{failure}");
        }
    }
}

#[test]
fn a_server_that_says_nothing_is_waited_for_no_longer_than_asked() {
    let silent = Server::start(|mut connection| {
        hear(&mut connection);
        // Until who asks has gone.
        hear(&mut connection);
    });
    let began = Instant::now();
    let failure = failure("http-get", &[("url", &silent.url()), ("timeout", "0.2")]);
    assert!(failure.contains("cannot be fetched: timeout"), "{failure}");
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_body_without_an_end_is_cut_by_the_time_limit() {
    let endless = Server::start(|mut connection| {
        hear(&mut connection);
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while connection.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let failure = failure("http-get", &[("url", &endless.url()), ("timeout", "0.3")]);
    assert!(failure.contains("cannot be fetched: "), "{failure}");
}

#[test]
fn what_is_no_answer_is_a_failure_that_names_the_address() {
    let babbling = Server::start(|connection| send(connection, b"\xff\xfe what?\r\n\r\n"));
    let short = Server::start(|connection| {
        send(
            connection,
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
        );
    });
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    for url in [
        babbling.url(),
        short.url(),
        nobody,
        "https://127.0.0.1/".to_owned(),
        "no address".to_owned(),
        String::new(),
    ] {
        let failure = failure("http-get", &[("url", &url), ("timeout", "20")]);
        let told = format!("`{url}` cannot be fetched: ");
        assert!(failure.starts_with(&told), "{failure}");
    }
}
