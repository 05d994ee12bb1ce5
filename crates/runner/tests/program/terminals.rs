//! Terminals: what is drawn fits them whatever becomes of their size, and a run ends with its own.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::child::{Live, program, wait_until};
use super::exec::script;
use super::suites::Folder;

/// Goes up and clears what is below: so a picture begins.
const CLEAR: &str = "\u{1b}[J";

/// A terminal, from the side of whoever looks at it.
struct Terminal {
    master: File,
    /// The path by which programs open it.
    path: String,
}

impl Terminal {
    fn new(columns: u16) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let terminal = Self {
            path: path.into_string().unwrap(),
            master: File::from(master),
        };
        terminal.resize(columns);
        terminal
    }

    /// Whether keys that are typed are shown, as they are where nobody listens to them.
    fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.master).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Types something.
    fn type_in(&mut self, keys: &[u8]) {
        self.master.write_all(keys).unwrap();
    }

    /// Reads until this was written.
    fn wait_for(&mut self, text: &str) {
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(text) {
            let mut piece = [0; 4096];
            let read = self.master.read(&mut piece).unwrap();
            seen.extend_from_slice(&piece[..read]);
        }
    }

    fn resize(&self, columns: u16) {
        let size = Winsize {
            ws_col: columns,
            ws_row: 24,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&self.master, size).unwrap();
    }

    /// The command with this terminal as its own, and as its standard error. Whoever leads a session that has none gets
    /// the first one that it opens.
    fn command(&self, run: &Command) -> Command {
        let mut command = Command::new("setsid");
        let script = "exec \"$0\" \"$@\" <>\"$TEST_TERMINAL\" 2>&0";
        command.args(["sh", "-c", script]);
        command.arg(run.get_program()).args(run.get_args());
        command.env("TEST_TERMINAL", &self.path);
        command
            .env("TERM", "xterm")
            .env("XDG_CONFIG_HOME", "/nonexistent");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    /// Reads until a picture is drawn whose widest row takes so many columns.
    fn wait_for_width(&mut self, columns: usize) {
        let mut drawn = Vec::new();
        loop {
            let mut piece = [0; 4096];
            // Where the program has ended there is an error, and the test with it.
            let read = self.master.read(&mut piece).unwrap();
            drawn.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&drawn);
            let mut pictures: Vec<_> = text.split(CLEAR).map(widest).collect();
            // The last one may not be whole.
            pictures.pop();
            if pictures.contains(&columns) {
                return;
            }
        }
    }
}

/// How many columns the widest row of a picture takes.
fn widest(picture: &str) -> usize {
    let rows = picture.split(['\r', '\n']);
    let columns = rows.map(|row| {
        // What moves the cursor takes no place.
        let shown = row.split('\u{1b}').next().unwrap_or_default();
        shown.chars().count()
    });
    columns.max().unwrap_or(0)
}

#[test]
fn rows_are_as_wide_as_the_terminal_is_by_then() {
    let mut terminal = Terminal::new(60);
    let run = script("-j 1", "exec sleep 3600", &"long".repeat(50));
    let live = Live::start(terminal.command(&run));
    terminal.wait_for_width(59);
    terminal.resize(40);
    terminal.wait_for_width(39);
    terminal.resize(120);
    live.signal(Signal::SIGTERM);
    // Somebody has to read what the end writes.
    let mut rest = Vec::new();
    let _ = terminal.master.read_to_end(&mut rest);
    let ran = live.finish();
    assert_eq!(ran.code, 143);
    let rest = String::from_utf8_lossy(&rest);
    assert!(rest.contains("Summary"), "{rest}");
}

#[test]
fn a_run_ends_with_its_terminal() {
    let folder = Folder::with(
        "[[task]]\nid = \"up\"\nkind = \"command\"\nargv = [\"sh\", \"-c\", \"echo up; sleep 3600\"]\n\
         [[task]]\nid = \"task\"\nkind = \"hang\"\n",
    );
    let suite = folder.path().join("some.toml").display().to_string();
    for run in [
        script("-j 1 --output line", "echo up; exec sleep 3600", "a"),
        program("map worker 3600 -s lang=en -j 1"),
        program(&format!("run --output line -j 2 {suite}")),
    ] {
        let terminal = Terminal::new(80);
        let mut live = Live::start(terminal.command(&run));
        let line = live.line();
        assert!(["up", "Worker 0 started"].contains(&&*line), "{run:?}");
        drop(terminal);
        let ran = live.finish();
        assert_eq!((ran.code, ran.out.as_str()), (129, ""), "{run:?}");
    }
}

#[test]
fn a_key_asks_what_runs_and_the_terminal_is_left_as_it_was() {
    let mut terminal = Terminal::new(80);
    let mut run = terminal.command(&script("-j 1", "exec sleep 3600", "a b"));
    run.stdout(Stdio::null());
    let live = Live::start(run);
    terminal.wait_for("s] sh[a]");
    assert!(!terminal.echoes());
    terminal.type_in(b"xT");
    terminal.wait_for(": 1 running, 0 ended of 2");
    live.signal(Signal::SIGTSTP);
    live.wait_until_stopped();
    assert!(terminal.echoes(), "a shell has the terminal now");
    live.signal(Signal::SIGCONT);
    wait_until("keys that are heard again", || !terminal.echoes());
    terminal.type_in(b"t");
    terminal.wait_for(": 1 running, 0 ended of 2");
    live.signal(Signal::SIGTERM);
    terminal.wait_for("Summary");
    assert_eq!(live.finish().code, 143);
    assert!(terminal.echoes());
}

#[test]
fn a_run_that_is_ended_by_force_leaves_the_terminal_as_it_was() {
    let mut terminal = Terminal::new(80);
    let text = "trap '' TERM INT; while :; do sleep 3600; done";
    let mut run = terminal.command(&script("-j 1 --grace 1h", text, "a"));
    run.stdout(Stdio::null());
    let live = Live::start(run);
    wait_until("keys that are heard", || !terminal.echoes());
    // As typed: twice Ctrl-C, which no program of the run gets.
    terminal.type_in(b"\x03");
    terminal.wait_for("; stopping");
    terminal.type_in(b"\x03");
    wait_until("a terminal as it was", || terminal.echoes());
    assert_eq!(live.finish().code, 130);
}

#[test]
fn a_terminal_that_somebody_else_reads_stays_as_it_is() {
    // Who types arguments wants to see them.
    let mut terminal = Terminal::new(80);
    let mut out = tempfile::tempfile().unwrap();
    let mut run = terminal.command(&program("exec -j 1 --output line -- echo"));
    run.stdout(out.try_clone().unwrap());
    let live = Live::start(run);
    terminal.type_in(b"t\n");
    wait_until("the first line", || out.metadata().unwrap().len() == 2);
    assert!(terminal.echoes());
    terminal.type_in(b"last\n\x04");
    assert_eq!(live.finish().code, 0);
    out.rewind().unwrap();
    assert_eq!(io::read_to_string(out).unwrap(), "t\nlast\n");
    // The reader of a pipe may be a pager.
    let run = script("-j 1 --output line", "echo up; exec sleep 3600", "a");
    let mut live = Live::start(terminal.command(&run));
    assert_eq!(live.line(), "up");
    terminal.wait_for("s] sh[a]");
    assert!(terminal.echoes());
    live.signal(Signal::SIGTERM);
    assert_eq!(live.finish().code, 143);
}
