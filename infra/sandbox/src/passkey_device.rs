//! A device that makes passkeys and signs in with them, with the browser before it: a phone or a security key, as far as a
//! site sees it.

use crate::identity_provider::rsa_key;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A device with one passkey. Tests change what it says.
#[derive(Clone)]
pub struct PasskeyDevice {
    number: u8,
    rsa: bool,
    /// The page that the browser shows.
    origin: String,
    /// Whether the device checks a finger, a face or a PIN.
    verifies_user: bool,
    /// How often it has signed; devices that do not count say 0.
    pub counter: u32,
    user_handle: String,
}

impl PasskeyDevice {
    /// Makes a device; devices with different numbers have different keys.
    pub fn new(number: u8, origin: &str) -> Self {
        let (origin, user_handle) = (origin.to_owned(), String::new());
        Self { number, rsa: false, origin, verifies_user: true, counter: 0, user_handle }
    }

    /// Makes a device whose chip has RSA alone.
    pub fn with_rsa(number: u8, origin: &str) -> Self {
        Self { rsa: true, ..Self::new(number, origin) }
    }

    /// The same device before a page of another site.
    pub fn at(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    /// The same device when it does not check who holds it.
    pub fn unverified(&self) -> Self {
        Self { verifies_user: false, ..self.clone() }
    }

    /// Makes the passkey that a site asks for. Returns what the browser passes on to the site.
    pub fn make(&mut self, asked: &Value) -> Value {
        self.user_handle = asked["user_handle"].as_str().expect("a user handle").to_owned();
        let key = self.public_key();
        let length = u8::try_from(self.credential().len()).expect("a short id");
        let rest = [&[0; 16][..], &[0, length], &self.credential(), &key].concat();
        json!({
            "attempt": asked["attempt"],
            "client_data": text(&self.client_data("webauthn.create", &asked["challenge"])),
            "authenticator_data": text(&self.said(&asked["host"], 0x40, &rest)),
        })
    }

    /// Signs the challenge of a site. Returns what the browser passes on to the site.
    pub fn answer(&self, asked: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", &asked["challenge"]);
        let said = self.said(&asked["host"], 0, &[]);
        let signed = [&said[..], &Sha256::digest(&client_data)].concat();
        json!({
            "attempt": asked["attempt"],
            "credential": text(&self.credential()),
            "client_data": text(&client_data),
            "authenticator_data": text(&said),
            "signature": text(&self.signature(&signed)),
            "user_handle": self.user_handle,
        })
    }

    fn credential(&self) -> Vec<u8> {
        vec![self.number; 20]
    }

    fn curve_key(&self) -> SigningKey {
        SigningKey::from_bytes(&[self.number; 32].into()).expect("it is below the order of the curve")
    }

    /// The key as a CBOR map: kind, algorithm, and its numbers.
    fn public_key(&self) -> Vec<u8> {
        if self.rsa {
            let modulus = rsa_key().n().to_bytes_be();
            assert_eq!(modulus.len(), 256);
            let head = [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0];
            return [&head[..], &modulus, &[0x21, 0x43, 1, 0, 1]].concat();
        }
        let point = self.curve_key().verifying_key().to_encoded_point(false);
        let (x, y) = (point.x().expect("a point"), point.y().expect("a point"));
        [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat()
    }

    fn signature(&self, signed: &[u8]) -> Vec<u8> {
        if self.rsa {
            let head = [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
            let padding = Pkcs1v15Sign { hash_len: Some(32), prefix: head.into() };
            return rsa_key().sign(padding, &Sha256::digest(signed)).expect("the key is long enough");
        }
        let signature: Signature = self.curve_key().sign(signed);
        signature.to_der().as_bytes().to_vec()
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    fn said(&self, host: &Value, flags: u8, rest: &[u8]) -> Vec<u8> {
        let host = Sha256::digest(host.as_str().expect("a host"));
        let flags = flags | 1 | if self.verifies_user { 4 } else { 0 };
        [&host[..], &[flags], &self.counter.to_be_bytes(), rest].concat()
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
