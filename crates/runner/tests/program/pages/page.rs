//! What a page shows: terminals, and files to type or to copy.

/// A page of the docs.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) terminals: Vec<Terminal>,
    /// Names and texts of the files that the page shows.
    pub(super) files: Vec<(String, String)>,
    /// What the page does not say as it should, for people.
    pub(super) wrong: Vec<String>,
}

/// A block of what somebody typed and saw.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Terminal {
    /// The folder of files that it needs.
    pub(super) scene: Option<String>,
    pub(super) commands: Vec<Command>,
}

/// A command, and the lines that it is said to print.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Command {
    /// Its line in the page, from 1.
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) shown: Vec<String>,
}

/// A fenced block as it stands in the page.
struct Block<'p> {
    line: usize,
    info: &'p str,
    text: Vec<&'p str>,
}

impl Page {
    /// Reads Markdown. Blocks say behind their language what they need: `console scene=FOLDER`, `toml file=NAME`; or that
    /// they are only shown: `console not-run: REASON`.
    pub(super) fn read(markdown: &str) -> Self {
        let mut page = Self::default();
        for block in blocks(markdown) {
            let (language, rest) = block.info.split_once(' ').unwrap_or((block.info, ""));
            match language {
                "console" => page.add_terminal(&block, rest.trim()),
                _ => page.add_file(&block, rest.trim()),
            }
        }
        page
    }

    fn add_terminal(&mut self, block: &Block<'_>, terms: &str) {
        if let Some(reason) = terms.strip_prefix("not-run:") {
            if reason.trim().is_empty() {
                self.wrong(block.line, "a terminal that is not run says why");
            }
            return;
        }
        let scene = terms.strip_prefix("scene=").map(str::to_owned);
        if scene.is_none() && !terms.is_empty() {
            self.wrong(
                block.line,
                "only `scene=FOLDER` and `not-run: REASON` may stand here",
            );
        }
        match commands(block) {
            Some(commands) => self.terminals.push(Terminal { scene, commands }),
            None => self.wrong(block.line, "a terminal begins with `$ ` and a command"),
        }
    }

    fn add_file(&mut self, block: &Block<'_>, terms: &str) {
        let Some(name) = terms.strip_prefix("file=") else {
            return;
        };
        self.files
            .push((name.to_owned(), block.text.join("\n") + "\n"));
    }

    fn wrong(&mut self, line: usize, what: &str) {
        self.wrong.push(format!("line {line}: {what}"));
    }
}

fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (line, text) in (1..).zip(markdown.lines()) {
        match (text.strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                let text = Vec::new();
                open = Some(Block { line, info, text });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.push(text),
            (None, None) => {}
        }
    }
    blocks.extend(open);
    blocks
}

/// What was typed and seen; nothing where something is seen before anything was typed.
fn commands(block: &Block<'_>) -> Option<Vec<Command>> {
    let mut commands = Vec::new();
    let mut current: Option<Command> = None;
    for (line, text) in (block.line + 1..).zip(&block.text) {
        if let Some(typed) = text.strip_prefix("$ ") {
            let next = Command {
                line,
                text: typed.to_owned(),
                shown: Vec::new(),
            };
            commands.extend(current.replace(next));
        } else {
            current.as_mut()?.shown.push((*text).to_owned());
        }
    }
    commands.push(current?);
    Some(commands)
}

#[test]
fn a_page_is_read_with_its_terminals_and_files() {
    let page = "text\n```console scene=s\n$ one\nseen\nalso\n$ two\n```\n```toml file=a.toml\nx = 1\n```\n\
                ```console not-run: it takes an hour\n$ three\n```\n";
    let page = Page::read(page);
    assert_eq!(page.wrong, [""; 0]);
    let command = |line, text: &str, shown: &[&str]| Command {
        line,
        text: text.to_owned(),
        shown: shown.iter().map(|&line| line.to_owned()).collect(),
    };
    let commands = vec![command(3, "one", &["seen", "also"]), command(6, "two", &[])];
    let scene = Some("s".to_owned());
    assert_eq!(page.terminals, [Terminal { scene, commands }]);
    assert_eq!(page.files, [("a.toml".to_owned(), "x = 1\n".to_owned())]);
}

#[test]
fn a_terminal_that_is_not_run_says_why() {
    for wrong in [
        "```console not-run:\n$ one\n```\n",
        "```console not-run\n$ one\n```\n",
        "```console ignored\n$ one\n```\n",
        "```console\nseen\n```\n",
        "```console\n",
    ] {
        assert_eq!(Page::read(wrong).wrong.len(), 1, "{wrong}");
    }
}
