//! The one error that routes answer with: RFC 9457 problem details with `code`, `field` and the request's id. The
//! chain of causes is logged once, where the response leaves; it never reaches the client.

use crate::error_codes::{CODES, ProblemCode};
use application::StoreError;
use application::workspace::quotas::QuotaReached;
use axum::response::{IntoResponse, Response};
use domain::lead::segment::RuleFault;
use domain::workspace::api_key::ApiScope;
use http::{HeaderValue, StatusCode, header};
use jiff::SignedDuration;
use serde::Serialize;
use std::error::Error;
use std::sync::Arc;

/// Says of a cursor that it belongs to no page of the list.
pub const BAD_CURSOR: &str = "must be the next_cursor of a page of this list, asked with the same query";

pub type ApiResult<T> = Result<T, ApiError>;

#[derive(Debug, Clone)]
pub struct ApiError {
    pub status: StatusCode,
    pub code: &'static str,
    pub detail: String,
    pub errors: Vec<FieldError>,
    /// The id of what exists already, where that is why the request is refused and the caller sees it.
    pub existing_id: Option<Box<str>>,
    pub retry_after_seconds: Option<u64>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The place in the request: `email`, `steps[2].body`, `query.limit`. If something is refused because it is in
    /// use, the id of what uses it.
    pub field: String,
    pub detail: String,
}

/// The body of every error response (`application/problem+json`).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the `code` tells which problem it is.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    #[schema(value_type = ProblemCode)]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// The first field of `errors`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The id of what has this address, number or name already, where that is why the request is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing_id: Option<String>,
    pub request_id: String,
}

impl ApiError {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(CODES.contains(&code), "{code} is missing in CODES");
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            existing_id: None,
            retry_after_seconds: None,
            cause: None,
        }
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    /// Something is not removed because other things use it: each of them with its id and what it is.
    pub fn in_use(what: &str, uses: Vec<FieldError>) -> Self {
        let named: Vec<&str> = uses.iter().map(|used| used.detail.as_str()).collect();
        let detail = format!("{what} used by {}. Change that first.", named.join(", "));
        Self { errors: uses, ..Self::conflict("in_use", detail) }
    }

    /// Makes a 403 for a program whose key lacks a scope.
    pub fn scope_missing(scope: ApiScope) -> Self {
        let detail = format!("This API key lacks the scope {scope}.");
        Self::new(StatusCode::FORBIDDEN, "scope_missing", detail)
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// Makes a 422 for a value that was understood and is not acceptable.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { field: field.into(), detail: detail.into() }])
    }

    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or_else(String::new, |e| format!("{}: {}", e.field, e.detail));
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", detail) }
    }

    /// Makes a 422 for a request that was understood and is refused for a reason with a code of its own. The sentence
    /// stands alone.
    pub fn refused((code, field, detail): (&'static str, &str, String)) -> Self {
        let errors = vec![FieldError { field: field.to_owned(), detail: detail.clone() }];
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail) }
    }

    /// Makes a 422 on `field` where the item that it names is missing; any other error as usual.
    pub fn from_missing(error: StoreError, field: &str, detail: &str) -> Self {
        match error {
            StoreError::NotFound => Self::invalid(field, detail),
            other => other.into(),
        }
    }

    /// Makes a 422 for a query for leads that names what is not there: each wrong part below `place`, such as
    /// `query.segment`. Any other error is as usual.
    pub fn of_query(error: StoreError, place: &str) -> Self {
        match error {
            StoreError::BadQuery(faults) => Self::query_faults(faults, place),
            other => other.into(),
        }
    }

    /// Makes the 422 for a cursor that is torn, or belongs to another list or query.
    pub fn bad_cursor() -> Self {
        Self::invalid("query.cursor", BAD_CURSOR)
    }

    /// Makes a 422 on `field` where that field, and not the query, has a bad cursor; any other error is as usual.
    pub fn of_cursor(error: StoreError, field: &str) -> Self {
        match error {
            StoreError::BadCursor => Self::invalid(field, BAD_CURSOR),
            other => other.into(),
        }
    }

    fn query_faults(faults: Vec<RuleFault>, place: &str) -> Self {
        let below = |path: String| match place.is_empty() || path.is_empty() {
            true => place.to_owned() + &path,
            false => format!("{place}.{path}"),
        };
        let faults = faults.into_iter();
        let errors = faults.map(|fault| FieldError { field: below(fault.path), detail: fault.why });
        Self::invalid_fields(errors.collect())
    }

    pub fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub fn session_ended() -> Self {
        let detail = "Your session was ended. Sign in again.";
        Self::new(StatusCode::UNAUTHORIZED, "session_ended", detail)
    }

    pub fn user_disabled() -> Self {
        Self::unauthorized("This user was disabled.")
    }

    pub fn proof_needed() -> Self {
        let detail = "Confirm that it is you: give your password, a code or a passkey.";
        Self::new(StatusCode::FORBIDDEN, "proof_needed", detail)
    }

    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Your role does not allow this.")
    }

    /// Makes a 403 for a user who does not see all leads, at a route that touches them whoever owns them.
    pub fn own_leads_only() -> Self {
        let detail = "This is for users who see all leads. You see your own or your team's.";
        Self::new(StatusCode::FORBIDDEN, "own_leads_only", detail)
    }

    /// Makes a 403 for a program at a route that only users call.
    pub fn not_for_keys() -> Self {
        let detail = "No API key may call this route. Only a signed-in user may.";
        Self::new(StatusCode::FORBIDDEN, "not_for_keys", detail)
    }

    pub fn too_many_requests(retry_after_seconds: u64) -> Self {
        let detail = format!("Too many requests. Try again in {retry_after_seconds} s.");
        Self {
            retry_after_seconds: Some(retry_after_seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
    }

    /// Makes a 429 that says how long to wait.
    pub fn too_many_for(wait: SignedDuration) -> Self {
        let seconds = wait.as_millis().unsigned_abs().div_ceil(1_000).max(1);
        Self::too_many_requests(u64::try_from(seconds).unwrap_or(60))
    }

    /// Makes the 429 for a workspace that has used up a quota of the day. `what` names what it counts: `imports`.
    pub fn quota_reached(reached: QuotaReached, what: &str) -> Self {
        let QuotaReached { most, wait } = reached;
        let hours = wait.as_hours().max(0) + 1;
        let detail = format!(
            "This workspace has made {most} {what} within a day, which is the most. Go on in {hours} h."
        );
        let waits = Self::too_many_for(wait);
        Self { code: "quota_reached", detail, ..waits }
    }

    pub fn internal(detail: &'static str) -> Self {
        tracing::error!(detail, "broken invariant");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.")
    }

    /// Names what exists already. The caller must be one who sees it.
    #[must_use]
    pub fn existing(self, id: impl ToString) -> Self {
        Self { existing_id: Some(id.to_string().into()), ..self }
    }

    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    pub(crate) fn chain(&self) -> String {
        let mut text = String::new();
        let mut next: Option<&dyn Error> = self.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(error) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }

    pub(crate) fn render(&self, request_id: &str) -> Response {
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: beginning(&self.detail),
            field: self.errors.first().map(|error| beginning(&error.field)),
            errors: self.errors.iter().map(told).collect(),
            existing_id: self.existing_id.as_deref().map(str::to_owned),
            request_id: request_id.to_owned(),
        };
        let body = serde_json::to_vec(&problem).expect("a problem is plain data");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The most characters of a name or a sentence in an answer: a request may have names of its own, however long.
const LONGEST_TEXT: usize = 1_000;

fn beginning(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

fn told(error: &FieldError) -> FieldError {
    FieldError { field: beginning(&error.field), detail: beginning(&error.detail) }
}

/// Translates a lost race, a missing item or an unreachable store for the caller.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::BadQuery(faults) => return Self::query_faults(faults, "filter"),
            StoreError::BadCursor => return Self::bad_cursor(),
            _ => {}
        }
        let (status, code, detail) = match &error {
            StoreError::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such thing here."),
            StoreError::Conflict => (
                StatusCode::CONFLICT,
                "changed_meanwhile",
                "Someone else changed this. Reload and try again.",
            ),
            StoreError::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The data cannot be reached right now. Try again.",
            ),
            StoreError::Corrupt { .. } | StoreError::BadQuery(_) | StoreError::BadCursor => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.")
            }
        };
        let retry_after_seconds = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(2);
        Self { retry_after_seconds, ..Self::new(status, code, detail) }.because(error)
    }
}

/// Keeps the error in the response. The outermost layer writes the body, because it knows the request's id.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
