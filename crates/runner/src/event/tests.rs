//! Events as they are written, described and read.

use proptest::prelude::*;

use super::samples::samples;
use super::*;

fn log_of(events: &[Stamped]) -> Vec<u8> {
    let mut log = Vec::new();
    for event in events {
        write_line(event, &mut log);
    }
    log
}

fn read(log: &[u8]) -> Result<Vec<Stamped>, LineError> {
    Lines::new(log).collect()
}

#[test]
fn every_event_is_read_as_it_was_written() {
    let samples = samples();
    let log = log_of(&samples);
    assert_eq!(read(&log).unwrap(), samples);
    assert_eq!(
        log.iter().filter(|&&byte| byte == b'\n').count(),
        samples.len()
    );
    for name in Event::NAMES {
        let kind = format!("{{\"event\":\"{name}\",\"t\":");
        let mut lines = log.split(|&byte| byte == b'\n');
        assert!(
            lines.any(|line| line.starts_with(kind.as_bytes())),
            "{name} has a sample"
        );
    }
}

#[test]
fn the_schema_accepts_every_event_and_knows_every_field() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in log_of(&samples()).split(|&byte| byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let event: serde_json::Value = serde_json::from_slice(line).unwrap();
        let wrong: Vec<_> = validator
            .iter_errors(&event)
            .map(|e| e.to_string())
            .collect();
        assert_eq!(wrong, [""; 0], "{event}");
        let mut without = event.clone();
        without["event"] = "no-such-event".into();
        assert!(!validator.is_valid(&without), "{event}");
        for field in event.as_object().unwrap().keys() {
            let named = format!("\"{field}\":{{");
            assert!(schema.to_string().contains(&named), "{field} is described");
        }
    }
}

#[test]
fn bytes_that_are_no_text_come_out_as_they_went_in() {
    let bytes: Vec<u8> = (0..=255).collect();
    let output = Output::from(bytes.clone());
    let json = serde_json::to_string(&output).unwrap();
    let back: Output = serde_json::from_str(&json).unwrap();
    assert_eq!(back.as_bytes(), bytes);
}

#[test]
fn a_torn_last_line_is_no_error() {
    let samples = samples();
    let whole = log_of(&samples);
    let last = log_of(&samples[samples.len() - 1..]).len();
    for cut in 1..last {
        let mut lines = Lines::new(&whole[..whole.len() - cut]);
        let read: Vec<_> = lines.by_ref().collect::<Result<_, _>>().unwrap();
        // Of the last event nothing but the newline may be missing.
        let (whole, torn) = if cut == 1 { (0, false) } else { (1, true) };
        assert_eq!(read.len(), samples.len() - whole, "{cut} bytes are missing");
        assert_eq!(lines.is_torn(), torn, "{cut} bytes are missing");
    }
}

#[test]
fn a_damaged_line_in_the_middle_is_told_and_the_rest_is_read() {
    let samples = samples();
    let mut log = log_of(&samples[..2]);
    log.extend_from_slice(b"{\"event\":\"task-fini\n\n{\"event\":\"task-started\",\"t\":\"x\"}\n");
    log.extend_from_slice(b"{\"event\":\"of-tomorrow\",\"t\":3}\n");
    log.extend(log_of(&samples[2..3]));
    let (events, wrong): (Vec<_>, Vec<_>) = Lines::new(&log[..]).partition(Result::is_ok);
    assert_eq!(events.len(), 3);
    let told: Vec<_> = wrong
        .into_iter()
        .map(|e| e.unwrap_err().to_string())
        .collect();
    let expected = [
        "line 3 is not an event: EOF while parsing a string",
        "line 5 is not an event: invalid type: string \"x\", expected u64",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_log_of_a_later_schema_is_refused_and_later_fields_are_not() {
    let mut started = samples().swap_remove(0);
    let line = String::from_utf8(log_of(std::slice::from_ref(&started))).unwrap();
    let more = line.replacen('{', "{\"of_tomorrow\":[1,{\"a\":2}],", 1);
    assert_eq!(read(more.as_bytes()).unwrap(), [started.clone()]);
    let Event::RunStarted(run) = &mut started.event else {
        panic!("it begins with the run");
    };
    run.schema = SCHEMA + 1;
    let error = read(&log_of(&[started])).unwrap_err();
    assert!(matches!(error, LineError::Newer { schema: 2 }), "{error}");
}

#[test]
fn a_file_without_lines_is_not_read_to_its_end() {
    let endless = std::io::BufReader::with_capacity(1 << 20, std::io::repeat(b'['));
    let error = Lines::new(endless).next().unwrap().unwrap_err();
    assert!(matches!(error, LineError::TooLong { line: 1 }), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(log in proptest::collection::vec(any::<u8>(), 0..400)) {
        for event in Lines::new(&log[..]) {
            drop(event);
        }
    }

    #[test]
    fn any_damage_costs_only_the_lines_that_it_touches(at in 0_usize..2500, byte in any::<u8>()) {
        let samples = samples();
        let mut log = log_of(&samples);
        let at = at % log.len();
        log[at] = byte;
        let good = Lines::new(&log[..]).filter(Result::is_ok).count();
        prop_assert!(good + 2 >= samples.len());
    }
}
