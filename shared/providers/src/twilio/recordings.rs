//! Recordings of calls at Twilio: read in parts as MP3, and deleted.
//!
//! An answer of a function is at most 6 MB, a third of which goes to its encoding, so a recording is read in parts of one
//! megabyte by range. A provider that ignores the range answers with the whole recording, of which the part is cut out.

use super::calls::Refusal;
use super::error_code::{Meaning, meaning};
use super::request::account_url;
use crate::accounts::{Unusable, secret, wrong_kind};
use crate::calls::{broken, lost, unreadable};
use crate::transport::TransportError;
use crate::wire::{BadSettings, delete, excerpt, get, retry_after};
use application::ports::calls::RecordingPart;
use application::ports::provider_calls::{CallError, OpenAccount};
use domain::workspace::account::AccountSettings;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue, RANGE};
use http::{Request, Response};

const PART_BYTES: u64 = 1024 * 1024;

pub(crate) fn part(
    account: &OpenAccount,
    provider_id: &str,
    from: u64,
) -> Result<Request<Vec<u8>>, Unusable> {
    let (url, login) = address(account, provider_id, ".mp3")?;
    let mut request = get(&url, Some(login))?;
    let range = format!("bytes={from}-{}", from.saturating_add(PART_BYTES - 1));
    let range = HeaderValue::from_str(&range).map_err(|_| BadSettings("the range is not one".to_owned()))?;
    request.headers_mut().insert(RANGE, range);
    Ok(request)
}

/// Reads a part. None where the provider has no such recording.
pub(crate) fn read_part(
    answer: Result<Response<Vec<u8>>, TransportError>,
    from: u64,
) -> Result<Option<RecordingPart>, CallError> {
    let answer = answer.map_err(lost)?;
    let is_sound = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("audio/"));
    match answer.status().as_u16() {
        200 | 206 if !is_sound => Err(unreadable(&answer)),
        206 => {
            let total = total_of(&answer, from).ok_or_else(|| unreadable(&answer))?;
            Ok(Some(RecordingPart { bytes: answer.into_body(), from, total }))
        }
        200 => {
            let whole = answer.into_body();
            let total = whole.len() as u64;
            let start = usize::try_from(from.min(total)).unwrap_or(whole.len());
            let end = usize::try_from(from.saturating_add(PART_BYTES).min(total)).unwrap_or(whole.len());
            cut(total, from, whole[start..end].to_vec())
        }
        416 => Err(CallError::Rejected("the recording is shorter".to_owned())),
        _ => refused(&answer).map(|()| None),
    }
}

fn cut(total: u64, from: u64, bytes: Vec<u8>) -> Result<Option<RecordingPart>, CallError> {
    match bytes.is_empty() {
        true => Err(CallError::Rejected("the recording is shorter".to_owned())),
        false => Ok(Some(RecordingPart { bytes, from, total })),
    }
}

/// Reads `bytes 0-1048575/2400000`, which must be the range that was asked for.
fn total_of(answer: &Response<Vec<u8>>, from: u64) -> Option<u64> {
    let text = answer.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, total): (u64, u64, u64) =
        (first.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    let length = answer.body().len() as u64;
    (first == from && last + 1 == from + length && last < total && length <= PART_BYTES).then_some(total)
}

pub(crate) fn deletion(account: &OpenAccount, provider_id: &str) -> Result<Request<Vec<u8>>, Unusable> {
    let (url, login) = address(account, provider_id, ".json")?;
    Ok(delete(&url, login)?)
}

pub(crate) fn deleted(answer: Result<Response<Vec<u8>>, TransportError>) -> Result<(), CallError> {
    let answer = answer.map_err(lost)?;
    match answer.status().as_u16() {
        200..=299 => Ok(()),
        _ => refused(&answer),
    }
}

/// Makes the error of a refusal. A recording that is not there is none.
fn refused(answer: &Response<Vec<u8>>) -> Result<(), CallError> {
    let told: Option<Refusal> = serde_json::from_slice(answer.body()).ok();
    let words = || told.as_ref().map_or_else(String::new, |told| excerpt(&told.message));
    match answer.status().as_u16() {
        404 if told.is_some() => Ok(()),
        429 => Err(CallError::RateLimited { after: retry_after(answer) }),
        401 | 403 => Err(CallError::Account(words())),
        400..=499 => match told.as_ref().map(|told| meaning(told.code)) {
            Some(Meaning::Account) | None => Err(CallError::Account(words())),
            Some(_) => Err(CallError::Rejected(words())),
        },
        _ => Err(broken(answer)),
    }
}

fn address(
    account: &OpenAccount,
    provider_id: &str,
    ending: &str,
) -> Result<(String, (HeaderName, HeaderValue)), Unusable> {
    let AccountSettings::Twilio { base_url, account_sid, .. } = &account.settings else {
        return Err(wrong_kind(account));
    };
    if provider_id.is_empty() || !provider_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(BadSettings("the recording's id is not one".to_owned()).into());
    }
    let resource = format!("Recordings/{provider_id}{ending}");
    Ok(account_url(base_url, account_sid, secret(account, "auth_token")?, &resource)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::response::Builder;

    fn sound(status: u16) -> Builder {
        Response::builder().status(status).header(CONTENT_TYPE, "audio/mpeg")
    }

    fn ranged(range: &str, bytes: usize) -> Result<Response<Vec<u8>>, TransportError> {
        Ok(sound(206).header(CONTENT_RANGE, range).body(vec![7; bytes]).unwrap())
    }

    #[test]
    fn part_is_the_range_that_was_asked_for_and_no_other() {
        let read = |range: &str, from| read_part(ranged(range, 10), from);
        let part = read("bytes 20-29/45", 20).unwrap().unwrap();
        assert_eq!((part.from, part.total, part.bytes.len()), (20, 45, 10));
        for odd in ["bytes 0-9/45", "bytes 20-39/45", "bytes 20-29/25", "bytes 20-29/*", "20-29/45", ""] {
            assert!(matches!(read(odd, 20), Err(CallError::Lost(_))), "{odd}");
        }
        assert!(read_part(ranged(&format!("bytes 0-{PART_BYTES}/9999999"), 1_048_577), 0).is_err());
    }

    #[test]
    fn part_is_cut_out_where_the_provider_ignores_the_range() {
        let whole: Vec<u8> = (0..PART_BYTES + 100).map(|n| (n % 251) as u8).collect();
        let read = |from| read_part(Ok(sound(200).body(whole.clone()).unwrap()), from);
        let first = read(0).unwrap().unwrap();
        assert_eq!((first.bytes.len() as u64, first.total), (PART_BYTES, PART_BYTES + 100));
        let last = read(PART_BYTES).unwrap().unwrap();
        assert_eq!(last.bytes, whole[PART_BYTES as usize..]);
        assert!(matches!(read(PART_BYTES + 100), Err(CallError::Rejected(_))));
    }

    #[test]
    fn answer_that_is_no_sound_is_not_played() {
        let page = Response::builder().status(200).header(CONTENT_TYPE, "text/html");
        assert!(read_part(Ok(page.body(b"<script>".to_vec()).unwrap()), 0).is_err());
        let moved = Response::builder().status(302).header("location", "https://elsewhere.example");
        assert!(read_part(Ok(moved.body(Vec::new()).unwrap()), 0).is_err(), "no redirect is followed");
    }

    #[test]
    fn recording_that_is_gone_is_deleted_and_not_played() {
        let answer = |status: u16, body: &str| {
            Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
        };
        let gone = r#"{"code":20404,"message":"gone","status":404}"#;
        assert!(deleted(answer(204, "")).is_ok() && deleted(answer(404, gone)).is_ok());
        assert_eq!(read_part(answer(404, gone), 0).unwrap(), None);
        let refused = r#"{"code":20003,"message":"Authenticate","status":401}"#;
        assert!(matches!(deleted(answer(401, refused)), Err(CallError::Account(_))));
        assert!(matches!(read_part(answer(401, refused), 0), Err(CallError::Account(_))));
        assert!(matches!(deleted(answer(503, "")), Err(CallError::Unavailable(_))));
    }
}
