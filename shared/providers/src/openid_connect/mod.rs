//! Sign-in by OpenID Connect at Google, Microsoft, LinkedIn or a provider of the installation's choice: one connector,
//! whose presets are in `preset.rs`. What the provider publishes about itself is read when it is first needed and kept
//! for an hour; its keys are read again when a token names one that is new.

mod id_token;
mod preset;
mod provider_document;
#[cfg(test)]
mod tests;
mod token_request;

pub use preset::SignInClient;

use crate::transport::Http;
use application::Clock;
use application::identity::sessions::{LONGEST, PROOF_LASTS};
use application::ports::sign_in_providers::{
    OfferedProvider, ProviderAccount, SignInCode, SignInFailure, SignInProviders, SignInRequest,
};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::workspace::identity::SignInProvider;
use id_token::{Expected, TokenFault};
use jiff::{SignedDuration, Timestamp};
use provider_document::{ProviderDocument, PublicKeys};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

const KEPT_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How soon a provider's keys may be read again for a key that is not among them: anybody may name one.
const READ_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

pub struct OpenIdConnect {
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    clients: Vec<SignInClient>,
    known: Mutex<BTreeMap<SignInProvider, Known>>,
}

/// What a provider has published about itself.
#[derive(Clone)]
struct Known {
    document: ProviderDocument,
    keys: PublicKeys,
    read_at: Timestamp,
}

impl OpenIdConnect {
    pub fn new(http: Arc<dyn Http>, clock: Arc<dyn Clock>, clients: Vec<SignInClient>) -> Self {
        Self { http, clock, clients, known: Mutex::default() }
    }

    fn client(&self, provider: SignInProvider) -> Result<&SignInClient, SignInFailure> {
        let client = self.clients.iter().find(|client| client.provider == provider);
        client.ok_or(SignInFailure::NotOffered)
    }

    /// Returns what is known of the provider, read anew where it is older than `at_most`.
    async fn known(&self, client: &SignInClient, at_most: SignedDuration) -> Result<Known, SignInFailure> {
        let now = self.clock.now();
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&client.provider).cloned();
        if let Some(kept) = kept.filter(|kept| now.duration_since(kept.read_at) < at_most) {
            return Ok(kept);
        }
        let document = provider_document::read(&*self.http, client).await?;
        let keys = provider_document::read_keys(&*self.http, &document).await?;
        let known = Known { document, keys, read_at: now };
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(client.provider, known.clone());
        Ok(known)
    }
}

#[async_trait]
impl SignInProviders for OpenIdConnect {
    fn offered(&self) -> Vec<OfferedProvider> {
        let shown =
            |client: &SignInClient| OfferedProvider { provider: client.provider, name: client.name() };
        self.clients.iter().map(shown).collect()
    }

    async fn page(&self, provider: SignInProvider, asked: &SignInRequest) -> Result<String, SignInFailure> {
        let client = self.client(provider)?;
        let document = self.known(client, KEPT_FOR).await?.document;
        let page = Url::parse(&document.authorization_endpoint);
        let mut page = page.map_err(|_| SignInFailure::NotValid("the address of its page"))?;
        page.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.client_id)
            .append_pair("redirect_uri", &asked.redirect_uri)
            .append_pair("scope", "openid profile email")
            .append_pair("state", &asked.state)
            .append_pair("nonce", &asked.nonce);
        if provider.tells_when() {
            // Whoever is asked for an age has to tell the time of the sign-in, too.
            let at_most = if asked.afresh { PROOF_LASTS } else { LONGEST };
            page.query_pairs_mut().append_pair("max_age", &at_most.as_secs().to_string());
        }
        if asked.afresh && client.asks_again() {
            page.query_pairs_mut().append_pair("prompt", "login");
        }
        if client.takes_pkce() {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked.code_verifier));
            page.query_pairs_mut()
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256");
        }
        Ok(page.into())
    }

    async fn who(
        &self,
        provider: SignInProvider,
        code: &SignInCode,
    ) -> Result<ProviderAccount, SignInFailure> {
        let client = self.client(provider)?;
        let mut known = self.known(client, KEPT_FOR).await?;
        let token = token_request::id_token(&*self.http, client, &known.document, code).await?;
        let issuer = known.document.issuer.clone();
        let expected = Expected { client, issuer: &issuer, nonce: &code.nonce, now: self.clock.now() };
        let mut read = id_token::read(&token, &known.keys, &expected);
        if matches!(read, Err(TokenFault::UnknownKey)) {
            known = self.known(client, READ_AGAIN_AFTER).await?;
            read = id_token::read(&token, &known.keys, &expected);
        }
        read.map_err(|fault| SignInFailure::NotValid(fault.words()))
    }
}
