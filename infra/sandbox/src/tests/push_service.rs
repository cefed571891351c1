//! The push service refuses what those of browsers refuse, and its browsers read what is meant for them.

use super::fixture::{World, world};
use crate::sites::{BrowserSubscription, PUSH_HOST};
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use serde_json::{Value, json};

fn site(number: u8) -> SecretKey {
    SecretKey::from_slice(&[number; 32]).unwrap()
}

fn written(key: &SecretKey) -> String {
    URL_SAFE_NO_PAD.encode(key.public_key().to_encoded_point(false).as_bytes())
}

fn claims(now: Timestamp) -> Value {
    let expires_at = now + SignedDuration::from_hours(12);
    json!({"aud": format!("https://{PUSH_HOST}"), "exp": expires_at.as_second(), "sub": "mailto:ops@leadflow.test"})
}

fn token(key: &SecretKey, head: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(head), part(claims));
    let signature: Signature = SigningKey::from(key).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

struct Scene {
    world: World,
    browser: BrowserSubscription,
}

impl Scene {
    fn new() -> Self {
        let world = world();
        let browser = world.sandbox.subscribe_browser(&written(&site(7)));
        Self { world, browser }
    }

    fn now(&self) -> Timestamp {
        application::Clock::now(&*self.world.clock)
    }

    fn request(&self) -> Request<Vec<u8>> {
        self.request_with(&site(7), &json!({"typ": "JWT", "alg": "ES256"}), &claims(self.now()))
    }

    fn request_with(&self, key: &SecretKey, head: &Value, claims: &Value) -> Request<Vec<u8>> {
        Request::post(&self.browser.endpoint)
            .header("ttl", "60")
            .header("content-encoding", "aes128gcm")
            .header("authorization", format!("vapid t={}, k={}", token(key, head, claims), written(key)))
            .body(vec![0; 100])
            .unwrap()
    }

    fn status(&self, request: &Request<Vec<u8>>) -> u16 {
        self.world.sandbox.answer_push(request).status().as_u16()
    }
}

#[test]
fn push_service_takes_what_the_key_of_the_subscription_has_signed() {
    let scene = Scene::new();
    assert_eq!(scene.status(&scene.request()), 201);
    let taken = scene.world.sandbox.taken_pushes();
    assert_eq!((taken.len(), taken[0].ttl, taken[0].text.as_deref()), (1, 60, None), "the body is noise");
}

#[test]
fn push_service_refuses_tokens_that_are_wrong_anywhere() {
    let scene = Scene::new();
    let (head, good) = (json!({"typ": "JWT", "alg": "ES256"}), claims(scene.now()));
    let hours = |hours| (scene.now() + SignedDuration::from_hours(hours)).as_second();
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    assert_eq!(scene.status(&scene.request_with(&site(8), &head, &good)), 403, "another key");
    for wrong in [
        with("aud", json!("https://fcm.googleapis.com")),
        with("exp", json!(hours(25))),
        with("exp", json!(hours(-1))),
        with("exp", Value::Null),
        with("sub", json!("http://localhost")),
    ] {
        assert_eq!(scene.status(&scene.request_with(&site(7), &head, &wrong)), 403, "{wrong}");
    }
    let unsigned = json!({"typ": "JWT", "alg": "none"});
    assert_eq!(scene.status(&scene.request_with(&site(7), &unsigned, &good)), 403);
    let mut forged = scene.request();
    let other = token(&site(8), &head, &good);
    let header = format!("vapid t={other}, k={}", written(&site(7)));
    forged.headers_mut().insert("authorization", header.parse().unwrap());
    assert_eq!(scene.status(&forged), 403, "signed by another key than it names");
    let mut bare = scene.request();
    bare.headers_mut().remove("authorization");
    assert_eq!(scene.status(&bare), 401);
    assert_eq!(scene.world.sandbox.taken_pushes(), []);
}

#[test]
fn push_service_refuses_headers_and_bodies_that_are_wrong() {
    let scene = Scene::new();
    for (name, value, status) in [
        ("ttl", None, 400),
        ("ttl", Some("soon"), 400),
        ("content-encoding", None, 400),
        ("content-encoding", Some("aesgcm"), 400),
        ("urgency", Some("very-high"), 400),
        ("topic", Some("a b"), 400),
        ("topic", Some("123456789012345678901234567890123"), 400),
    ] {
        let mut request = scene.request();
        match value {
            Some(value) => request.headers_mut().insert(name, value.parse().unwrap()),
            None => request.headers_mut().remove(name),
        };
        assert_eq!(scene.status(&request), status, "{name} {value:?}");
    }
    let mut large = scene.request();
    *large.body_mut() = vec![0; 4_097];
    assert_eq!(scene.status(&large), 413);
    let mut unknown = scene.request();
    *unknown.uri_mut() = format!("https://{PUSH_HOST}/wpush/v2/unknown").parse().unwrap();
    assert_eq!(scene.status(&unknown), 404);
    for status in [400, 404, 410, 413, 429, 503] {
        scene.world.sandbox.push_service_answers(&scene.browser.endpoint, Some(status));
        assert_eq!(scene.status(&scene.request()), status);
    }
    scene.world.sandbox.push_service_answers(&scene.browser.endpoint, None);
    assert_eq!(scene.status(&scene.request()), 201);
}

#[test]
fn browser_reads_what_is_encrypted_for_it_and_nothing_else() {
    let scene = Scene::new();
    let other = scene.world.sandbox.subscribe_browser(&written(&site(7)));
    for (to, text) in [(&scene.browser, Some("hello")), (&other, None)] {
        let mut request = scene.request();
        *request.body_mut() = encrypted(to, b"hello\x02\0\0");
        assert_eq!(scene.status(&request), 201);
        assert_eq!(scene.world.sandbox.taken_pushes().last().unwrap().text.as_deref(), text);
    }
}

fn encrypted(to: &BrowserSubscription, padded: &[u8]) -> Vec<u8> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (theirs, own) = (bytes(&to.p256dh), site(9));
    let ours = own.public_key().to_encoded_point(false).as_bytes().to_vec();
    let point = p256::PublicKey::from_sec1_bytes(&theirs).unwrap();
    let shared = p256::ecdh::diffie_hellman(own.to_nonzero_scalar(), point.as_affine());
    let expand = |salt: &[u8], secret: &[u8], info: &[u8], out: &mut [u8]| {
        hkdf::Hkdf::<sha2::Sha256>::new(Some(salt), secret).expand(info, out).unwrap();
    };
    let (mut material, mut key, mut nonce) = ([0; 32], [0; 16], [0; 12]);
    let info = [b"WebPush: info\0".as_slice(), &theirs, &ours].concat();
    expand(&bytes(&to.auth), shared.raw_secret_bytes(), &info, &mut material);
    expand(&[5; 16], &material, b"Content-Encoding: aes128gcm\0", &mut key);
    expand(&[5; 16], &material, b"Content-Encoding: nonce\0", &mut nonce);
    let sealed = Aes128Gcm::new(&key.into()).encrypt(&nonce.into(), padded).unwrap();
    [[5; 16].as_slice(), &4_096u32.to_be_bytes(), &[65], &ours, &sealed].concat()
}
