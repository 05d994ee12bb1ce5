//! The format, its limits, and values that misbehave.

use super::*;

#[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
struct Record {
    id: u32,
    name: String,
    parent: Option<u64>,
    values: Vec<i16>,
}

fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    let mut buf = Vec::new();
    encode_append(value, &mut buf).unwrap();
    buf
}

#[test]
fn golden_bytes() {
    let record = Record {
        id: 7,
        name: "né".to_owned(),
        parent: Some(9),
        values: vec![-1, 2],
    };
    let golden = [
        7, 0, 0, 0, // u32, little-endian
        3, 0, 0, 0, 0, 0, 0, 0, b'n', 0xc3, 0xa9, // u64 length, then UTF-8
        1, 9, 0, 0, 0, 0, 0, 0, 0, // Some, u64
        2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 2, 0, // u64 length, then i16
    ];
    assert_eq!(encoded(&record), golden);
    assert_eq!(decode_exact::<Record>(&golden).unwrap(), record);
}

#[test]
fn leftover_bytes_are_an_error() {
    let error = decode_exact::<u32>(&[1, 0, 0, 0, 9]).unwrap_err();
    assert!(error.to_string().contains("1 bytes were left over"));
}

#[test]
fn a_corrupt_length_is_an_error_not_an_abort() {
    let mut bytes = (1u64 << 40).to_le_bytes().to_vec();
    bytes.extend([1, 2, 3]);
    assert!(decode_exact::<String>(&bytes).is_err());
    assert!(decode_exact::<Vec<u64>>(&bytes).is_err());
}

/// Bytes in one piece.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[test]
fn a_value_over_the_limit_is_refused_with_both_figures_and_not_copied() {
    let mut buf = vec![1, 2];
    // Memory that is never written to is not there.
    let much = Bytes(vec![0; MAX_PAYLOAD_BYTES]);
    let error = encode_append(&much, &mut buf).unwrap_err();
    let (size, limit) = (MAX_PAYLOAD_BYTES + 8, MAX_PAYLOAD_BYTES);
    let text = error.to_string();
    assert!(text.contains(&size.to_string()), "{text}");
    assert!(text.contains(&limit.to_string()), "{text}");
    assert_eq!(buf, [1, 2]);
    assert!(buf.capacity() < 1024);
}

#[test]
fn untrusted_bytes_are_decoded_as_others_are() {
    for len in [
        0, 0xfff7, 0xfff8, 0x1_0000, 0x3f_fff7, 0x3f_fff8, 0x100_0000,
    ] {
        let text = "x".repeat(len);
        assert_eq!(decode_untrusted::<String>(&encoded(&text)), Ok(text));
    }
    let mut bytes = (1u64 << 30).to_le_bytes().to_vec();
    bytes.extend([b'x'; 100]);
    assert!(decode_untrusted::<String>(&bytes).is_err());
}

#[test]
fn a_panicking_serialize_is_an_error_and_leaves_the_buffer() {
    struct Bomb;
    impl Serialize for Bomb {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("boom")
        }
    }
    let mut buf = vec![1, 2];
    let error = encode_append(&(5u8, Bomb), &mut buf).unwrap_err();
    assert!(error.to_string().contains("boom"), "{error}");
    assert_eq!(buf, [1, 2]);
}
