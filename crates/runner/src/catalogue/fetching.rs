//! Asking web servers: what a shell does with `curl`, to see whether links lead anywhere.

use std::io::{self, Read as _};
use std::time::Duration;

use anypool_core::Context;
use ureq::Agent;

use super::kind::{Arguments, Class, Kind};
use super::source::PIECE;
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Fetches what is at an address.
pub(super) static HTTP_GET: Kind = Kind::new(
    "http-get",
    Class::Io,
    &[
        Parameter {
            name: "url",
            default: None,
            domain: Domain::Text,
            summary: "the address, like http://localhost:8000/; https is not spoken",
        },
        Parameter {
            name: "timeout",
            default: Some("30"),
            domain: Domain::Seconds,
            summary: "how long all of it may take",
        },
        Parameter {
            name: "strict",
            default: Some("false"),
            domain: Domain::Flag,
            summary: "whether it fails when the status is none of success (200 to 299)",
        },
    ],
    http_get,
    "fetches what is at an address; gives the status and the number of bytes",
);

fn http_get(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let (url, timeout) = (arguments.word("url")?, arguments.time("timeout")?);
    let strict = arguments.flag("strict")?;
    let failed = |error: String| TaskFailure::System(format!("`{url}` cannot be fetched: {error}"));
    let agent = agent(timeout);
    let asked = ctx.blocking(|| agent.get(url).call());
    let mut answer = asked.map_err(|error| failed(error.to_string()))?;
    let status = answer.status().as_u16();
    if strict && !answer.status().is_success() {
        return Err(failed(format!("the status is {status}")));
    }
    let mut body = answer.body_mut().as_reader();
    let (mut piece, mut length) = (vec![0; PIECE], 0);
    loop {
        ctx.checkpoint();
        match ctx.blocking(|| body.read(&mut piece)) {
            Ok(0) => return Ok(Answer::text(format!("{status} {length}"))),
            Ok(read) => length += read as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error.to_string())),
        }
    }
}

/// A client for one address. That a page is not there is an answer, too.
fn agent(timeout: Duration) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        // Whoever checks links wants to know what is at the address, whatever the environment says.
        .proxy(None)
        .build();
    config.new_agent()
}
