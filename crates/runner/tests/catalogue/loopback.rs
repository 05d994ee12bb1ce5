//! A web server for one test: it listens on the loopback device alone, and answers each connection with the bytes it was
//! given, whatever it is asked.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// The server. It ends with the test.
pub(crate) struct Server(SocketAddr);

impl Server {
    /// A server that answers by `answer`, on a thread for each connection.
    pub(crate) fn start(answer: impl Fn(TcpStream) + Copy + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self(listener.local_addr().unwrap());
        start("listener", move || {
            for connection in listener.incoming() {
                let connection = connection.unwrap();
                start("connection", move || answer(connection));
            }
        });
        server
    }

    /// The address of what it serves.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/page", self.0)
    }
}

/// Starts a thread that nobody waits for.
fn start(name: &str, run: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().name(name.to_owned());
    drop(thread.spawn(run).unwrap());
}

/// Reads a request and sends `answer`.
pub(crate) fn send(mut connection: TcpStream, answer: &[u8]) {
    hear(&mut connection);
    // Who has heard enough may be gone.
    let _ = connection.write_all(answer);
}

/// Reads a request.
pub(crate) fn hear(connection: &mut TcpStream) {
    let mut request = Vec::new();
    let mut piece = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        match connection.read(&mut piece) {
            Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
            _ => return,
        }
    }
}
