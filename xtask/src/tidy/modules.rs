//! The module tree of one crate, as its `mod` lines spell it, in the order in which they stand.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::tree::Tree;

/// One module: a file, or a block inside a file.
#[derive(Debug)]
pub(crate) struct Module {
    /// The names from the crate's root down to it; empty for the root.
    pub(crate) path: Vec<String>,
    /// The file its tokens stand in.
    pub(crate) file: String,
    /// Everything inside it.
    pub(crate) tokens: TokenStream,
    /// Whether it is compiled for tests only.
    pub(crate) test_only: bool,
    /// Its own modules, lowest layer first.
    pub(crate) children: Vec<Module>,
}

impl Module {
    /// Reads the crate whose root file is `root`; `None` when that file is missing or no Rust.
    pub(crate) fn of_crate(tree: &Tree, root: &str) -> Option<Self> {
        let tokens = tokens(tree.text(root)?)?;
        let place = Place {
            file: root.to_owned(),
            dir: folder_of(root).to_owned(),
        };
        Some(Self::build(tree, Vec::new(), place, tokens))
    }

    /// This module and all below it.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        all.extend(self.children.iter().flat_map(Self::all));
        all
    }

    /// The module at `path` below this one.
    pub(crate) fn find(&self, path: &[String]) -> Option<&Self> {
        match path {
            [] => Some(self),
            [first, rest @ ..] => self
                .children
                .iter()
                .find(|child| child.name() == first)?
                .find(rest),
        }
    }

    /// Its own name, empty for the root.
    pub(crate) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    fn build(tree: &Tree, path: Vec<String>, place: Place, tokens: TokenStream) -> Self {
        let declarations = declarations(tokens.clone());
        let children = declarations
            .into_iter()
            .filter_map(|one| child(tree, &path, &place, one))
            .collect();
        Self {
            path,
            file: place.file,
            tokens,
            test_only: false,
            children,
        }
    }
}

/// Where a module's text is, and where the files of its children are looked for.
#[derive(Debug, Clone)]
struct Place {
    file: String,
    dir: String,
}

/// One `mod` line.
struct Declaration {
    name: String,
    test_only: bool,
    path: Option<String>,
    body: Option<TokenStream>,
}

fn child(
    tree: &Tree,
    parent: &[String],
    place: &Place,
    declaration: Declaration,
) -> Option<Module> {
    let Declaration {
        name,
        test_only,
        path,
        body,
    } = declaration;
    let dir = join(&place.dir, &name);
    let (place, tokens) = match (body, path) {
        (Some(body), _) => (
            Place {
                file: place.file.clone(),
                dir,
            },
            body,
        ),
        (None, Some(path)) => {
            let file = join(folder_of(&place.file), &path);
            let dir = folder_of(&file).to_owned();
            file_tokens(tree, Place { file, dir })?
        }
        (None, None) => {
            let files = [format!("{dir}.rs"), format!("{dir}/mod.rs")];
            let file = files.into_iter().find(|file| tree.text(file).is_some())?;
            file_tokens(tree, Place { file, dir })?
        }
    };
    let mut path = parent.to_vec();
    path.push(name);
    let mut module = Module::build(tree, path, place, tokens);
    module.test_only = test_only;
    Some(module)
}

fn file_tokens(tree: &Tree, place: Place) -> Option<(Place, TokenStream)> {
    let tokens = tokens(tree.text(&place.file)?)?;
    Some((place, tokens))
}

/// Lexes a file; comments are gone, strings and macro bodies are tokens like all others.
pub(crate) fn tokens(text: &str) -> Option<TokenStream> {
    text.parse().ok()
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Joins two relative paths; `..` in the second climbs.
fn join(dir: &str, path: &str) -> String {
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn declarations(tokens: TokenStream) -> Vec<Declaration> {
    let mut found = Vec::new();
    let mut attributes: Vec<Group> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => attributes.clear(),
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Bracket => attributes.push(group),
                Delimiter::Brace => attributes.clear(),
                _ => {}
            },
            TokenTree::Ident(word) if word == "mod" => {
                if let Some(TokenTree::Ident(name)) = tokens.next() {
                    let body = match tokens.peek() {
                        Some(TokenTree::Group(group)) => Some(group.stream()),
                        _ => None,
                    };
                    found.push(declaration(&name.to_string(), &attributes, body));
                }
            }
            _ => {}
        }
    }
    found
}

fn declaration(name: &str, attributes: &[Group], body: Option<TokenStream>) -> Declaration {
    Declaration {
        name: name.trim_start_matches("r#").to_owned(),
        test_only: attributes.iter().any(is_test_only),
        path: attributes.iter().find_map(path_attribute),
        body,
    }
}

/// Tells whether the inside of an attribute's brackets is a `cfg` that asks for `test`.
pub(crate) fn is_test_only(attribute: &Group) -> bool {
    let text = attribute.stream().to_string().replace(' ', "");
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    words.first() == Some(&"cfg")
        && words.contains(&"test")
        && !words.iter().any(|w| ["not", "any"].contains(w))
}

fn path_attribute(attribute: &Group) -> Option<String> {
    let text = attribute.stream().to_string().replace(' ', "");
    Some(text.strip_prefix("path=\"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_files_blocks_and_renamed_paths_in_order() {
        let tree = Tree::of(&[
            (
                "src/lib.rs",
                "pub mod b; mod a { mod inner; } #[path = \"odd/name.rs\"] mod c; #[cfg(test)] mod t;",
            ),
            ("src/b/mod.rs", "mod deep;"),
            ("src/b/deep.rs", ""),
            ("src/a/inner.rs", ""),
            (
                "src/odd/name.rs",
                "// mod commented;\n const S: &str = \"mod quoted;\";",
            ),
            ("src/t.rs", "mod below;"),
            ("src/t/below.rs", ""),
        ]);
        let root = Module::of_crate(&tree, "src/lib.rs").unwrap();
        let all: Vec<_> = root
            .all()
            .iter()
            .map(|m| (m.path.join("::"), m.file.as_str(), m.test_only))
            .collect();
        let expected = [
            ("", "src/lib.rs", false),
            ("b", "src/b/mod.rs", false),
            ("b::deep", "src/b/deep.rs", false),
            ("a", "src/lib.rs", false),
            ("a::inner", "src/a/inner.rs", false),
            ("c", "src/odd/name.rs", false),
            ("t", "src/t.rs", true),
            ("t::below", "src/t/below.rs", false),
        ];
        assert_eq!(
            all,
            expected.map(|(path, file, test)| (path.to_owned(), file, test))
        );
    }
}
