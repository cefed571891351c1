//! `AccountTrial`: tests connection, encryption and login, and sends nothing.

use crate::accounts::Unusable;
use crate::mailbox_api::ApiAccount;
use crate::transport::{SmtpFailure, SmtpStage, TransportError};
use crate::wire::excerpt;
use crate::{Providers, registry, smtp};
use application::ports::provider_calls::{AccountTrial, OpenAccount, TrialError};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use domain::workspace::account_fault::AccountFault;
use http::{Response, StatusCode};
use mailbox_reader::{SignIn, sign_in_at};
use std::error::Error;

pub(crate) fn failed(fault: AccountFault, detail: impl Into<String>) -> TrialError {
    TrialError::Failed { fault, detail: detail.into() }
}

impl From<Unusable> for TrialError {
    fn from(reason: Unusable) -> Self {
        failed(AccountFault::Refused, reason.to_string())
    }
}

/// Judges the account by a response's status, with the provider's own text in `words`. A success finds no fault.
pub(crate) fn by_status(status: StatusCode, words: &str) -> Result<(), TrialError> {
    let fault = match status {
        _ if status.is_success() => return Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => AccountFault::LoginRefused,
        StatusCode::TOO_MANY_REQUESTS => AccountFault::Busy,
        _ if status.is_server_error() => AccountFault::Busy,
        _ => AccountFault::Refused,
    };
    Err(failed(fault, excerpt(&format!("{} {words}", status.as_u16()))))
}

/// Returns the text at `field` of a JSON response, else the whole response.
pub(crate) fn words_in(answer: &Response<Vec<u8>>, field: &str) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(answer.body()).ok();
    let told = json.as_ref().and_then(|json| json.pointer(field)).and_then(serde_json::Value::as_str);
    told.map_or_else(|| String::from_utf8_lossy(answer.body()).into_owned(), str::to_owned)
}

#[async_trait]
impl AccountTrial for Providers {
    async fn try_account(&self, account: &OpenAccount) -> Result<(), TrialError> {
        let settings = &account.settings;
        if let AccountSettings::Smtp { host, port, security, username, from_address, .. } = settings {
            let target = smtp::target(host, *port, *security, username, &account.secret);
            let tried = self.smtp.log_in(&target, from_address.as_str()).await;
            return tried.map_err(|failure| with_likely_cause(smtp_trial_error(&failure), host));
        }
        if let Some(api) = registry::mailbox_api(settings.provider()) {
            return api.trial(ApiAccount::new(&*self.http, account, self.clock.now())?).await;
        }
        let sender = registry::sender(settings.provider()).and_then(|sender| sender.trial());
        let sender = sender.ok_or(TrialError::CannotBeTried)?;
        match self.http.send(sender.question(account)?).await {
            Ok(answer) => sender.verdict(account, &answer),
            Err(error) => Err(transport_trial_error(&error)),
        }
    }
}

fn smtp_trial_error(failure: &SmtpFailure) -> TrialError {
    let detail = match &failure.reply {
        Some(reply) => excerpt(&format!("{} {}", reply.code, reply.text)),
        None => excerpt(&causes(failure)),
    };
    let fault = match (&failure.reply, failure.stage) {
        (_, SmtpStage::Target) => AccountFault::NotAllowed,
        (_, SmtpStage::LookUp) => AccountFault::HostUnknown,
        (None, _) if speaks_of_certificate(&detail) => AccountFault::Certificate,
        // A client that expects TLS from the first byte has met a server that begins in the clear, or the other way
        // round.
        (None, _) if speaks_of_tls(&detail) => AccountFault::NoEncryption,
        (None, SmtpStage::StartTls) => AccountFault::NoEncryption,
        (None, _) => AccountFault::NotReached,
        (Some(reply), _) if reply.code < 500 => AccountFault::Busy,
        (Some(_), SmtpStage::StartTls) => AccountFault::NoEncryption,
        (Some(reply), SmtpStage::Auth) if reply.code != 504 => AccountFault::LoginRefused,
        (Some(reply), _) if matches!(reply.code, 530 | 534 | 535 | 538) => AccountFault::LoginRefused,
        (Some(_), _) => AccountFault::Refused,
    };
    failed(fault, detail)
}

/// The words by which servers ask for an app password or for a sign-in on a page, in lower case.
const APP_PASSWORD: [&str; 4] = ["application-specific password", "app password", "app-specific", "5.7.9"];
const SIGN_IN_PAGE: [&str; 4] =
    ["basic authentication is disabled", "smtpclientauthentication", "5.7.139", "5.7.57"];

/// Names the likely cause of a refused login: several providers answer a right password, where they want an app password
/// or none at all, as if it were wrong.
fn with_likely_cause(error: TrialError, host: &str) -> TrialError {
    let TrialError::Failed { fault: AccountFault::LoginRefused, detail } = error else { return error };
    let lower = detail.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let fault = match sign_in_at(host) {
        _ if says(&SIGN_IN_PAGE) => AccountFault::NeedsGrant,
        _ if says(&APP_PASSWORD) => AccountFault::NeedsAppPassword,
        Some(SignIn::MicrosoftGraph | SignIn::Oauth) => AccountFault::NeedsGrant,
        Some(SignIn::AppPassword | SignIn::GmailApiOrAppPassword) => AccountFault::NeedsAppPassword,
        _ => AccountFault::LoginRefused,
    };
    TrialError::Failed { fault, detail }
}

fn transport_trial_error(error: &TransportError) -> TrialError {
    let detail = excerpt(&causes(error));
    let lower = detail.to_ascii_lowercase();
    let fault = if speaks_of_certificate(&detail) {
        AccountFault::Certificate
    } else if lower.contains("no address that may be called") {
        AccountFault::NotAllowed
    } else if ["dns error", "lookup address", "name or service", "no such host"]
        .iter()
        .any(|w| lower.contains(w))
    {
        AccountFault::HostUnknown
    } else {
        AccountFault::NotReached
    };
    failed(fault, detail)
}

fn speaks_of_certificate(detail: &str) -> bool {
    detail.to_ascii_lowercase().contains("certificate")
}

fn speaks_of_tls(detail: &str) -> bool {
    let lower = detail.to_ascii_lowercase();
    ["tls", "corrupt message", "invalidcontenttype", "handshake"].iter().any(|word| lower.contains(word))
}

/// Describes the causes of an error, without the error itself, which only tells at which call it happened.
fn causes(error: &dyn Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let told = error.to_string();
        if !words.iter().any(|known| known.contains(&told)) {
            words.push(told);
        }
        cause = error.source();
    }
    if words.is_empty() { error.to_string() } else { words.join(": ") }
}

#[cfg(test)]
#[path = "tests/trial.rs"]
mod tests;
