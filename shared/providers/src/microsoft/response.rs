//! Classifies Graph's errors by status and code, and makes the requests that every call shares.

use crate::mailbox_api::{ApiAccount, Trouble};
use crate::wire::{excerpt, retry_after};
use domain::message::failure_class::FailureClass;
use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use serde::Deserialize;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const IMMUTABLE: &str = "IdType=\"ImmutableId\"";

#[derive(Default, Deserialize)]
struct Told {
    #[serde(default)]
    error: Described,
}

#[derive(Default, Deserialize)]
struct Described {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// Sends a request that asks for immutable ids, and returns its success.
pub(super) async fn done(
    call: ApiAccount<'_>,
    mut request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, Trouble> {
    request.headers_mut().append(PREFER, HeaderValue::from_static(IMMUTABLE));
    let answer = call.send(request).await?;
    if answer.status().is_success() { Ok(answer) } else { Err(trouble(&answer)) }
}

/// Adds a wish to a request, such as the most mails of a page, or texts without HTML.
pub(super) fn prefer(mut request: Request<Vec<u8>>, wish: &str) -> Request<Vec<u8>> {
    if let Ok(wish) = HeaderValue::from_str(wish) {
        request.headers_mut().append(PREFER, wish);
    }
    request
}

pub(super) fn trouble(answer: &Response<Vec<u8>>) -> Trouble {
    let status = answer.status();
    let after = retry_after(answer);
    let Told { error: Described { code, message } } =
        serde_json::from_slice(answer.body()).unwrap_or_default();
    let detail = excerpt(&format!("{} {code} {message}", status.as_u16()));
    let refused = |class| Trouble::Refused { class, code: code.clone(), detail: detail.clone() };
    match (status.as_u16(), code.as_str()) {
        // A server that is busy says when it may be asked again, and has done nothing.
        (503 | 504, _) if after.is_some() => Trouble::TooFast { detail, after },
        (500.., _) => Trouble::unclear(status),
        (429, _) => Trouble::TooFast { detail, after },
        // Another call is at the same draft: it may be the one that sends it.
        (409 | 412, _) => Trouble::unclear(status),
        (401, _) => Trouble::Token(excerpt(&code)),
        (410, _)
        | (_, "syncStateNotFound" | "SyncStateNotFound" | "resyncRequired" | "ErrorSyncStateInvalid") => {
            Trouble::CursorVoid
        }
        (_, "MailboxNotEnabledForRESTAPI" | "MailboxNotSupportedForRESTAPI" | "ErrorMailboxNotFound") => {
            Trouble::NotAllowed(detail)
        }
        (
            _,
            "ErrorSendAsDenied"
            | "ErrorAccountSuspend"
            | "ErrorMessageSubmissionBlocked"
            | "ErrorQuotaExceeded",
        ) => Trouble::NotAllowed(detail),
        (_, "ErrorExceededMessageLimit" | "ErrorSubmissionQuotaExceeded") => {
            Trouble::QuotaUsed { detail, after }
        }
        (403, _) => Trouble::NotAllowed(detail),
        (404, _) => Trouble::Missing,
        (413, _) | (_, "ErrorMessageSizeExceeded") => refused(FailureClass::TooLarge),
        (400, "ErrorInvalidRecipients") => refused(FailureClass::AddressNotSupported),
        (400, _) => refused(FailureClass::BadContent),
        _ if status == StatusCode::REQUEST_TIMEOUT => Trouble::unclear(status),
        _ => refused(FailureClass::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, code: &str, after: Option<&str>) -> Trouble {
        let body = serde_json::json!({ "error": { "code": code, "message": "words" } }).to_string();
        let mut answer = Response::builder().status(status);
        if let Some(after) = after {
            answer = answer.header("Retry-After", after);
        }
        trouble(&answer.body(body.into_bytes()).unwrap())
    }

    #[test]
    fn error_is_classified_by_status_and_code() {
        let seconds = |trouble| match trouble {
            Trouble::TooFast { after, .. } => after.map(|after| after.as_secs()),
            other => panic!("{other:?}"),
        };
        assert_eq!(seconds(told(429, "ApplicationThrottled", Some("12"))), Some(12));
        assert_eq!(seconds(told(429, "ApplicationThrottled", None)), None);
        assert_eq!(seconds(told(503, "serviceNotAvailable", Some("5"))), Some(5));
        assert!(matches!(told(503, "", None), Trouble::Lost(_)));
        assert!(matches!(told(401, "InvalidAuthenticationToken", None), Trouble::Token(_)));
        assert!(matches!(told(403, "ErrorAccessDenied", None), Trouble::NotAllowed(_)));
        assert!(matches!(told(404, "MailboxNotEnabledForRESTAPI", None), Trouble::NotAllowed(_)));
        assert!(matches!(told(404, "ErrorItemNotFound", None), Trouble::Missing));
        assert!(matches!(told(410, "", None), Trouble::CursorVoid));
        assert!(matches!(told(400, "syncStateNotFound", None), Trouble::CursorVoid));
        let class = |trouble| match trouble {
            Trouble::Refused { class, .. } => class,
            other => panic!("{other:?}"),
        };
        assert_eq!(class(told(413, "", None)), FailureClass::TooLarge);
        assert_eq!(class(told(400, "ErrorInvalidRecipients", None)), FailureClass::AddressNotSupported);
        assert_eq!(class(told(400, "ErrorMimeContentInvalidBase64String", None)), FailureClass::BadContent);
    }
}
