//! Logged lines: what comes out of them, whatever was in them.

use proptest::prelude::*;

use super::*;

fn record(message: &str, fields: &str) -> Record {
    Record {
        level: Level::WARN,
        job: 7,
        location: "src/main.rs:3".to_owned(),
        target: "program::part".to_owned(),
        message: message.to_owned(),
        fields: fields.to_owned(),
    }
}

#[test]
fn levels_come_back_from_their_numbers() {
    for number in 1..=5 {
        assert_eq!(level_of(number).map(number_of), Some(number));
    }
    assert_eq!((level_of(0), level_of(6)), (None, None));
}

#[test]
fn logs_keep_their_place_among_other_lines() {
    let log = record("a\nb", "n=1").encode();
    let block = [b"one\ntwo\n", &log[..], b"half", &log, b"three\n"].concat();
    let log = || Piece::Log(record("a\nb", "n=1"));
    let lines = |text: &[u8]| Piece::Lines(text.to_vec());
    let expected = [
        lines(b"one\ntwo\n"),
        log(),
        lines(b"half\n"),
        log(),
        lines(b"three\n"),
    ];
    assert_eq!(pieces(block), expected);
}

#[test]
fn what_only_looks_like_a_log_is_passed_on() {
    for line in [
        &b"\x1e\n"[..],
        b"\x1elog1\x1f2\x1f7\n",
        b"\x1elog2\x1f2\x1f7\x1fa\x1fb\x1fc\x1fd\n",
        b"\x1elog1\x1f9\x1f7\x1fa\x1fb\x1fc\x1fd\n",
        b"\x1elog1\x1f2\x1f-7\x1fa\x1fb\x1fc\x1fd\n",
        b"\x1elog1\x1f2\x1f7\x1fa\x1fb\x1fc\x1fd\x1fe\n",
        b"\x1elog1\x1f2\x1f7\x1fa\x1fb\x1f\\x\x1fd\n",
        b"\x1elog1\x1f2\x1f7\x1fa\x1f\xff\x1fc\x1fd\n",
        b"\x1elog1\x1f2\x1f7\x1fa\x1fb\x1fc\x1fd",
    ] {
        assert_eq!(pieces(line.to_vec()), [Piece::Lines(line.to_vec())]);
    }
}

#[test]
fn a_long_event_is_cut_to_what_is_written_in_one_piece() {
    let long = "\n".repeat(10_000);
    let mut record = record(&long, &long);
    record.target.clone_from(&long);
    record.location.clone_from(&long);
    let line = record.encode();
    assert!(line.len() <= LINE_BYTES, "{}", line.len());
    let cut = Record::parse(line.strip_suffix(b"\n").unwrap()).unwrap();
    assert!(cut.message.len() > 1_000 && cut.message.ends_with(CUT));
    assert!(cut.fields.len() > 200 && cut.fields.ends_with(CUT));
}

#[test]
fn the_last_words_of_a_worker_are_readable() {
    let log = String::from_utf8(record("it broke", "n=1").encode()).unwrap();
    let text = format!("before\n{log}half {log}after");
    let event = "WARN program::part: it broke n=1\n";
    assert_eq!(readable(text), format!("before\n{event}half {event}after"));
}

proptest! {
    #[test]
    fn an_event_comes_out_as_it_went_in(message in ".{0,300}", fields in "(?s).{0,200}") {
        let record = record(&message, &fields);
        let line = record.encode();
        prop_assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
        prop_assert_eq!(pieces(line), [Piece::Log(record)]);
    }

    #[test]
    fn no_byte_of_any_output_is_lost(parts in proptest::collection::vec("[a\n\\\\\x1e\x1f]{0,9}", 0..9)) {
        let mut block = parts.concat().into_bytes();
        block.push(b'\n');
        let plain = |piece| match piece {
            Piece::Lines(lines) => lines,
            Piece::Log(log) => panic!("{log:?}"),
        };
        let passed: Vec<u8> = pieces(block.clone()).into_iter().flat_map(plain).collect();
        prop_assert_eq!(passed, block);
    }
}
