//! What becomes of placeholders.

use super::*;

fn words(list: &[&str]) -> Vec<OsString> {
    list.iter().map(OsString::from).collect()
}

fn filled(command: &[&str], arguments: &[&str]) -> Vec<String> {
    let template = Template::new(&words(command), arguments.len(), false);
    let program = template.fill(&words(arguments), 7);
    let argv = program.argv.into_iter();
    argv.map(|word| word.into_string().unwrap()).collect()
}

#[test]
fn each_placeholder_is_what_it_says() {
    let command = ["c", "{}", "{.}", "{/}", "{//}", "{/.}", "{#}", "a{}b{}"];
    let path = "d.d/a b.tar.gz";
    let expected = [
        "c",
        path,
        "d.d/a b.tar",
        "a b.tar.gz",
        "d.d",
        "a b.tar",
        "7",
    ];
    let filled = filled(&command, &[path]);
    assert_eq!(filled[..7], expected);
    assert_eq!(filled[7], format!("a{path}b{path}"));
}

#[test]
fn names_without_folder_or_extension_stay_what_they_are() {
    let forms = ["c", "{.}", "{/}", "{//}"];
    assert_eq!(filled(&forms, &["a.d/b"])[1..], ["a.d/b", "b", "a.d"]);
    assert_eq!(filled(&forms, &["a"])[1..], ["a", "a", "."]);
    assert_eq!(filled(&forms, &["/a"])[1..], ["/a", "a", "/"]);
}

#[test]
fn a_command_without_a_place_gets_its_arguments_at_the_end() {
    assert_eq!(
        filled(&["echo", "-n"], &["a b", ""]),
        ["echo", "-n", "a b", ""]
    );
    assert_eq!(
        filled(&["echo", "{x}", "{", "{0}", ""], &[]),
        ["echo", "{x}", "{", "{0}", ""]
    );
}

#[test]
fn arguments_can_be_chosen_by_their_place() {
    assert_eq!(
        filled(&["c", "{2}-{1}", "{}", "{2/}"], &["a", "b/c"]),
        ["c", "b/c-a", "a b/c", "c"]
    );
}

#[test]
fn the_slot_is_left_for_the_start_and_an_argument_is_not_read_again() {
    let template = Template::new(&words(&["c", "s{%}-{}"]), 1, false);
    let program = template.fill(&words(&["{%}"]), 1);
    assert_eq!(*program.words(3), *words(&["c", "s3-{%}"]));
}

#[test]
fn a_shell_gets_a_script_with_quoted_arguments() {
    let template = Template::new(&words(&["cat {} |", "wc -l > {.}.{%}"]), 1, true);
    let program = template.fill(&words(&["it's;a $x.txt"]), 1);
    let script = "cat 'it'\\''s;a $x.txt' | wc -l > 'it'\\''s;a $x'.2";
    assert_eq!(*program.words(2), *words(&["sh", "-c", script]));
    assert_eq!(template.program(), None);
}

#[test]
fn bytes_stay_bytes() {
    let template = Template::new(&words(&["c"]), 1, false);
    let odd = OsString::from_vec(vec![0xff, b'.', 0xfe]);
    assert_eq!(template.fill(std::slice::from_ref(&odd), 1).argv[1], odd);
}
