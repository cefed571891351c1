//! The provider's signed word on who signed in (OpenID Connect Core 1.0, 3.1.3.7). Only two algorithms are accepted, each
//! with a key that is made for it: a token that chooses none, or a shared secret, is refused.

use super::preset::SignInClient;
use super::provider_document::PublicKeys;
use application::ports::sign_in_providers::ProviderAccount;
use domain::workspace::identity::SignInProvider;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

/// How far the clocks may differ, in seconds.
const LEEWAY: i64 = 60;
const LONGEST_EMAIL: usize = 254;

pub(super) struct Expected<'a> {
    pub client: &'a SignInClient,
    /// The issuer that the provider's document names.
    pub issuer: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenFault {
    Algorithm,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Expired,
    FromTheFuture,
    Nonce,
    NoAccount,
}

impl TokenFault {
    pub fn words(self) -> &'static str {
        match self {
            Self::Algorithm => "it is signed in a way that is not accepted",
            Self::UnknownKey => "it is signed with a key that the provider does not publish",
            Self::Signature => "its signature is wrong, or it lacks a claim",
            Self::Issuer => "it is of another issuer",
            Self::Audience => "it is meant for another application",
            Self::Expired => "it has expired",
            Self::FromTheFuture => "it was issued in the future",
            Self::Nonce => "it answers another request",
            Self::NoAccount => "it names no account",
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    /// Seconds; some write them with a fraction.
    #[serde(default)]
    auth_time: serde_json::Value,
    email: Option<String>,
    /// A boolean, or its word.
    #[serde(default)]
    email_verified: serde_json::Value,
    /// Microsoft's tenant, and its id of the account there.
    tid: Option<String>,
    oid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

pub(super) fn read(
    token: &str,
    keys: &PublicKeys,
    expected: &Expected<'_>,
) -> Result<ProviderAccount, TokenFault> {
    let claims = verified(token, keys)?;
    let Expected { client, issuer, nonce, now } = expected;
    if !client.is_token_issuer(issuer, claims.tid.as_deref(), &claims.iss) {
        return Err(TokenFault::Issuer);
    }
    let is_ours = match &claims.aud {
        Audience::One(one) => *one == client.client_id,
        // A token for several must say that we asked for it.
        Audience::Several(several) => {
            several.contains(&client.client_id) && (several.len() == 1 || claims.azp.is_some())
        }
    };
    if !is_ours || claims.azp.as_ref().is_some_and(|azp| *azp != client.client_id) {
        return Err(TokenFault::Audience);
    }
    if claims.exp.saturating_add(LEEWAY) <= now.as_second() {
        return Err(TokenFault::Expired);
    }
    if claims.iat > now.as_second() + LEEWAY {
        return Err(TokenFault::FromTheFuture);
    }
    // LinkedIn gives no nonce back. There the state, which is bound to the browser's cookie and used once, stands alone.
    let may_lack = client.provider == SignInProvider::Linkedin;
    match claims.nonce.as_deref() {
        None if may_lack => {}
        given if given == Some(*nonce) => {}
        _ => return Err(TokenFault::Nonce),
    }
    account(claims, client.provider)
}

fn verified(token: &str, keys: &PublicKeys) -> Result<Claims, TokenFault> {
    let header = decode_header(token).map_err(|_| TokenFault::Algorithm)?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
        return Err(TokenFault::Algorithm);
    }
    let is_it = |key: &&Jwk| match &header.kid {
        Some(kid) => key.common.key_id.as_ref() == Some(kid),
        None => keys.0.len() == 1,
    };
    let key = keys.0.iter().find(is_it).ok_or(TokenFault::UnknownKey)?;
    let key = DecodingKey::from_jwk(key).map_err(|_| TokenFault::UnknownKey)?;
    let mut validation = Validation::new(header.alg);
    // The claims are checked by `read`, with the time of the clock port and not the machine's.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode::<Claims>(token, &key, &validation).map(|read| read.claims).map_err(|_| TokenFault::Signature)
}

fn account(claims: Claims, provider: SignInProvider) -> Result<ProviderAccount, TokenFault> {
    let subject = match provider {
        // Microsoft's `sub` differs by application, and its address may change hands.
        SignInProvider::Microsoft => claims.oid.unwrap_or_default(),
        _ => claims.sub,
    };
    if subject.is_empty() {
        return Err(TokenFault::NoAccount);
    }
    // Google and LinkedIn write their issuer in two ways, which are one.
    let issuer = match provider {
        SignInProvider::Google | SignInProvider::Linkedin => provider.as_str().to_owned(),
        SignInProvider::Microsoft | SignInProvider::Oidc => claims.iss,
    };
    let email = claims.email.filter(|email| email.len() <= LONGEST_EMAIL && email.contains('@'));
    // Microsoft lets its tenants write any address, whatever the token says.
    let authenticated_at = claims.auth_time.as_f64().and_then(|at| Timestamp::from_second(at as i64).ok());
    let is_verified = claims.email_verified == true || claims.email_verified == "true";
    let email_verified = is_verified && provider != SignInProvider::Microsoft && email.is_some();
    Ok(ProviderAccount { issuer, subject, email, email_verified, authenticated_at })
}
