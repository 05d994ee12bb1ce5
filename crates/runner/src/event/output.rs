//! What tasks print, as it stands in events: text where it is text, base64 where it is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One of a task's two outputs.
///
/// ```
/// use anypool_runner::event::OutputStream;
///
/// assert_eq!(serde_json::to_string(&OutputStream::Stderr)?, "\"stderr\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum OutputStream {
    /// Its standard output.
    Stdout,
    /// Its standard error.
    Stderr,
}

/// A piece of a task's output. Bytes that are not UTF-8 travel as base64, so that they come out as they went in.
///
/// ```
/// use anypool_runner::event::Output;
///
/// let text = Output::from(b"caf\xc3\xa9\n".to_vec());
/// assert_eq!(serde_json::to_string(&text)?, r#"{"output":"café\n"}"#);
/// let bytes = Output::from(vec![0xff, 0x0a]);
/// assert_eq!(serde_json::to_string(&bytes)?, r#"{"output_b64":"/wo="}"#);
/// assert_eq!(bytes.as_bytes(), [0xff, 0x0a]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Output {
    /// What it printed.
    #[serde(rename = "output")]
    Text(String),
    /// What it printed, where that is not UTF-8.
    #[serde(rename = "output_b64")]
    Bytes(
        #[serde(serialize_with = "encode", deserialize_with = "decode")]
        #[schemars(with = "String", extend("contentEncoding" = "base64"))]
        Vec<u8>,
    ),
}

impl Output {
    /// The bytes, as the task printed them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for Output {
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Bytes(error.into_bytes()),
        }
    }
}

fn encode<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(de::Error::custom)
}
