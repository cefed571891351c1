//! Put, get, head and delete of one object, with their preconditions.

use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::store::{Head, Store};
use super::{Answer, errors, header};
use crate::wire::ServiceError;

const MAX_BYTES: usize = 5 * 1024 * 1024 * 1024;

pub(super) fn put(
    store: &Store,
    now: Timestamp,
    bucket: &str,
    key: &str,
    request: &Request<Vec<u8>>,
) -> Result<Answer, ServiceError> {
    if key.len() > 1_024 {
        return Err(ServiceError::bad("KeyTooLongError", "Your key is too long"));
    }
    if request.body().len() > MAX_BYTES {
        return Err(ServiceError::bad(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
        ));
    }
    let current = store.head(bucket, key)?;
    match (header(request.headers(), "if-none-match"), header(request.headers(), "if-match")) {
        (Some("*"), _) if current.is_some() => return Err(errors::precondition_failed()),
        (Some("*"), _) | (None, None) => {}
        (Some(_), _) => {
            return Err(ServiceError::new(501, "NotImplemented", "A put knows If-None-Match: * only."));
        }
        (None, Some(expected)) => match &current {
            None => return Err(errors::no_such_key()),
            Some(head) if !same_tag(expected, &head.etag) => return Err(errors::precondition_failed()),
            Some(_) => {}
        },
    }
    let kept = |name: &str| {
        name.starts_with("x-amz-meta-")
            || ["content-type", "content-encoding", "cache-control", "content-disposition"].contains(&name)
    };
    let headers = request.headers().iter().filter(|(name, _)| kept(name.as_str()));
    let head = Head {
        etag: format!("\"{:x}\"", md5::compute(request.body())),
        size: request.body().len() as u64,
        modified_ms: now.as_millisecond(),
        headers: headers
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect(),
    };
    store.put(bucket, key, &head, request.body())?;
    Ok(Answer::new(StatusCode::OK).with("etag", head.etag))
}

pub(super) fn get(
    store: &Store,
    bucket: &str,
    key: &str,
    headers: &HeaderMap,
    with_body: bool,
) -> Result<Answer, ServiceError> {
    let head = store.head(bucket, key)?.ok_or_else(errors::no_such_key)?;
    if header(headers, "if-match").is_some_and(|expected| !same_tag(expected, &head.etag)) {
        return Err(errors::precondition_failed());
    }
    if header(headers, "if-none-match").is_some_and(|known| same_tag(known, &head.etag)) {
        return Ok(Answer::new(StatusCode::NOT_MODIFIED).with("etag", head.etag));
    }
    let mut answer = Answer::new(StatusCode::OK)
        .with("etag", head.etag.clone())
        .with("last-modified", http_date(head.modified_ms))
        .with("accept-ranges", "bytes");
    let content_type = head.headers.iter().find(|(name, _)| name == "content-type");
    answer =
        answer.with("content-type", content_type.map_or("binary/octet-stream", |(_, value)| value.as_str()));
    if !with_body {
        return Ok(answer.with("content-length", head.size.to_string()));
    }
    let body = store.body(bucket, key)?;
    match header(headers, "range") {
        None => answer.body = body,
        Some(range) => {
            let (from, to) = parse_range(range, body.len()).ok_or_else(|| {
                ServiceError::new(416, "InvalidRange", "The requested range is not satisfiable")
            })?;
            answer.status = StatusCode::PARTIAL_CONTENT;
            answer = answer.with("content-range", format!("bytes {from}-{}/{}", to - 1, body.len()));
            answer.body = body[from..to].to_vec();
        }
    }
    let length = answer.body.len().to_string();
    Ok(answer.with("content-length", length))
}

/// Deletes an object; deleting a missing one succeeds.
pub(super) fn delete(
    store: &Store,
    bucket: &str,
    key: &str,
    headers: &HeaderMap,
) -> Result<Answer, ServiceError> {
    if let Some(expected) = header(headers, "if-match") {
        let head = store.head(bucket, key)?.ok_or_else(errors::no_such_key)?;
        if expected != "*" && !same_tag(expected, &head.etag) {
            return Err(errors::precondition_failed());
        }
    }
    store.delete(bucket, key)?;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

fn same_tag(given: &str, etag: &str) -> bool {
    given == "*" || given.trim_matches('"') == etag.trim_matches('"')
}

/// Parses `bytes=a-b`, `bytes=a-` and `bytes=-n` to start and end.
fn parse_range(range: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from.parse::<usize>().ok(), to.parse::<usize>().ok()) {
        (Some(from), Some(to)) => (from, (to + 1).min(length)),
        (Some(from), None) => (from, length),
        (None, Some(last)) => (length.saturating_sub(last), length),
        (None, None) => return None,
    };
    (from < to).then_some((from, to))
}

fn http_date(modified_ms: i64) -> String {
    let time = Timestamp::from_millisecond(modified_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap_or_default()
}
