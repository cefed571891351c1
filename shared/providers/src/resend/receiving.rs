//! Fetches a mail that Resend has received: first its address, with the account's key, then the mail itself from there. Of
//! a large mail the beginning is read, where the words are.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::calls::{broken, lost};
use crate::transport::Http;
use crate::wire::{authorization, excerpt, get, join, retry_after};
use application::ports::provider_calls::{CallError, OpenAccount};
use domain::workspace::account::AccountSettings;
use http::header::{HeaderValue, RANGE};
use http::{Response, StatusCode};
use serde::Deserialize;

/// The most bytes of a mail that are read; the transport takes no larger answer.
const MOST_BYTES: usize = 1_900_000;

#[derive(Deserialize)]
struct Received {
    raw: Option<Raw>,
}

#[derive(Deserialize)]
struct Raw {
    download_url: String,
}

pub(super) async fn fetch(http: &dyn Http, account: &OpenAccount, id: &str) -> Result<Vec<u8>, CallError> {
    let AccountSettings::Resend { base_url, .. } = &account.settings else {
        return Err(wrong_kind(account).into());
    };
    let key = authorization(&format!("Bearer {}", secret(account, "api_key")?)).map_err(Unusable::from)?;
    let url = join(base_url, &format!("/emails/receiving/{id}?html_format=cid"));
    let asked = get(&url, Some(key)).map_err(Unusable::from)?;
    let answer = found(http.send(asked).await.map_err(lost)?)?;
    let received: Received = serde_json::from_slice(answer.body()).map_err(|_| broken(&answer))?;
    let raw = received.raw.ok_or_else(|| CallError::Rejected("Resend keeps no raw mail".to_owned()))?;
    // The link carries its own permission, and the key does not go there.
    if base_url.starts_with("https://") && !raw.download_url.starts_with("https://") {
        return Err(CallError::Rejected("Resend names a download that is not encrypted".to_owned()));
    }
    let mut asked = get(&raw.download_url, None)
        .map_err(|_| CallError::Rejected("Resend names a download that is no address".to_owned()))?;
    let range = HeaderValue::from_str(&format!("bytes=0-{}", MOST_BYTES - 1)).expect("digits are a header");
    asked.headers_mut().insert(RANGE, range);
    let mut bytes = found(http.send(asked).await.map_err(lost)?)?.into_body();
    bytes.truncate(MOST_BYTES);
    Ok(bytes)
}

fn found(answer: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, CallError> {
    match answer.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(answer),
        StatusCode::TOO_MANY_REQUESTS => Err(CallError::RateLimited { after: retry_after(&answer) }),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let told = excerpt(&String::from_utf8_lossy(answer.body()));
            Err(CallError::Account(format!("Resend does not hand out received mail with this key: {told}")))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            Err(CallError::Rejected("Resend has no such mail".to_owned()))
        }
        _ => Err(broken(&answer)),
    }
}
