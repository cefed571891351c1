//! Text that is stored small: plain up to 700 bytes, deflated above.

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::io::{Read, Write};

const PLAIN: usize = 700;
/// The longest text that is inflated; none of ours is longer.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LongText(pub String);

impl Serialize for LongText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.len() <= PLAIN {
            return serializer.serialize_str(&self.0);
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let packed = encoder.write_all(self.0.as_bytes()).and_then(|()| encoder.finish());
        serializer.serialize_bytes(&packed.map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for LongText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = LongText;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text, or deflated text")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<LongText, E> {
                Ok(LongText(text.to_owned()))
            }
            fn visit_bytes<E: Error>(self, packed: &[u8]) -> Result<LongText, E> {
                let mut text = String::new();
                DeflateDecoder::new(packed).take(LONGEST).read_to_string(&mut text).map_err(E::custom)?;
                Ok(LongText(text))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
