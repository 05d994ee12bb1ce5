//! Inputs and outputs: of every shape and size, and those that do not survive the way.

use std::collections::BTreeMap;

use anypool_core::{Bytes, CodecError, Executor as _, JobError, SubmitError, set_quiet};
use anypool_tests::Subject;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

anypool_tests::contract! {
    all: [
        nothing_is_a_payload,
        nested_values_survive,
        payloads_of_every_size_survive,
        large_payloads_survive_side_by_side,
        sixteen_mebibytes_survive,
        large_values_of_every_kind_survive,
    ],
    processes: [
        an_input_that_cannot_be_encoded_is_refused,
        an_input_that_cannot_be_decoded_fails_only_its_job,
        an_output_that_cannot_be_encoded_fails_only_its_job,
        an_output_that_cannot_be_decoded_fails_only_its_job,
        bad_payloads_fail_only_their_items_of_a_map,
    ],
}

fn echo<T>(value: T) -> T {
    value
}

fn nothing_is_a_payload<S: Subject>() {
    let pool = S::with_workers(2);
    for _ in 0..100 {
        assert_eq!(pool.submit(echo::<()>, ()).unwrap().join(), Ok(()));
    }
    assert_eq!(
        pool.submit(echo::<Vec<u8>>, Vec::new()).unwrap().join(),
        Ok(Vec::new())
    );
    assert!(pool.map(echo::<()>, [(); 50]).eq([(); 50].map(Ok)));
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle { radius: f64 },
    Group(Vec<Shape>),
    Named(String, Box<Shape>),
}

type Nested = BTreeMap<String, Result<Option<Shape>, (u8, char)>>;

fn nested_values_survive<S: Subject>() {
    let circle = Shape::Circle { radius: 0.5 };
    let group = Shape::Group(vec![Shape::Point, circle, Shape::Group(vec![])]);
    let named = Shape::Named("naïve ✓".to_owned(), Box::new(group));
    let nested: Nested = [
        (String::new(), Ok(None)),
        ("x".to_owned(), Ok(Some(named))),
        ("y".to_owned(), Err((255, '🦀'))),
    ]
    .into();
    let pool = S::with_workers(2);
    assert_eq!(
        pool.submit(echo::<Nested>, nested.clone()).unwrap().join(),
        Ok(nested)
    );
}

/// Bytes of which a shifted, cut or repeated copy is another value.
fn pattern(len: usize) -> Vec<u8> {
    let byte = |n: usize| u8::try_from((n ^ (n >> 8) ^ (n >> 16)) & 0xff).expect("masked");
    (0..len).map(byte).collect()
}

fn reversed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.reverse();
    bytes
}

/// Bytes by another name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Image(Bytes);

fn large_values_of_every_kind_survive<S: Subject>() {
    let pool = S::with_workers(1);
    // Below and above what lies in a region; the last byte is in a word of its own.
    for len in [20_000, 300_001] {
        let bytes = Bytes::from(pattern(len));
        let text = "né✓".repeat(len / 7);
        let numbers: Vec<u64> = (0..len as u64 / 8).collect();
        assert_eq!(
            pool.submit(echo::<Bytes>, bytes.clone()).unwrap().join(),
            Ok(bytes.clone())
        );
        let image = Image(bytes.clone());
        assert_eq!(
            pool.submit(echo::<Image>, image.clone()).unwrap().join(),
            Ok(image.clone())
        );
        assert_eq!(
            pool.submit(echo::<String>, text.clone()).unwrap().join(),
            Ok(text.clone())
        );
        let together = (text, Some(image), numbers);
        assert_eq!(
            pool.submit(echo::<(String, Option<Image>, Vec<u64>)>, together.clone())
                .unwrap()
                .join(),
            Ok(together)
        );
    }
}

fn comes_back_reversed<S: Subject>(pool: &S::Executor, len: usize) {
    let bytes = pattern(len);
    let outcome = pool
        .submit(reversed, bytes.clone())
        .unwrap()
        .join()
        .unwrap();
    assert!(outcome.iter().rev().eq(&bytes), "{len} bytes");
}

fn payloads_of_every_size_survive<S: Subject>() {
    let pool = S::with_workers(1);
    for shift in 0..=20 {
        let len = 1 << shift;
        for len in [len - 1, len, len + 1] {
            comes_back_reversed::<S>(&pool, len);
        }
    }
}

fn large_payloads_survive_side_by_side<S: Subject>() {
    let pool = S::with_workers(2);
    let inputs: Vec<_> = (0..6).map(|n| pattern((1 << 20) + n)).collect();
    let submit = |input: &Vec<u8>| pool.submit(reversed, input.clone()).unwrap();
    let handles: Vec<_> = inputs.iter().map(submit).collect();
    for (input, handle) in inputs.iter().zip(handles) {
        assert!(handle.join().unwrap().iter().rev().eq(input));
    }
}

fn shifted(mut text: String) -> String {
    let first = text.remove(0);
    text.push(first);
    text
}

fn sixteen_mebibytes_survive<S: Subject>() {
    let pool = S::with_workers(1);
    let digits: String = ('0'..='9').chain('a'..='g').collect();
    let text = digits.repeat((16 << 20) / digits.len());
    let expected = shifted(text.clone());
    assert!(pool.submit(shifted, text).unwrap().join() == Ok(expected));
}

/// A value that fails somewhere on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Frail {
    Sound,
    FailsToEncode,
    PanicsToEncode,
    FailsToDecode,
    PanicsToDecode,
}

const FRAIL: [Frail; 5] = [
    Frail::Sound,
    Frail::FailsToEncode,
    Frail::PanicsToEncode,
    Frail::FailsToDecode,
    Frail::PanicsToDecode,
];

impl Serialize for Frail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        set_quiet(true);
        match self {
            Self::FailsToEncode => Err(ser::Error::custom("too frail to leave")),
            Self::PanicsToEncode => panic!("broke while leaving"),
            sound => serializer.serialize_u8(*sound as u8),
        }
    }
}

impl<'de> Deserialize<'de> for Frail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        set_quiet(true);
        match FRAIL.get(usize::from(u8::deserialize(deserializer)?)) {
            Some(Self::FailsToDecode) => Err(de::Error::custom("too frail to arrive")),
            Some(Self::PanicsToDecode) => panic!("broke while arriving"),
            found => found
                .copied()
                .ok_or_else(|| de::Error::custom("no such value")),
        }
    }
}

fn discard(_: Frail) -> u8 {
    1
}

fn make(n: usize) -> Frail {
    FRAIL[n]
}

fn words(error: &CodecError) -> String {
    error.to_string()
}

fn an_input_that_cannot_be_encoded_is_refused<S: Subject>() {
    let pool = S::with_workers(1);
    for (frail, reason) in [
        (Frail::FailsToEncode, "too frail"),
        (Frail::PanicsToEncode, "broke while leaving"),
    ] {
        match pool.submit(discard, frail) {
            Err(SubmitError::Codec(error @ CodecError::Encode { .. })) => {
                assert!(words(&error).contains(reason), "{error}");
            }
            other => panic!("{frail:?} has no encoding: {other:?}"),
        }
        assert_eq!(pool.submit(discard, Frail::Sound).unwrap().join(), Ok(1));
    }
}

/// The job among sound ones fails for `reason`, and they do not.
fn fails_among_sound_ones<S, T>(
    submit: impl Fn(&S::Executor, usize) -> anypool_core::JobHandle<T>,
    bad: usize,
    reason: &str,
) where
    S: Subject,
    T: std::fmt::Debug + 'static,
{
    let pool = S::with_workers(1);
    let handles = [0, bad, 0].map(|n| submit(&pool, n));
    let [before, frail, after] = handles.map(anypool_core::JobHandle::join);
    assert!(before.is_ok() && after.is_ok(), "{before:?} {after:?}");
    match frail {
        Err(JobError::Codec(error)) => assert!(words(&error).contains(reason), "{error}"),
        other => panic!("case {bad} does not survive the way: {other:?}"),
    }
}

fn an_input_that_cannot_be_decoded_fails_only_its_job<S: Subject>() {
    let submit = |pool: &S::Executor, n: usize| pool.submit(discard, FRAIL[n]).unwrap();
    fails_among_sound_ones::<S, _>(submit, 3, "too frail to arrive");
    fails_among_sound_ones::<S, _>(submit, 4, "broke while arriving");
}

fn an_output_that_cannot_be_encoded_fails_only_its_job<S: Subject>() {
    let submit = |pool: &S::Executor, n: usize| pool.submit(make, n).unwrap();
    fails_among_sound_ones::<S, _>(submit, 1, "too frail to leave");
    fails_among_sound_ones::<S, _>(submit, 2, "broke while leaving");
}

fn an_output_that_cannot_be_decoded_fails_only_its_job<S: Subject>() {
    let submit = |pool: &S::Executor, n: usize| pool.submit(make, n).unwrap();
    fails_among_sound_ones::<S, _>(submit, 3, "too frail to arrive");
    fails_among_sound_ones::<S, _>(submit, 4, "broke while arriving");
}

fn bad_payloads_fail_only_their_items_of_a_map<S: Subject>() {
    let pool = S::with_workers(2);
    let four = anypool_core::MapOptions::new().chunk(4.try_into().unwrap());
    let outcomes: Vec<_> = pool.map_with(make, (0..5).cycle().take(20), four).collect();
    let sound: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(sound, [true, false, false, false, false].repeat(4));
    let inputs = FRAIL.into_iter().cycle().take(20);
    let outcomes: Vec<_> = pool.map_with(discard, inputs, four).collect();
    let sound: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(sound, [true, false, false, false, false].repeat(4));
}
