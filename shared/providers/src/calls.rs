//! `TextModel`: the transport carries the connector's request. Errors of calls without an answer, for all providers.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::transport::TransportError;
use crate::{Providers, anthropic, chat_model};
use application::ports::provider_calls::{CallError, Completion, OpenAccount, Prompt, TextModel};
use async_trait::async_trait;
use domain::workspace::account::{AccountSettings, ApiKeyHeader};
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

/// Makes the error of a good status whose body cannot be read: the call was carried out, and charged.
pub(crate) fn unreadable(response: &Response<Vec<u8>>) -> CallError {
    CallError::Lost(NoAnswer(response.status()).into())
}

#[async_trait]
impl TextModel for Providers {
    async fn complete(&self, account: &OpenAccount, prompt: &Prompt) -> Result<Completion, CallError> {
        let AccountSettings::ChatModel { base_url, model, api_key_header } = &account.settings else {
            return Err(wrong_kind(account).into());
        };
        let key = secret(account, "api_key")?;
        if *api_key_header == ApiKeyHeader::XApiKey {
            let request = anthropic::message(base_url, model, key, prompt).map_err(Unusable::from)?;
            return anthropic::outcome(self.http.send(request).await);
        }
        let request =
            chat_model::completion(base_url, model, *api_key_header, key, prompt).map_err(Unusable::from)?;
        chat_model::outcome(self.http.send(request).await)
    }
}
