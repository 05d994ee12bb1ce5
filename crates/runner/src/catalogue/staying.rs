//! Tasks that leave something behind, or do not go when they are told to.

use std::fs::{self, File};
use std::os::fd::IntoRawFd as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anypool_core::Context;

use super::kind::{Arguments, Class, Kind};
use super::waiting::nap;
use crate::answer::{Answer, TaskFailure};
use crate::parameter::{Domain, Parameter};

/// Leaves something behind.
pub(super) static LEAK: Kind = Kind::new(
    "leak",
    Class::Fault,
    &[Parameter {
        name: "what",
        default: Some("thread"),
        domain: Domain::Word(&["thread", "child", "fd", "memory"]),
        summary: "what is left behind",
    }],
    leak,
    "ends well, and leaves a thread, a child process, a descriptor or 16 MiB behind",
);

/// What a task leaves behind in a process that lives on is gone after this many seconds, if it can go.
const GONE_AFTER: &str = "60";

fn leak(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    match arguments.word("what")? {
        "child" => await_name(&sleeper(&["sleep", GONE_AFTER])?, ctx),
        "fd" => {
            let file = File::open("/dev/null").map_err(|error| refused("a file", &error))?;
            let _ = file.into_raw_fd();
        }
        "memory" => drop(Box::leak(vec![1_u8; 16 << 20].into_boxed_slice())),
        _ => {
            let builder = thread::Builder::new().name("left-behind".to_owned());
            let left = builder.spawn(|| thread::sleep(Duration::from_secs(60)));
            drop(left.map_err(|error| refused("a thread", &error))?);
        }
    }
    Ok(Answer::integer(0))
}

/// Starts children that do not want to go.
pub(super) static FORK_BOMB_LITE: Kind = Kind::new(
    "fork-bomb-lite",
    Class::Fault,
    &[Parameter {
        name: "children",
        default: Some("8"),
        domain: Domain::Integer { least: 0, most: 64 },
        summary: "how many",
    }],
    fork_bomb_lite,
    "starts children that ignore SIGTERM, and waits for ever",
);

/// What is ignored stays ignored in the programs that the shell starts. It ends after a minute, and soon where its
/// parent has ended without killing it.
const STUBBORN: &str = "trap '' TERM INT HUP; n=0
    while [ $n -lt 60 ] && kill -0 $PPID; do sleep 1; n=$((n+1)); done";

/// Children that end with the task, if it gets to end. A process that is killed leaves that to whoever kills its group.
#[derive(Default)]
struct Brood(Vec<Child>);

impl Drop for Brood {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that is gone needs no killing.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn fork_bomb_lite(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let mut brood = Brood::default();
    for _ in 0..arguments.integer("children")? {
        ctx.checkpoint();
        brood.0.push(sleeper(&["sh", "-c", STUBBORN])?);
    }
    nap(Duration::MAX, ctx);
    Ok(Answer::integer(0))
}

fn sleeper(words: &[&str]) -> Result<Child, TaskFailure> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    // Who still holds a runner's output would keep its reader waiting.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|error| refused("a child", &error))
}

/// Waits until the child is called as its program is, by which name it is told of: for a moment after its start it has
/// that of the thread that has started it.
fn await_name(child: &Child, ctx: &Context) {
    let name = |of: &str| fs::read_to_string(format!("/proc/{of}/comm")).ok();
    // Where there is no such file, nobody is told.
    let parents = name("thread-self");
    while parents.is_some() && name(&child.id().to_string()) == parents {
        nap(Duration::from_millis(1), ctx);
    }
}

fn refused(what: &str, error: &std::io::Error) -> TaskFailure {
    TaskFailure::System(format!("{what} cannot be had: {error}"))
}
