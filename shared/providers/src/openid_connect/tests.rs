//! Which tokens are accepted as a provider's word, and which are refused.

use super::id_token::{Expected, TokenFault, read};
use super::preset::SignInClient;
use super::provider_document::PublicKeys;
use super::*;
use crate::transport::InProcessHttp;
use application::ports::sign_in_providers::ProviderAccount;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::atomic::{AtomicUsize, Ordering};

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://id.example";

fn client(provider: SignInProvider) -> SignInClient {
    SignInClient {
        provider,
        client_id: "ours".to_owned(),
        client_secret: "secret".to_owned(),
        issuer: Some(ISSUER.to_owned()),
        name: None,
    }
}

fn signing_key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

fn public(byte: u8, kid: &str) -> Value {
    let point = signing_key(byte).verifying_key().to_encoded_point(false);
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": text(point.x().unwrap()), "y": text(point.y().unwrap()) })
}

fn keys() -> PublicKeys {
    PublicKeys(vec![serde_json::from_value(public(7, "one")).unwrap()])
}

fn claims() -> Value {
    json!({ "iss": ISSUER, "sub": "maya", "aud": "ours", "exp": NOW + 300, "iat": NOW - 5, "nonce": "asked",
        "email": "maya@harbour.example" })
}

fn text(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn signed_as(header: &Value, claims: &Value, byte: u8) -> String {
    let text = text(header, claims);
    let signature: Signature = signing_key(byte).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn token(claims: &Value) -> String {
    signed_as(&json!({ "alg": "ES256", "kid": "one" }), claims, 7)
}

fn read_by(provider: SignInProvider, issuer: &str, token: &str) -> Result<ProviderAccount, TokenFault> {
    let now = Timestamp::from_second(NOW).unwrap();
    let client = client(provider);
    read(token, &keys(), &Expected { client: &client, issuer, nonce: "asked", now })
}

fn fault(token: &str) -> Option<TokenFault> {
    read_by(SignInProvider::Oidc, ISSUER, token).err()
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[test]
fn signed_word_of_the_provider_names_the_account() {
    let account = read_by(SignInProvider::Oidc, ISSUER, &token(&claims())).unwrap();
    let expected = ProviderAccount {
        issuer: ISSUER.to_owned(),
        subject: "maya".to_owned(),
        email: Some("maya@harbour.example".to_owned()),
        email_verified: false,
        authenticated_at: None,
    };
    assert_eq!(account, expected);
}

#[test]
fn address_is_checked_where_the_provider_says_so_and_never_at_microsoft() {
    let is_checked = |said: Value| {
        read_by(SignInProvider::Oidc, ISSUER, &token(&with("email_verified", said))).unwrap().email_verified
    };
    assert!(is_checked(json!(true)) && is_checked(json!("true")));
    for said in [json!(false), json!("false"), json!(1), Value::Null, json!("yes")] {
        assert!(!is_checked(said.clone()), "{said}");
    }
    let document = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let mut claims = with("email_verified", json!(true));
    claims["iss"] = json!("https://login.microsoftonline.com/t-1/v2.0");
    claims["tid"] = json!("t-1");
    claims["oid"] = json!("o-1");
    let account = read_by(SignInProvider::Microsoft, document, &token(&claims)).unwrap();
    assert!(!account.email_verified, "its tenants write any address");
}

#[test]
fn linkedin_may_leave_the_nonce_out_but_not_give_another() {
    let by_linkedin = |nonce: Value| {
        let mut claims = with("nonce", nonce);
        claims["iss"] = json!("https://www.linkedin.com/oauth");
        read_by(SignInProvider::Linkedin, "https://www.linkedin.com/oauth", &token(&claims)).err()
    };
    assert_eq!(by_linkedin(Value::Null), None);
    assert_eq!(by_linkedin(json!("of another request")), Some(TokenFault::Nonce));
}

#[test]
fn token_with_a_wrong_claim_is_refused() {
    for (name, value, why) in [
        ("iss", json!("https://evil.example"), TokenFault::Issuer),
        ("aud", json!("another"), TokenFault::Audience),
        ("aud", json!(["ours", "another"]), TokenFault::Audience),
        ("azp", json!("another"), TokenFault::Audience),
        ("exp", json!(NOW - 60), TokenFault::Expired),
        ("iat", json!(NOW + 61), TokenFault::FromTheFuture),
        ("nonce", json!("of another request"), TokenFault::Nonce),
        ("nonce", Value::Null, TokenFault::Nonce),
        ("sub", json!(""), TokenFault::NoAccount),
        ("exp", Value::Null, TokenFault::Signature),
    ] {
        assert_eq!(fault(&token(&with(name, value.clone()))), Some(why), "{name}: {value}");
    }
    assert_eq!(fault(&token(&with("exp", json!(NOW - 59)))), None, "clocks differ");
    let mut several = with("aud", json!(["ours", "another"]));
    several["azp"] = json!("ours");
    assert_eq!(fault(&token(&several)), None);
}

#[test]
fn token_that_is_not_signed_by_the_provider_is_refused() {
    let (header, claims) = (json!({ "alg": "ES256", "kid": "one" }), claims());
    assert_eq!(fault(&signed_as(&header, &claims, 8)), Some(TokenFault::Signature), "another key");
    let unknown = json!({ "alg": "ES256", "kid": "two" });
    assert_eq!(fault(&signed_as(&unknown, &claims, 7)), Some(TokenFault::UnknownKey));
    let good = token(&claims);
    let (body, signature) = good.rsplit_once('.').unwrap();
    let changed = format!("{}.{signature}", text(&header, &with("sub", json!("joe"))));
    assert_eq!(fault(&changed), Some(TokenFault::Signature), "another account");
    assert_eq!(fault(&format!("{body}.")), Some(TokenFault::Signature));
    for nothing in ["", "a.b.c", "…"] {
        assert_eq!(fault(nothing), Some(TokenFault::Algorithm));
    }
}

#[test]
fn token_that_chooses_no_algorithm_or_a_shared_secret_is_refused() {
    let claims = claims();
    let none = format!("{}.", text(&json!({ "alg": "none", "kid": "one" }), &claims));
    assert_eq!(fault(&none), Some(TokenFault::Algorithm));
    // The attack that takes the public key for the secret of HMAC.
    let header = json!({ "alg": "HS256", "kid": "one" });
    let secret = public(7, "one").to_string();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let body = text(&header, &claims);
    let signature = URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, body.as_bytes()));
    assert_eq!(fault(&format!("{body}.{signature}")), Some(TokenFault::Algorithm));
    // The key is one of a curve: it verifies no RSA signature.
    let rsa = signed_as(&json!({ "alg": "RS256", "kid": "one" }), &claims, 7);
    assert_eq!(fault(&rsa), Some(TokenFault::Signature));
}

#[test]
fn issuer_is_compared_as_each_provider_writes_it() {
    let by = |provider, document: &str, claims: &Value| {
        read_by(provider, document, &token(claims)).map(|a| a.issuer)
    };
    let google = "https://accounts.google.com";
    for iss in [google, "accounts.google.com"] {
        assert_eq!(by(SignInProvider::Google, google, &with("iss", json!(iss))), Ok("google".to_owned()));
    }
    let linkedin = "https://www.linkedin.com";
    for iss in [linkedin, "https://www.linkedin.com/oauth"] {
        assert_eq!(
            by(SignInProvider::Linkedin, linkedin, &with("iss", json!(iss))),
            Ok("linkedin".to_owned())
        );
    }
    for provider in [SignInProvider::Google, SignInProvider::Linkedin] {
        assert_eq!(by(provider, google, &claims()), Err(TokenFault::Issuer));
    }
}

#[test]
fn account_of_microsoft_is_known_by_its_tenant_and_object() {
    let document = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let mut claims = with("iss", json!("https://login.microsoftonline.com/t-1/v2.0"));
    claims["tid"] = json!("t-1");
    let read = |claims: &Value| read_by(SignInProvider::Microsoft, document, &token(claims));
    assert_eq!(read(&claims), Err(TokenFault::NoAccount), "`sub` differs by application");
    claims["oid"] = json!("o-1");
    let account = read(&claims).unwrap();
    assert_eq!((account.issuer.contains("/t-1/"), account.subject.as_str()), (true, "o-1"));
    claims["tid"] = json!("t-2");
    assert_eq!(read(&claims), Err(TokenFault::Issuer), "the tenant of another issuer");
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(NOW).unwrap()
    }
}

/// A provider that answers with this document and these keys, and counts the requests.
fn provider(document: Value, asked: Arc<AtomicUsize>) -> OpenIdConnect {
    let http = InProcessHttp::new(move |request: http::Request<Vec<u8>>| {
        asked.fetch_add(1, Ordering::Relaxed);
        let body = match request.uri().path() {
            "/.well-known/openid-configuration" => document.to_string(),
            "/keys" => json!({ "keys": [public(7, "one"), { "kty": "new" }] }).to_string(),
            _ => json!({ "id_token": signed_as(&json!({ "alg": "ES256", "kid": "two" }), &claims(), 7) })
                .to_string(),
        };
        async move { Ok(http::Response::new(body.into_bytes())) }
    });
    OpenIdConnect::new(Arc::new(http), Arc::new(Still), vec![client(SignInProvider::Oidc)])
}

fn document() -> Value {
    json!({ "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/page?x=1"),
        "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/keys") })
}

fn asked_for() -> SignInRequest {
    SignInRequest {
        redirect_uri: "https://app.example/back".to_owned(),
        state: "state".to_owned(),
        nonce: "asked".to_owned(),
        code_verifier: "verifier".to_owned(),
        afresh: false,
    }
}

#[tokio::test]
async fn provider_is_asked_when_the_person_signed_in_there_and_afresh_to_ask_again() {
    let provider = provider(document(), Arc::default());
    let page = provider.page(SignInProvider::Oidc, &asked_for()).await.unwrap();
    assert!(page.contains("max_age=2592000") && !page.contains("prompt="), "{page}");
    let afresh = SignInRequest { afresh: true, ..asked_for() };
    let page = provider.page(SignInProvider::Oidc, &afresh).await.unwrap();
    assert!(page.contains("max_age=600") && page.contains("prompt=login"), "{page}");
}

#[test]
fn time_of_the_sign_in_is_read_where_the_provider_tells_it() {
    let told = |said: Value| {
        let token = token(&with("auth_time", said));
        read_by(SignInProvider::Oidc, ISSUER, &token).unwrap().authenticated_at
    };
    assert_eq!(told(json!(NOW - 3600)), Timestamp::from_second(NOW - 3600).ok());
    assert_eq!(told(json!(NOW as f64 - 0.5)), Timestamp::from_second(NOW - 1).ok());
    assert_eq!(told(Value::Null), None);
    for nothing in [json!(1e300), json!("an hour ago")] {
        assert_eq!(told(nothing.clone()), None, "{nothing}");
    }
}

#[tokio::test]
async fn provider_is_read_once_and_its_page_gets_state_nonce_and_challenge() {
    let asked = Arc::new(AtomicUsize::new(0));
    let provider = provider(document(), asked.clone());
    let page = provider.page(SignInProvider::Oidc, &asked_for()).await.unwrap();
    let challenge = URL_SAFE_NO_PAD.encode(<Sha256 as sha2::Digest>::digest("verifier"));
    for part in ["x=1", "state=state", "nonce=asked", &format!("code_challenge={challenge}"), "S256"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("verifier") && !page.contains("secret"), "{page}");
    provider.page(SignInProvider::Oidc, &asked_for()).await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2, "a document and its keys");
    let refused = provider.page(SignInProvider::Google, &asked_for()).await;
    assert!(matches!(refused, Err(SignInFailure::NotOffered)));
}

#[tokio::test]
async fn tokens_with_unknown_keys_make_us_read_no_more_than_once_a_minute() {
    let asked = Arc::new(AtomicUsize::new(0));
    let provider = provider(document(), asked.clone());
    let code = SignInCode {
        code: "code".to_owned(),
        redirect_uri: "https://app.example/back".to_owned(),
        nonce: "asked".to_owned(),
        code_verifier: "verifier".to_owned(),
    };
    for _ in 0..3 {
        let refused = provider.who(SignInProvider::Oidc, &code).await.unwrap_err();
        assert!(refused.to_string().contains("a key that the provider does not publish"), "{refused}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 2 + 3, "the document and the keys once, and three codes");
}

#[tokio::test]
async fn document_of_another_issuer_or_without_tls_is_refused() {
    for (name, value) in [
        ("issuer", "https://evil.example"),
        ("token_endpoint", "http://id.example/token"),
        ("jwks_uri", "http://id.example/keys"),
    ] {
        let mut document = document();
        document[name] = json!(value);
        let provider = provider(document, Arc::default());
        let refused = provider.page(SignInProvider::Oidc, &asked_for()).await;
        assert!(matches!(refused, Err(SignInFailure::NotValid(_))), "{name}");
    }
}
