//! Classifies Gmail's errors. The status alone tells too little: 403 is a missing permission, a rate and a quota.

use crate::mailbox_api::Trouble;
use crate::wire::{excerpt, retry_after};
use domain::message::failure_class::FailureClass;
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

#[derive(Default, Deserialize)]
struct Told {
    #[serde(default)]
    error: Described,
}

#[derive(Default, Deserialize)]
struct Described {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Cause>,
}

#[derive(Default, Deserialize)]
struct Cause {
    #[serde(default)]
    reason: String,
}

pub(super) fn trouble(answer: &Response<Vec<u8>>, now: Timestamp) -> Trouble {
    let status = answer.status();
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return Trouble::unclear(status);
    }
    let Told { error } = serde_json::from_slice(answer.body()).unwrap_or_default();
    let reason = error.errors.into_iter().next().unwrap_or_default().reason;
    let code = format!("{} {reason}", status.as_u16()).trim_end().to_owned();
    let detail = excerpt(&format!("{code} {}", error.message));
    let after = retry_after(answer).or_else(|| told_wait(&error.message, now));
    match (status.as_u16(), reason.as_str()) {
        (401, _) => Trouble::Token(excerpt(&error.message)),
        // The cap on mails a day is told like a rate, with a time that is hours away.
        (403 | 429, "rateLimitExceeded" | "userRateLimitExceeded") if is_short(after) => {
            Trouble::TooFast { detail, after }
        }
        (
            403 | 429,
            "rateLimitExceeded"
            | "userRateLimitExceeded"
            | "dailyLimitExceeded"
            | "quotaExceeded"
            | "limitExceeded",
        ) => Trouble::QuotaUsed { detail, after },
        (429, _) if is_short(after) => Trouble::TooFast { detail, after },
        (429, _) => Trouble::QuotaUsed { detail, after },
        (403, _) => Trouble::NotAllowed(detail),
        (404 | 410, _) => Trouble::Missing,
        (413, _) => Trouble::Refused { class: FailureClass::TooLarge, code, detail },
        (400, _) => Trouble::Refused { class: FailureClass::BadContent, code, detail },
        _ => Trouble::Refused { class: FailureClass::Unknown, code, detail },
    }
}

fn is_short(after: Option<SignedDuration>) -> bool {
    after.is_none_or(|after| after <= SignedDuration::from_mins(1))
}

/// Reads the time in "User-rate limit exceeded.  Retry after 2026-11-20T13:00:00.000Z".
fn told_wait(message: &str, now: Timestamp) -> Option<SignedDuration> {
    let at = message.split_once("Retry after ")?.1.split_ascii_whitespace().next()?;
    let at: Timestamp = at.trim_end_matches(['.', ')', '"']).parse().ok()?;
    Some(at.duration_since(now).max(SignedDuration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, reason: &str, message: &str) -> Trouble {
        let body = serde_json::json!({
            "error": { "code": status, "message": message, "errors": [{ "domain": "usageLimits", "reason": reason }] }
        });
        let answer = Response::builder().status(status).body(body.to_string().into_bytes()).unwrap();
        trouble(&answer, "2026-11-20T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn error_is_classified_by_its_reason() {
        let seconds = |trouble| match trouble {
            Trouble::TooFast { after, .. } => ("fast", after.map(|after| after.as_secs())),
            Trouble::QuotaUsed { after, .. } => ("quota", after.map(|after| after.as_secs())),
            other => panic!("{other:?}"),
        };
        assert_eq!(seconds(told(429, "rateLimitExceeded", "")), ("fast", None));
        assert_eq!(seconds(told(403, "userRateLimitExceeded", "Quota exceeded")), ("fast", None));
        let cap = "User-rate limit exceeded.  Retry after 2026-11-20T14:00:00.000Z";
        assert_eq!(seconds(told(429, "userRateLimitExceeded", cap)), ("quota", Some(7_200)));
        let soon = "User-rate limit exceeded.  Retry after 2026-11-20T12:00:09.000Z (Mail sending)";
        assert_eq!(seconds(told(429, "userRateLimitExceeded", soon)), ("fast", Some(9)));
        assert_eq!(seconds(told(403, "dailyLimitExceeded", "")), ("quota", None));
        for reason in ["insufficientPermissions", "accessNotConfigured", "domainPolicy"] {
            assert!(matches!(told(403, reason, ""), Trouble::NotAllowed(_)), "{reason}");
        }
        assert!(matches!(told(401, "authError", "Invalid Credentials"), Trouble::Token(_)));
        assert!(matches!(told(404, "notFound", ""), Trouble::Missing));
        assert!(matches!(told(500, "backendError", ""), Trouble::Lost(_)));
        let Trouble::Refused { class, code, .. } = told(400, "invalidArgument", "Invalid To header") else {
            panic!()
        };
        assert_eq!((class, code.as_str()), (FailureClass::BadContent, "400 invalidArgument"));
    }
}
