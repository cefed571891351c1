//! The push service of a browser's maker (RFC 8030), with the browsers that are subscribed at it. It takes only what the holder
//! of the key signs that a browser subscribed for, and it cannot read what it carries; the browser can.

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes128Gcm, Key};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use jiff::{SignedDuration, Timestamp};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::answer;
use crate::sandbox::Sandbox;

/// The host of the push service.
pub const PUSH_HOST: &str = "updates.push.services.mozilla.com";
const LARGEST: usize = 4_096;
const LONGEST_TOPIC: usize = 32;
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// The wait that a refused sender is asked for.
const WAIT_SECONDS: &str = "7";

/// What a browser gives to the page that subscribes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrowserSubscription {
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
}

/// A browser that is subscribed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PushBrowser {
    path: String,
    /// The public key of the site that it subscribed for.
    server_key: String,
    secret_key: [u8; 32],
    auth: [u8; 16],
    /// What the push service answers whatever is asked.
    answers: Option<u16>,
}

/// A push that the service took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenPush {
    pub endpoint: String,
    pub at: Timestamp,
    pub ttl: u64,
    pub urgency: String,
    pub topic: Option<String>,
    /// What the browser reads; none where it cannot decrypt it.
    pub text: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Subscribe {
    server_key: String,
}

impl Sandbox {
    /// Subscribes a new browser for the public key of a site.
    pub fn subscribe_browser(&self, server_key: &str) -> BrowserSubscription {
        let serial = self.world().serial().to_string();
        let mut roll = self.seed().roll(&["push browser", &serial]);
        let (secret_key, secret) = loop {
            let bytes: [u8; 32] = std::array::from_fn(|_| roll.next().to_be_bytes()[0]);
            if let Ok(key) = SecretKey::from_slice(&bytes) {
                break (bytes, key);
            }
        };
        let auth = std::array::from_fn(|_| roll.next().to_be_bytes()[0]);
        let path = format!("/wpush/v2/{}", roll.hex(40));
        let given = BrowserSubscription {
            endpoint: format!("https://{PUSH_HOST}{path}"),
            p256dh: URL_SAFE_NO_PAD.encode(bytes_of(&secret.public_key())),
            auth: URL_SAFE_NO_PAD.encode(auth),
        };
        let server_key = server_key.to_owned();
        self.world().push_browsers.push(PushBrowser { path, server_key, secret_key, auth, answers: None });
        given
    }

    /// Lets the push service answer with this status for a browser whatever is asked, or as it should again.
    pub fn push_service_answers(&self, endpoint: &str, status: Option<u16>) {
        for browser in &mut self.world().push_browsers {
            if endpoint.ends_with(&browser.path) {
                browser.answers = status;
            }
        }
    }

    /// The pushes that the service took, oldest first.
    pub fn taken_pushes(&self) -> Vec<TakenPush> {
        self.world().taken_pushes.clone()
    }

    /// Answers a request to the push service.
    pub fn answer_push(&self, request: &http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let said = |status: u16, word: &str| {
            answer(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), "text/plain", word)
        };
        if request.method() != Method::POST {
            return said(405, "only POST is allowed");
        }
        let path = request.uri().path().to_owned();
        let found = self.world().push_browsers.iter().find(|browser| browser.path == path).cloned();
        let Some(browser) = found else { return said(404, "no such subscription") };
        if let Some(status) = browser.answers {
            let mut forced = said(status, "as the test says");
            if status == 429 {
                forced.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(WAIT_SECONDS));
            }
            return forced;
        }
        match take(&browser, request, self.now()) {
            Ok(taken) => {
                self.world().taken_pushes.push(taken);
                said(201, "")
            }
            Err((status, why)) => said(status, why),
        }
    }
}

/// `POST /push`: a browser under test subscribes.
pub(crate) async fn subscribe(State(sandbox): State<Sandbox>, Json(asked): Json<Subscribe>) -> Response {
    Json(sandbox.subscribe_browser(&asked.server_key)).into_response()
}

/// `GET /push`: what was taken.
pub(crate) async fn taken(State(sandbox): State<Sandbox>) -> Response {
    Json(sandbox.taken_pushes()).into_response()
}

type Refusal = (u16, &'static str);

fn take(
    browser: &PushBrowser,
    request: &http::Request<Vec<u8>>,
    now: Timestamp,
) -> Result<TakenPush, Refusal> {
    let said = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    check_token(browser, request.headers(), now)?;
    let ttl = said("ttl").and_then(|ttl| ttl.parse().ok()).ok_or((400, "the TTL is missing or no number"))?;
    if said("content-encoding") != Some("aes128gcm") {
        return Err((400, "the content encoding is not aes128gcm"));
    }
    if request.body().len() > LARGEST {
        return Err((413, "the body is larger than 4096 bytes"));
    }
    let urgency = said("urgency").unwrap_or("normal");
    if !matches!(urgency, "very-low" | "low" | "normal" | "high") {
        return Err((400, "the urgency is unknown"));
    }
    let topic = said("topic").map(str::to_owned);
    let is_word = |topic: &String| {
        topic.len() <= LONGEST_TOPIC
            && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !topic.as_ref().is_none_or(is_word) {
        return Err((400, "the topic is no word of 32 characters of base64url"));
    }
    let endpoint = format!("https://{PUSH_HOST}{}", browser.path);
    let (urgency, text) = (urgency.to_owned(), decrypted(browser, request.body()));
    Ok(TakenPush { endpoint, at: now, ttl, urgency, topic, text })
}

/// Checks who pushes (RFC 8292).
fn check_token(browser: &PushBrowser, headers: &HeaderMap, now: Timestamp) -> Result<(), Refusal> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|text| text.strip_prefix("vapid ")).ok_or((401, "there is no vapid token"))?;
    let part = |name: &str| given.split(',').find_map(|part| part.trim().strip_prefix(name));
    let (token, key) = part("t=").zip(part("k=")).ok_or((401, "the token or its key is missing"))?;
    if key != browser.server_key {
        return Err((403, "the browser subscribed for another key"));
    }
    let refused = (403, "the token is no signed token");
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| refused);
    let json = |text: &str| serde_json::from_slice::<Value>(&decoded(text)?).map_err(|_| refused);
    let (signed, signature) = token.rsplit_once('.').ok_or(refused)?;
    let (head, claims) = signed.split_once('.').ok_or(refused)?;
    if json(head)?["alg"] != "ES256" {
        return Err((403, "the token is not signed by ES256"));
    }
    let verifying = VerifyingKey::from_sec1_bytes(&decoded(key)?).map_err(|_| refused)?;
    let signature = Signature::from_slice(&decoded(signature)?).map_err(|_| refused)?;
    verifying.verify(signed.as_bytes(), &signature).map_err(|_| (403, "the signature is wrong"))?;
    let claims = json(claims)?;
    if claims["aud"] != format!("https://{PUSH_HOST}") {
        return Err((403, "the token is for another push service"));
    }
    let expires_at = claims["exp"].as_i64().and_then(|second| Timestamp::from_second(second).ok());
    if !expires_at.is_some_and(|at| at > now && at.duration_since(now) <= A_DAY) {
        return Err((403, "the token is expired, or valid for more than a day"));
    }
    let contact = claims["sub"].as_str().unwrap_or_default();
    if !contact.starts_with("https://") && !contact.starts_with("mailto:") {
        return Err((403, "the token names nobody to turn to"));
    }
    Ok(())
}

/// Decrypts as the browser does (RFC 8291): one record, which ends with 2.
fn decrypted(browser: &PushBrowser, body: &[u8]) -> Option<String> {
    let (salt, rest) = body.split_at_checked(16)?;
    let (size, rest) = rest.split_at_checked(4)?;
    let (length, rest) = rest.split_first()?;
    let (sender, sealed) = rest.split_at_checked(usize::from(*length))?;
    let size = usize::try_from(u32::from_be_bytes(size.try_into().ok()?)).ok()?;
    if sealed.len() > size {
        return None;
    }
    let secret = SecretKey::from_slice(&browser.secret_key).ok()?;
    let sender_key = PublicKey::from_sec1_bytes(sender).ok()?;
    let shared = p256::ecdh::diffie_hellman(secret.to_nonzero_scalar(), sender_key.as_affine());
    let mut material = [0; 32];
    let mut info = b"WebPush: info\0".to_vec();
    info.extend_from_slice(&bytes_of(&secret.public_key()));
    info.extend_from_slice(sender);
    shared.extract::<Sha256>(Some(&browser.auth)).expand(&info, &mut material).ok()?;
    let derive = Hkdf::<Sha256>::new(Some(salt), &material);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    derive.expand(b"Content-Encoding: aes128gcm\0", &mut key).ok()?;
    derive.expand(b"Content-Encoding: nonce\0", &mut nonce).ok()?;
    let cipher = Aes128Gcm::new(&Key::<Aes128Gcm>::from(key));
    let mut text = cipher.decrypt(&nonce.into(), sealed).ok()?;
    while text.last() == Some(&0) {
        text.pop();
    }
    (text.pop()? == 2).then(|| String::from_utf8(text).ok())?
}

fn bytes_of(key: &PublicKey) -> Vec<u8> {
    key.to_encoded_point(false).as_bytes().to_vec()
}
