//! A public key by which a provider's webhooks are verified: a point on the curve P-256, as SendGrid shows it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// What precedes the point in a key of this curve (RFC 5480).
const HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const POINT_BYTES: usize = 65;
const UNCOMPRESSED: u8 = 4;

/// A public key of a provider, in base64 as the provider shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct WebhookPublicKey(Vec<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a public key as SendGrid shows it, which begins with MFkwEwYH")]
pub struct BadPublicKey;

impl WebhookPublicKey {
    pub fn parse(text: &str) -> Result<Self, BadPublicKey> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| BadPublicKey)?;
        let point = bytes.strip_prefix(&HEAD).ok_or(BadPublicKey)?;
        match point.len() == POINT_BYTES && point[0] == UNCOMPRESSED {
            true => Ok(Self(point.to_vec())),
            false => Err(BadPublicKey),
        }
    }

    pub fn point(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for WebhookPublicKey {
    type Error = BadPublicKey;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<WebhookPublicKey> for String {
    fn from(key: WebhookPublicKey) -> Self {
        STANDARD.encode([HEAD.as_slice(), &key.0].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";

    #[test]
    fn public_key_is_read_and_written_as_sendgrid_shows_it() {
        let key = WebhookPublicKey::parse(&format!(" {KEY}\n")).unwrap();
        assert_eq!((key.point().len(), key.point()[0]), (65, 4));
        assert_eq!(String::from(key), KEY);
    }

    #[test]
    fn text_that_is_no_key_of_the_curve_is_refused() {
        let cut = STANDARD.encode(&STANDARD.decode(KEY).unwrap()[..90]);
        for bad in
            ["", "MFkwEwYH", &KEY.replace("MFkwEwYH", "MFkwEwYI"), &KEY[1..], &cut, "not base64 at all"]
        {
            assert_eq!(WebhookPublicKey::parse(bad), Err(BadPublicKey), "{bad}");
        }
    }
}
