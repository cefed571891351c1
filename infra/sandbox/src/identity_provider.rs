//! Sign-in by OpenID Connect at Google, Microsoft, LinkedIn and a provider of the installation's own choice: the document,
//! the keys, the page where one picks who signs in, and the tokens. It refuses what they refuse: an unknown client, another
//! redirect address, a missing nonce, a code that was used or is too old, a wrong secret, a wrong verifier.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use maud::html;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::page::provider_frame;
use crate::sandbox::Sandbox;

const CODE_LASTS: SignedDuration = SignedDuration::from_mins(1);
const PROVIDERS: [&str; 4] = ["google", "microsoft", "linkedin", "oidc"];
const TENANT: &str = "5a4d0000-0000-4000-8000-00000000a001";
/// The DigestInfo of SHA-256, which stands before the digest in a signature.
const DIGEST_HEAD: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
/// The accounts that the page offers beside a free choice.
const PEOPLE: [&str; 3] = ["maya@northquay.example", "ann@northquay.example", "ben@harbour.example"];

#[derive(Debug, Default)]
pub(crate) struct IdentityProviders {
    /// Codes that were given out, with what they are for; one that was used stays, marked.
    codes: BTreeMap<String, Grant>,
    /// How many times the keys were replaced.
    rotations: u32,
    /// When people signed in there, by provider and address: they need not do so again for each app.
    since: BTreeMap<(String, String), Timestamp>,
}

#[derive(Debug, Clone)]
struct Grant {
    provider: String,
    redirect_uri: String,
    nonce: String,
    challenge: Option<String>,
    email: String,
    /// When the person signed in there, where the app has asked how long ago that may be.
    authenticated_at: Option<Timestamp>,
    until: Timestamp,
    used: bool,
}

type Fields = BTreeMap<String, String>;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/identity/{provider}/.well-known/openid-configuration", get(document))
        .route("/identity/{provider}/keys", get(keys))
        .route("/identity/{provider}/authorize", get(page).post(choose))
        .route("/identity/{provider}/token", post(token))
}

impl Sandbox {
    /// The address of the provider: `google`, `microsoft`, `linkedin` or `oidc`.
    pub fn identity_issuer(&self, provider: &str) -> String {
        format!("{}/identity/{provider}", self.config().public_url)
    }

    /// The client's id and secret there.
    pub fn identity_client(provider: &str) -> (String, String) {
        (format!("sandbox-sign-in-{provider}"), format!("sandbox-sign-in-{provider}-secret"))
    }

    /// The app's registrations at all of them, as its secret holds them.
    pub fn sign_in_clients(&self) -> Vec<Value> {
        let client = |provider: &str| {
            let (id, secret) = Self::identity_client(provider);
            json!({ "provider": provider, "client_id": id, "client_secret": secret,
                "issuer": self.identity_issuer(provider) })
        };
        PROVIDERS.map(client).into()
    }

    /// Signs in at the provider's page, as a person with this address does. Returns where the page leads. Who has signed in
    /// there before is not asked again, unless the app wishes it or that was too long ago.
    pub fn sign_in_at(&self, page: &str, email: &str) -> Result<String, &'static str> {
        let page = Url::parse(page).map_err(|_| "no address")?;
        let provider = page.path().split('/').rev().nth(1).unwrap_or_default().to_owned();
        let asked: Fields = page.query_pairs().into_owned().collect();
        self.fault_of(&provider, &asked).map_or(Ok(()), Err)?;
        let redirect_uri = asked["redirect_uri"].clone();
        let email = email.trim().to_lowercase();
        let authenticated_at = self.authenticated_at(&provider, &email, &asked);
        let grant = Grant {
            nonce: asked["nonce"].clone(),
            challenge: asked.get("code_challenge").cloned(),
            redirect_uri: redirect_uri.clone(),
            email,
            authenticated_at,
            until: self.now() + CODE_LASTS,
            used: false,
            provider,
        };
        let mut held = self.identity_providers();
        let code = self.seed().roll(&["sign-in code", &held.codes.len().to_string()]).hex(32);
        held.codes.insert(code.clone(), grant);
        let mut back = Url::parse(&redirect_uri).map_err(|_| "no redirect address")?;
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
        Ok(back.into())
    }

    fn authenticated_at(&self, provider: &str, email: &str, asked: &Fields) -> Option<Timestamp> {
        let now = self.now();
        let most = asked.get("max_age").and_then(|text| text.parse::<i64>().ok());
        let asks_again = asked.get("prompt").is_some_and(|prompt| prompt == "login");
        let mut held = self.identity_providers();
        let since = held.since.entry((provider.to_owned(), email.to_owned())).or_insert(now);
        if asks_again || most.is_some_and(|most| now.duration_since(*since).as_secs() > most) {
            *since = now;
        }
        most.map(|_| *since)
    }

    /// Replaces the keys with which the providers sign.
    pub fn rotate_identity_keys(&self) {
        self.identity_providers().rotations += 1;
    }

    /// Says what is wrong with the page's address, as the provider's page does.
    fn fault_of(&self, provider: &str, asked: &Fields) -> Option<&'static str> {
        let is = |name: &str, value: &str| asked.get(name).is_some_and(|given| given == value);
        let is_there = |name: &str| asked.get(name).is_some_and(|given| !given.is_empty());
        if !PROVIDERS.contains(&provider) {
            return Some("no such provider");
        }
        if !is("client_id", &Self::identity_client(provider).0) {
            return Some("invalid_client");
        }
        if !is("redirect_uri", &format!("{}/api/auth/{provider}/callback", self.config().app_url)) {
            return Some("redirect_uri_mismatch");
        }
        let scopes = asked.get("scope").map(String::as_str).unwrap_or_default();
        if !scopes.split(' ').any(|scope| scope == "openid") {
            return Some("invalid_scope");
        }
        if !is("response_type", "code") || !is_there("state") || !is_there("nonce") {
            return Some("invalid_request");
        }
        // LinkedIn takes no PKCE from web apps.
        let is_pkce = is("code_challenge_method", "S256") && is_there("code_challenge");
        (is_pkce == (provider == "linkedin")).then_some("invalid_request")
    }

    fn signed(&self, provider: &str, claims: &Value) -> String {
        let kid = self.kid(provider);
        let algorithm = if provider == "oidc" { "ES256" } else { "RS256" };
        let header = json!({ "alg": algorithm, "kid": kid, "typ": "JWT" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(claims));
        let signature = if provider == "oidc" {
            let signature: Signature = self.curve_key().sign(text.as_bytes());
            signature.to_bytes().to_vec()
        } else {
            let padding = Pkcs1v15Sign { hash_len: Some(32), prefix: DIGEST_HEAD.into() };
            rsa_key().sign(padding, &Sha256::digest(&text)).expect("the key is long enough")
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn kid(&self, provider: &str) -> String {
        format!("{provider}-{}", self.identity_providers().rotations)
    }

    fn curve_key(&self) -> SigningKey {
        let rotations = self.identity_providers().rotations;
        let bytes = Sha256::digest(format!("a key of the sandbox, {rotations}"));
        SigningKey::from_slice(&bytes).expect("a digest is a key of this curve")
    }
}

pub(crate) fn rsa_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| {
        RsaPrivateKey::from_pkcs1_der(include_bytes!("mail_webhooks/sns_key.der")).expect("it is a key")
    })
}

async fn document(State(sandbox): State<Sandbox>, Path(provider): Path<String>) -> Response {
    let issuer = sandbox.identity_issuer(&provider);
    let methods = if provider == "oidc" { "client_secret_basic" } else { "client_secret_post" };
    axum::Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [if provider == "oidc" { "ES256" } else { "RS256" }],
        "token_endpoint_auth_methods_supported": [methods],
    }))
    .into_response()
}

async fn keys(State(sandbox): State<Sandbox>, Path(provider): Path<String>) -> Response {
    let kid = sandbox.kid(&provider);
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let key = if provider == "oidc" {
        let point = sandbox.curve_key().verifying_key().to_encoded_point(false);
        let (x, y) = (point.x().expect("it is a point"), point.y().expect("it is no compressed point"));
        json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "x": text(x), "y": text(y) })
    } else {
        let (n, e) = (rsa_key().n().to_bytes_be(), rsa_key().e().to_bytes_be());
        json!({ "kty": "RSA", "alg": "RS256", "n": text(&n), "e": text(&e) })
    };
    let mut key = key;
    key["kid"] = json!(kid);
    key["use"] = json!("sig");
    axum::Json(json!({ "keys": [key] })).into_response()
}

async fn page(
    State(sandbox): State<Sandbox>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let asked: Fields = fields(query.unwrap_or_default().as_bytes());
    if let Some(fault) = sandbox.fault_of(&provider, &asked) {
        let shown = html! { h1 { "Sign-in refused" } p { (fault) } };
        return (StatusCode::BAD_REQUEST, provider_frame("Sign-in refused", shown)).into_response();
    }
    provider_frame(
        "Sign in",
        html! {
            h1 { "Sign in with " (provider) }
            p { "Pick an account. leadflow learns its address and nothing else." }
            form method="post" {
                @for person in PEOPLE {
                    p { button name="email" value=(person) { (person) } }
                }
            }
            form method="post" {
                p { label { "Another account " input name="email" type="email" required; } " " button { "Sign in" } }
            }
            form method="post" { p { button name="refused" value="yes" { "Cancel" } } }
        },
    )
    .into_response()
}

async fn choose(
    State(sandbox): State<Sandbox>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    let query = query.unwrap_or_default();
    let (asked, chosen) = (fields(query.as_bytes()), fields(body.as_bytes()));
    let page = format!("{}/authorize?{query}", sandbox.identity_issuer(&provider));
    let back = match chosen.get("email") {
        Some(email) => sandbox.sign_in_at(&page, email),
        None => sandbox.fault_of(&provider, &asked).map_or_else(
            || {
                let mut back = Url::parse(&asked["redirect_uri"]).map_err(|_| "no redirect address")?;
                let pairs = [("error", "access_denied"), ("state", &asked["state"])];
                back.query_pairs_mut().extend_pairs(pairs);
                Ok(back.into())
            },
            Err,
        ),
    };
    match back {
        Ok(back) => (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response(),
        Err(fault) => (StatusCode::BAD_REQUEST, fault).into_response(),
    }
}

async fn token(
    State(sandbox): State<Sandbox>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let given = fields(body.as_bytes());
    match spend(&sandbox, &provider, &headers, &given) {
        Ok(grant) => {
            let id_token = sandbox.signed(&provider, &claims(&sandbox, &grant));
            let answer = json!({ "access_token": "sandbox-access", "token_type": "Bearer", "expires_in": 3600,
                "id_token": id_token });
            axum::Json(answer).into_response()
        }
        Err((status, error)) => (status, axum::Json(json!({ "error": error }))).into_response(),
    }
}

fn spend(
    sandbox: &Sandbox,
    provider: &str,
    headers: &HeaderMap,
    given: &Fields,
) -> Result<Grant, (StatusCode, &'static str)> {
    let bad = |error| (StatusCode::BAD_REQUEST, error);
    let (id, secret) = Sandbox::identity_client(provider);
    let is_client = if provider == "oidc" {
        let pair = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == pair.as_bytes())
    } else {
        given.get("client_id") == Some(&id) && given.get("client_secret") == Some(&secret)
    };
    if !is_client {
        return Err((StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    if given.get("grant_type").map(String::as_str) != Some("authorization_code") {
        return Err(bad("unsupported_grant_type"));
    }
    let now = sandbox.now();
    let mut held = sandbox.identity_providers();
    let code = given.get("code").ok_or(bad("invalid_request"))?;
    let grant = held.codes.get_mut(code).ok_or(bad("invalid_grant"))?;
    let verifier = given.get("code_verifier").map(|text| URL_SAFE_NO_PAD.encode(Sha256::digest(text)));
    let is_good = !grant.used
        && now < grant.until
        && grant.provider == provider
        && given.get("redirect_uri") == Some(&grant.redirect_uri)
        && verifier == grant.challenge;
    // A code is spent by the first request that names it, whether or not that is good.
    grant.used = true;
    if is_good { Ok(grant.clone()) } else { Err(bad("invalid_grant")) }
}

fn claims(sandbox: &Sandbox, grant: &Grant) -> Value {
    let Grant { provider, nonce, email, .. } = grant;
    let now = sandbox.now().as_second();
    let number = |what: &str| sandbox.seed().roll(&["account", provider, what, email]).hex(21);
    let mut claims = json!({
        "iss": sandbox.identity_issuer(provider),
        "sub": number("sub"),
        "aud": Sandbox::identity_client(provider).0,
        "iat": now,
        "exp": now + 3600,
        "nonce": nonce,
        "email": email,
        "name": email.split('@').next(),
    });
    if let Some(at) = grant.authenticated_at {
        claims["auth_time"] = json!(at.as_second());
    }
    match provider.as_str() {
        "microsoft" => {
            claims["tid"] = json!(TENANT);
            claims["oid"] = json!(number("oid"));
        }
        // A person who has not clicked the link that the provider mailed.
        _ => claims["email_verified"] = json!(!email.starts_with("unchecked")),
    }
    claims
}

fn fields(encoded: &[u8]) -> Fields {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}
