//! What a provider publishes about itself (OpenID Connect Discovery 1.0) and its public keys.

use super::preset::SignInClient;
use crate::transport::Http;
use crate::wire::{get, join};
use application::ports::sign_in_providers::SignInFailure;
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Clone, Deserialize)]
pub(super) struct ProviderDocument {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// The keys that we can verify with; others are left out.
#[derive(Clone)]
pub(super) struct PublicKeys(pub Vec<Jwk>);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct Status(http::StatusCode);

pub(super) async fn read(http: &dyn Http, client: &SignInClient) -> Result<ProviderDocument, SignInFailure> {
    let url = join(client.issuer(), "/.well-known/openid-configuration");
    let document: ProviderDocument = fetched(http, &url).await?;
    if !client.is_document_issuer(&document.issuer) {
        return Err(SignInFailure::NotValid("its document names another issuer"));
    }
    // A provider without TLS is one on this machine: what it publishes may be without TLS, too.
    let is_safe = |url: &String| url.starts_with("https://") || client.issuer().starts_with("http://");
    let endpoints = [&document.authorization_endpoint, &document.token_endpoint, &document.jwks_uri];
    if !endpoints.into_iter().all(is_safe) {
        return Err(SignInFailure::NotValid("its document names an address without TLS"));
    }
    Ok(document)
}

pub(super) async fn read_keys(
    http: &dyn Http,
    document: &ProviderDocument,
) -> Result<PublicKeys, SignInFailure> {
    let set: KeySet = fetched(http, &document.jwks_uri).await?;
    let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
    Ok(PublicKeys(keys.collect()))
}

async fn fetched<T: DeserializeOwned>(http: &dyn Http, url: &str) -> Result<T, SignInFailure> {
    let request = get(url, None).map_err(|_| SignInFailure::NotValid("its address"))?;
    let answer = http.send(request).await.map_err(|error| SignInFailure::Unavailable(error.into()))?;
    if !answer.status().is_success() {
        return Err(SignInFailure::Unavailable(Status(answer.status()).into()));
    }
    serde_json::from_slice(answer.body()).map_err(|_| SignInFailure::NotValid("its document or its keys"))
}
