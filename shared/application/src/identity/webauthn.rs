//! What a device with a passkey says, read and checked byte by byte (W3C Web Authentication, level 3).
//!
//! A device answers with two texts: the *client data*, in which the browser says which page asked for what, and the
//! *authenticator data*, in which the device says for which site it answers and whether it has checked its user. It signs both.
//! We ask for no attestation, so a new key comes unsigned, within the authenticator data. Only the two kinds of keys that
//! every device has one of are taken: ECDSA on P-256 and RSA with 2048 bits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

/// The names by which the standard knows the kinds of keys that we take, in the order in which we like them.
pub const KEY_KINDS: [i32; 2] = [-7, -257];

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;
/// The hash of the site, the flags and the counter.
const HEAD: usize = 37;
/// The model of the device, which we ignore, and the length of the key's id.
const AAGUID: usize = 16;
const LONGEST_CREDENTIAL: usize = 1023;

// A key is a map in the one form that devices may write (canonical CBOR), so that all but its numbers is known.
const P256_HEAD: &[u8] = &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const P256_MIDDLE: &[u8] = &[0x22, 0x58, 0x20];
const RSA_HEAD: &[u8] = &[0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00];
const RSA_TAIL: &[u8] = &[0x21, 0x43, 0x01, 0x00, 0x01];
const RSA_BYTES: usize = 256;
const RSA_EXPONENT: u32 = 65_537;
/// What stands before the digest in a PKCS #1 signature with SHA-256.
const SHA256_HEAD: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

/// The site for which passkeys are made and used: this installation.
pub(crate) struct Site<'a> {
    /// Scheme, host and port, as a browser names the page.
    pub origin: &'a str,
    /// The host alone.
    pub id: &'a str,
}

impl<'a> Site<'a> {
    pub fn of(public_url: &'a str) -> Self {
        let host = public_url.find("://").map_or(0, |at| at + 3);
        let end = public_url[host..].find('/').map_or(public_url.len(), |at| host + at);
        let id = &public_url[host..end];
        let id = id.rsplit_once(':').map_or(id, |(id, _)| id);
        Self { origin: &public_url[..end], id }
    }
}

/// Why what a device says is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not in the form that the standard gives it.
    Malformed,
    /// It answers another question than ours.
    OtherChallenge,
    /// It was asked by another site.
    OtherSite,
    /// The device has not checked who holds it.
    UserNotVerified,
    /// The key is of a kind that we have not asked for.
    OtherKey,
    /// It was not signed with the key.
    WrongSignature,
}

/// A key that a device has made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MadeKey {
    pub credential: Vec<u8>,
    /// The public key as the device wrote it.
    pub public_key: Vec<u8>,
    pub counter: u32,
}

/// Reads the key that a device has made because we asked for one with this challenge.
pub(crate) fn made_key(
    site: &Site<'_>,
    challenge: &str,
    (client_data, device_data): (&[u8], &[u8]),
) -> Result<MadeKey, Fault> {
    check_client_data(site, ("webauthn.create", challenge), client_data)?;
    let device = DeviceData::read(site, device_data)?;
    if device.flags & HAS_KEY == 0 {
        return Err(Fault::Malformed);
    }
    let (_, rest) = device.rest.split_at_checked(AAGUID).ok_or(Fault::Malformed)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(Fault::Malformed)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (credential, rest) = rest.split_at_checked(length).ok_or(Fault::Malformed)?;
    if !(1..=LONGEST_CREDENTIAL).contains(&length) {
        return Err(Fault::Malformed);
    }
    let (_, read) = PublicKey::read(rest).ok_or(Fault::OtherKey)?;
    let (public_key, extensions) = rest.split_at(read);
    if extensions.is_empty() != (device.flags & HAS_EXTENSIONS == 0) {
        return Err(Fault::Malformed);
    }
    Ok(MadeKey { credential: credential.to_vec(), public_key: public_key.to_vec(), counter: device.counter })
}

/// Checks that the holder of this key has answered our challenge. Returns how often the device has signed.
pub(crate) fn check_answer(
    site: &Site<'_>,
    challenge: &str,
    (client_data, device_data, signature): (&[u8], &[u8], &[u8]),
    public_key: &[u8],
) -> Result<u32, Fault> {
    check_client_data(site, ("webauthn.get", challenge), client_data)?;
    let device = DeviceData::read(site, device_data)?;
    let (key, _) = PublicKey::read(public_key).ok_or(Fault::OtherKey)?;
    let signed = [device_data, &Sha256::digest(client_data)].concat();
    match key.has_signed(&signed, signature) {
        true => Ok(device.counter),
        false => Err(Fault::WrongSignature),
    }
}

/// What the browser says about the page that asked. Browsers add fields, which mean nothing to us.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

fn check_client_data(site: &Site<'_>, (kind, challenge): (&str, &str), bytes: &[u8]) -> Result<(), Fault> {
    let said: ClientData = serde_json::from_slice(bytes).map_err(|_| Fault::Malformed)?;
    if said.r#type != kind {
        return Err(Fault::Malformed);
    }
    if !bool::from(said.challenge.as_bytes().ct_eq(challenge.as_bytes())) {
        return Err(Fault::OtherChallenge);
    }
    if said.origin != site.origin || said.cross_origin {
        return Err(Fault::OtherSite);
    }
    Ok(())
}

struct DeviceData<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

impl<'a> DeviceData<'a> {
    fn read(site: &Site<'_>, bytes: &'a [u8]) -> Result<Self, Fault> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>().ok_or(Fault::Malformed)?;
        if head[..32] != Sha256::digest(site.id.as_bytes())[..] {
            return Err(Fault::OtherSite);
        }
        let flags = head[32];
        if flags & USER_PRESENT == 0 || flags & USER_VERIFIED == 0 {
            return Err(Fault::UserNotVerified);
        }
        let counter = u32::from_be_bytes([head[33], head[34], head[35], head[36]]);
        Ok(Self { flags, counter, rest })
    }
}

enum PublicKey {
    P256(VerifyingKey),
    Rsa(RsaPublicKey),
}

impl PublicKey {
    /// Reads the key that these bytes begin with. Returns it with the number of its bytes.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        if let Some(rest) = bytes.strip_prefix(P256_HEAD) {
            let (x, rest) = rest.split_first_chunk::<32>()?;
            let (y, rest) = rest.strip_prefix(P256_MIDDLE)?.split_first_chunk::<32>()?;
            let point = [&[4], &x[..], &y[..]].concat();
            let key = VerifyingKey::from_sec1_bytes(&point).ok()?;
            return Some((Self::P256(key), bytes.len() - rest.len()));
        }
        let (modulus, rest) = bytes.strip_prefix(RSA_HEAD)?.split_at_checked(RSA_BYTES)?;
        let rest = rest.strip_prefix(RSA_TAIL)?;
        // A shorter number would be a weaker key.
        let has_all_bits = modulus[0] & 0x80 != 0;
        let modulus = BigUint::from_bytes_be(modulus);
        let key = RsaPublicKey::new(modulus, RSA_EXPONENT.into()).ok().filter(|_| has_all_bits)?;
        Some((Self::Rsa(key), bytes.len() - rest.len()))
    }

    fn has_signed(&self, signed: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(key) => {
                Signature::from_der(signature).is_ok_and(|signature| key.verify(signed, &signature).is_ok())
            }
            Self::Rsa(key) => {
                let padding = Pkcs1v15Sign { hash_len: Some(32), prefix: SHA256_HEAD.into() };
                key.verify(padding, &Sha256::digest(signed), signature).is_ok()
            }
        }
    }
}

pub(crate) fn url_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn url_bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
