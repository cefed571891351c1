//! What a device says, built byte by byte.

use super::*;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;

const SITE: Site<'_> = Site { origin: "https://crm.example", id: "crm.example" };
const CHALLENGE: &str = "Y2hhbGxlbmdl";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32].into()).unwrap()
}

fn public_key(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_encoded_point(false);
    [P256_HEAD, point.x().unwrap(), P256_MIDDLE, point.y().unwrap()].concat()
}

fn client_data(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
    serde_json::json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false,
        "other_keys_can_be_added_here": "do not compare"})
    .to_string()
    .into_bytes()
}

fn device_data(host: &str, flags: u8, counter: u32, rest: &[u8]) -> Vec<u8> {
    [&Sha256::digest(host.as_bytes())[..], &[flags], &counter.to_be_bytes(), rest].concat()
}

fn made(rest: &[u8]) -> Vec<u8> {
    device_data("crm.example", USER_PRESENT | USER_VERIFIED | HAS_KEY, 0, rest)
}

fn credential(id: &[u8], public_key: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    [&[0; AAGUID][..], &length, id, public_key].concat()
}

#[test]
fn site_is_read_from_the_public_address() {
    for (url, origin, id) in [
        ("https://crm.example", "https://crm.example", "crm.example"),
        ("http://localhost:8787", "http://localhost:8787", "localhost"),
        ("https://crm.example:8443/app", "https://crm.example:8443", "crm.example"),
    ] {
        let site = Site::of(url);
        assert_eq!((site.origin, site.id), (origin, id));
    }
}

#[test]
fn key_is_read_from_what_the_device_says() {
    let said = client_data("webauthn.create", CHALLENGE, SITE.origin);
    let cose = public_key(&key());
    let made = made_key(&SITE, CHALLENGE, (&said, &made(&credential(b"id", &cose)))).unwrap();
    assert_eq!(made, MadeKey { credential: b"id".to_vec(), public_key: cose, counter: 0 });
}

#[test]
fn extensions_stand_behind_the_key_where_the_flag_says_so() {
    let said = client_data("webauthn.create", CHALLENGE, SITE.origin);
    let cose = public_key(&key());
    let rest = [credential(b"id", &cose), vec![0xa0]].concat();
    assert_eq!(made_key(&SITE, CHALLENGE, (&said, &made(&rest))), Err(Fault::Malformed));
    let flags = USER_PRESENT | USER_VERIFIED | HAS_KEY | HAS_EXTENSIONS;
    let with_flag = device_data("crm.example", flags, 0, &rest);
    assert_eq!(made_key(&SITE, CHALLENGE, (&said, &with_flag)).unwrap().public_key, cose);
}

#[test]
fn key_that_is_cut_off_weak_or_of_another_kind_is_refused() {
    let said = client_data("webauthn.create", CHALLENGE, SITE.origin);
    let cose = public_key(&key());
    let read = |rest: &[u8]| made_key(&SITE, CHALLENGE, (&said, &made(rest))).unwrap_err();
    let whole = credential(b"id", &cose);
    for end in 0..whole.len() {
        assert!(matches!(read(&whole[..end]), Fault::Malformed | Fault::OtherKey), "cut off at {end}");
    }
    assert_eq!(read(&credential(b"", &cose)), Fault::Malformed);
    let off_the_curve = [P256_HEAD, &[1; 32], P256_MIDDLE, &[1; 32]].concat();
    assert_eq!(read(&credential(b"id", &off_the_curve)), Fault::OtherKey);
    let ed25519 = [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20][..], &[9; 32]].concat();
    assert_eq!(read(&credential(b"id", &ed25519)), Fault::OtherKey);
    let short_rsa = [RSA_HEAD, &[1; RSA_BYTES], RSA_TAIL].concat();
    assert_eq!(read(&credential(b"id", &short_rsa)), Fault::OtherKey);
}

#[test]
fn answer_is_taken_from_the_holder_of_the_key_alone() {
    let said = client_data("webauthn.get", CHALLENGE, SITE.origin);
    let device = device_data("crm.example", USER_PRESENT | USER_VERIFIED, 5, &[]);
    let signed = [&device[..], &Sha256::digest(&said)].concat();
    let signature: Signature = key().sign(&signed);
    let (signature, cose) = (signature.to_der(), public_key(&key()));
    let check =
        |signature: &[u8], cose: &[u8]| check_answer(&SITE, CHALLENGE, (&said, &device, signature), cose);
    assert_eq!(check(signature.as_bytes(), &cose), Ok(5));
    let other = public_key(&SigningKey::from_bytes(&[8; 32].into()).unwrap());
    assert_eq!(check(signature.as_bytes(), &other), Err(Fault::WrongSignature));
    assert_eq!(check(b"", &cose), Err(Fault::WrongSignature));
    let mut counted = device.clone();
    counted[36] = 6;
    let changed = check_answer(&SITE, CHALLENGE, (&said, &counted, signature.as_bytes()), &cose);
    assert_eq!(changed, Err(Fault::WrongSignature));
}

#[test]
fn answer_to_another_question_site_or_without_a_check_of_the_user_is_refused() {
    let fault = |said: &[u8], device: &[u8]| {
        let signed = [device, &Sha256::digest(said)].concat();
        let signature: Signature = key().sign(&signed);
        let answer = (said, device, signature.to_der());
        check_answer(&SITE, CHALLENGE, (answer.0, answer.1, answer.2.as_bytes()), &public_key(&key()))
            .unwrap_err()
    };
    let both = USER_PRESENT | USER_VERIFIED;
    let right = client_data("webauthn.get", CHALLENGE, SITE.origin);
    let here = device_data("crm.example", both, 1, &[]);
    assert_eq!(fault(&client_data("webauthn.create", CHALLENGE, SITE.origin), &here), Fault::Malformed);
    assert_eq!(fault(&client_data("webauthn.get", "b3RoZXI", SITE.origin), &here), Fault::OtherChallenge);
    for origin in ["https://crm.example.evil", "http://crm.example", "https://a.crm.example"] {
        assert_eq!(
            fault(&client_data("webauthn.get", CHALLENGE, origin), &here),
            Fault::OtherSite,
            "{origin}"
        );
    }
    let framed =
        String::from_utf8(right.clone()).unwrap().replace("\"crossOrigin\":false", "\"crossOrigin\":true");
    assert_eq!(fault(framed.as_bytes(), &here), Fault::OtherSite);
    assert_eq!(fault(&right, &device_data("evil.example", both, 1, &[])), Fault::OtherSite);
    for flags in [0, USER_PRESENT, USER_VERIFIED] {
        assert_eq!(fault(&right, &device_data("crm.example", flags, 1, &[])), Fault::UserNotVerified);
    }
    assert_eq!(fault(&right, &here[..36]), Fault::Malformed);
    assert_eq!(fault(b"{}", &here), Fault::Malformed);
}
