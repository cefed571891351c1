//! The MD5 sums that SQS returns, of bodies and of message attributes.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// One message attribute as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageAttribute {
    pub data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

impl MessageAttribute {
    fn value(&self) -> (u8, Vec<u8>) {
        match (&self.string_value, &self.binary_value) {
            (Some(text), _) => (1, text.as_bytes().to_vec()),
            (None, Some(base64)) => (2, STANDARD.decode(base64).unwrap_or_default()),
            (None, None) => (1, Vec::new()),
        }
    }

    pub(super) fn size(&self, name: &str) -> usize {
        name.len() + self.data_type.len() + self.value().1.len()
    }
}

pub(super) fn of_body(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

/// The sum over each name, type and value in order of name, each with its length before it.
pub(super) fn of_attributes(attributes: &BTreeMap<String, MessageAttribute>) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    let sized = |part: &[u8], bytes: &mut Vec<u8>| {
        bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(part);
    };
    for (name, attribute) in attributes {
        let (kind, value) = attribute.value();
        sized(name.as_bytes(), &mut bytes);
        sized(attribute.data_type.as_bytes(), &mut bytes);
        bytes.push(kind);
        sized(&value, &mut bytes);
    }
    format!("{:x}", md5::compute(bytes))
}
