//! Reads the answer to a request for tokens. Of an error only the codes are kept: its text may name people, and nobody
//! can promise that it never repeats a token.

use super::AuthorizationServer;
use crate::transport::TransportError;
use crate::wire::retry_after;
use application::ports::mailbox_grants::{GrantFailure, GrantLoss, GrantTokens};
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// The lifetime of an access token where the answer names none (RFC 6749, 5.1, only recommends it).
const USUAL_LIFE: i64 = 3_600;

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    token_type: String,
    expires_in: Option<i64>,
    refresh_token: Option<String>,
    refresh_token_expires_in: Option<i64>,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
    /// Microsoft's finer word.
    #[serde(default)]
    suberror: String,
    /// Google's finer word.
    #[serde(default)]
    error_subtype: String,
    /// Microsoft's numbers, `70008` for `AADSTS70008`.
    #[serde(default)]
    error_codes: Vec<u32>,
}

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct NoTokens(StatusCode);

pub(crate) fn tokens(
    server: &AuthorizationServer,
    answer: Result<Response<Vec<u8>>, TransportError>,
    now: Timestamp,
) -> Result<GrantTokens, GrantFailure> {
    let answer = answer.map_err(|error| GrantFailure::Unavailable { after: None, source: error.into() })?;
    let status = answer.status();
    if !status.is_success() {
        return Err(refusal(&answer));
    }
    let granted: Granted = serde_json::from_slice(answer.body()).map_err(|_| unavailable(&answer))?;
    if !granted.token_type.is_empty() && !granted.token_type.eq_ignore_ascii_case("bearer") {
        return Err(unavailable(&answer));
    }
    let missing = missing(server, granted.scope.as_deref());
    if !missing.is_empty() {
        return Err(GrantFailure::PermissionsMissing(missing));
    }
    let after = |seconds: i64| now.checked_add(SignedDuration::from_secs(seconds.max(0))).unwrap_or(now);
    Ok(GrantTokens {
        access_token: granted.access_token,
        expires_at: after(granted.expires_in.unwrap_or(USUAL_LIFE)),
        refresh_token: granted.refresh_token.filter(|token| !token.is_empty()),
        refresh_expires_at: granted.refresh_token_expires_in.map(after),
    })
}

/// Returns the needed permissions that were not granted. An answer that names none has granted what was asked for. Owners
/// may untick single permissions at Google, and an answer of Microsoft writes them with or without their resource.
fn missing(server: &AuthorizationServer, granted: Option<&str>) -> Vec<String> {
    let Some(granted) = granted else { return Vec::new() };
    let is_granted = |needed: &&&str| {
        granted.split_ascii_whitespace().any(|scope| {
            scope.eq_ignore_ascii_case(needed)
                || scope.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(needed))
        })
    };
    server.needed.iter().filter(|needed| !is_granted(needed)).map(|needed| (*needed).to_owned()).collect()
}

fn unavailable(answer: &Response<Vec<u8>>) -> GrantFailure {
    GrantFailure::Unavailable { after: retry_after(answer), source: NoTokens(answer.status()).into() }
}

fn refusal(answer: &Response<Vec<u8>>) -> GrantFailure {
    let status = answer.status();
    let told: Option<Refused> = serde_json::from_slice(answer.body()).ok();
    let Some(told) = told.filter(|_| !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS)
    else {
        return unavailable(answer);
    };
    let code = code_of(&told);
    let lost = |loss| GrantFailure::Lost { loss, code: code.clone() };
    match told.error.as_str() {
        "temporarily_unavailable" | "server_error" => unavailable(answer),
        "access_denied" => GrantFailure::Refused,
        "admin_policy_enforced" | "org_internal" => GrantFailure::AdministratorNeeded { code },
        "consent_required" => lost(GrantLoss::ConsentWithdrawn),
        "interaction_required" | "login_required" | "invalid_grant" => by_finer_word(&told, code),
        _ => GrantFailure::ClientRefused { code },
    }
}

/// The same word stands for many causes. Microsoft warns that its numbers may change, so one that is not known here means
/// what the word means.
fn by_finer_word(told: &Refused, code: String) -> GrantFailure {
    let any = |known: &[u32]| told.error_codes.iter().any(|code| known.contains(code));
    // The number is of a busy server: it may be asked again.
    if any(&[50033, 50087, 90033]) {
        return GrantFailure::Unavailable {
            after: None,
            source: format!("the provider is busy ({code})").into(),
        };
    }
    if any(&[53003, 50105, 90094, 65004, 650_052]) {
        return GrantFailure::AdministratorNeeded { code };
    }
    let loss = if any(&[65001]) || told.suberror == "consent_required" {
        GrantLoss::ConsentWithdrawn
    } else if told.error != "invalid_grant"
        || any(&[50074, 50076, 50078, 50079, 50132, 50133, 50173, 70043])
        || told.error_subtype.starts_with("invalid_rapt")
        || matches!(told.suberror.as_str(), "basic_action" | "additional_action" | "user_password_expired")
    {
        GrantLoss::SignInNeeded
    } else {
        GrantLoss::RevokedOrExpired
    };
    GrantFailure::Lost { loss, code }
}

/// Returns the provider's words and number, cut to what codes look like.
fn code_of(told: &Refused) -> String {
    let is_code = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let word = |text: &str| text.chars().filter(is_code).take(40).collect::<String>();
    let numbers = told.error_codes.iter().take(3).map(|code| format!("AADSTS{code}"));
    let words = [&told.error, &told.suberror, &told.error_subtype].map(|text| word(text));
    let words = words.into_iter().filter(|word| !word.is_empty()).chain(numbers);
    words.collect::<Vec<_>>().join(" ")
}
