//! `PlaceLookup`, `EmailVerifier` and `TextModel`: the account's kind chooses the connector, the transport carries
//! the request.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::transport::TransportError;
use crate::{Providers, chat_model, hunter, serpapi};
use application::ports::provider_calls::{
    CallError, Completion, EmailVerifier, OpenAccount, PlaceLookup, Prompt, TextModel, Verification,
};
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::lead::enrichment::Place;
use domain::workspace::account::AccountSettings;
use http::{Response, StatusCode};

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct NoAnswer(StatusCode);

/// Makes the error of a call without an answer.
pub(crate) fn lost(error: TransportError) -> CallError {
    match error {
        TransportError::NotSent(_) => CallError::Unavailable(error.into()),
        TransportError::Ambiguous(_) => CallError::Lost(error.into()),
    }
}

/// Makes the error of a response whose status or body cannot be understood. Behind a gateway that waited too long the
/// request may have been carried out.
pub(crate) fn broken(response: &Response<Vec<u8>>) -> CallError {
    let source = NoAnswer(response.status()).into();
    match response.status() {
        StatusCode::GATEWAY_TIMEOUT => CallError::Lost(source),
        _ => CallError::Unavailable(source),
    }
}

#[async_trait]
impl PlaceLookup for Providers {
    async fn find_place(
        &self,
        account: &OpenAccount,
        business: Option<&str>,
        address: &str,
    ) -> Result<Option<Place>, CallError> {
        let AccountSettings::SerpApi { base_url } = &account.settings else {
            return Err(wrong_kind(account).into());
        };
        let key = secret(account, "api_key")?;
        let request = serpapi::search(base_url, key, business, address).map_err(Unusable::from)?;
        serpapi::outcome(self.http.send(request).await)
    }
}

#[async_trait]
impl EmailVerifier for Providers {
    async fn verify_email(
        &self,
        account: &OpenAccount,
        email: &EmailAddress,
    ) -> Result<Verification, CallError> {
        let AccountSettings::Hunter { base_url } = &account.settings else {
            return Err(wrong_kind(account).into());
        };
        let key = secret(account, "api_key")?;
        let request = hunter::verification(base_url, key, email).map_err(Unusable::from)?;
        hunter::outcome(self.http.send(request).await)
    }
}

#[async_trait]
impl TextModel for Providers {
    async fn complete(&self, account: &OpenAccount, prompt: &Prompt) -> Result<Completion, CallError> {
        let AccountSettings::ChatModel { base_url, model, api_key_header } = &account.settings else {
            return Err(wrong_kind(account).into());
        };
        let key = secret(account, "api_key")?;
        let request =
            chat_model::completion(base_url, model, *api_key_header, key, prompt).map_err(Unusable::from)?;
        chat_model::outcome(self.http.send(request).await)
    }
}
