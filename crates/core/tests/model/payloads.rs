//! Payloads: every value survives the way to bytes and back; no bytes make decoding panic.

use std::collections::BTreeMap;

use anypool_core::{CodecError, decode_exact, encode_append};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Empty,
    Point(i8, i64),
    Named { name: String, size: f64 },
    Nested(Vec<Shape>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    shape: Shape,
    maybe: Option<Option<u16>>,
    table: BTreeMap<String, char>,
    bytes: Vec<u8>,
    outcome: Result<u128, String>,
    unit: (),
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Empty),
        any::<(i8, i64)>().prop_map(|(x, y)| Shape::Point(x, y)),
        (any::<String>(), -1e300..1e300).prop_map(|(name, size)| Shape::Named { name, size }),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop::collection::vec(inner, 0..4).prop_map(Shape::Nested)
    })
}

prop_compose! {
    fn record()(
        shape in shape(),
        maybe in any::<Option<Option<u16>>>(),
        table in prop::collection::btree_map(any::<String>(), any::<char>(), 0..4),
        bytes in any::<Vec<u8>>(),
        outcome in any::<Result<u128, String>>(),
    ) -> Record {
        Record { shape, maybe, table, bytes, outcome, unit: () }
    }
}

fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    let mut buf = Vec::new();
    encode_append(value, &mut buf).unwrap();
    buf
}

/// Decoding is an error or a value that has just these bytes.
fn decodes_or_refuses<T: Serialize + DeserializeOwned>(bytes: &[u8]) {
    match decode_exact::<T>(bytes) {
        Ok(value) => assert_eq!(encoded(&value), bytes),
        Err(error) => assert!(matches!(error, CodecError::Decode { .. })),
    }
}

proptest! {
    #[test]
    fn every_value_survives(value in record()) {
        prop_assert_eq!(decode_exact::<Record>(&encoded(&value)), Ok(value));
    }

    #[test]
    fn no_part_of_an_encoding_is_a_value(value in record(), cut in any::<prop::sample::Index>()) {
        let bytes = encoded(&value);
        let part = &bytes[..cut.index(bytes.len())];
        prop_assert!(decode_exact::<Record>(part).is_err());
    }

    #[test]
    fn any_bytes_are_refused_or_meant(bytes in any::<Vec<u8>>()) {
        decodes_or_refuses::<u64>(&bytes);
        decodes_or_refuses::<String>(&bytes);
        decodes_or_refuses::<Vec<Option<u32>>>(&bytes);
        decodes_or_refuses::<Shape>(&bytes);
    }

    #[test]
    fn a_damaged_encoding_is_refused_or_meant(
        value in shape(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = encoded(&value);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        decodes_or_refuses::<Shape>(&bytes);
    }

    #[test]
    fn encoding_appends(value in record(), before in any::<Vec<u8>>()) {
        let mut buf = before.clone();
        encode_append(&value, &mut buf).unwrap();
        prop_assert_eq!(&buf[..before.len()], &before[..]);
        prop_assert_eq!(decode_exact::<Record>(&buf[before.len()..]), Ok(value));
    }
}

#[test]
fn a_value_that_refuses_to_be_encoded_leaves_the_buffer_as_it_was() {
    struct Refuses;
    impl Serialize for Refuses {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("not today"))
        }
    }
    let mut buf = vec![1];
    let error = encode_append(&(7_u64, Refuses), &mut buf).unwrap_err();
    assert!(error.to_string().contains("not today"), "{error}");
    assert_eq!(buf, [1]);
}
