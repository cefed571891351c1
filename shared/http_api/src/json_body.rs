//! Extractors that tell which field is wrong, where axum's own tell only that something is.

use crate::all_faults::all_faults;
use crate::error::ApiError;
use crate::field_errors::FieldErrors;
use crate::json_fault::fault;
use crate::query_faults::read_query;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON body, of a request or a response.
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let essence = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        if essence != "application/json" && !essence.ends_with("+json") {
            let detail = "Send the body as application/json.";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        let bytes = read_body(request, state).await?;
        let look = |body: &[u8]| read_json::<T>(body).err();
        read_json(&bytes).map(Self).map_err(|first| all_faults(&bytes, first, &look))
    }
}

/// Reads a value and nothing behind it: that was read by nobody, such as by the check of a key's scopes.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| fault(&error.path().to_string(), error.inner()))?;
    json.end().map_err(|error| fault(".", &error))?;
    Ok(read)
}

/// Reads a value that a query parameter has as JSON, or keeps its error under the parameter's name.
pub fn json_parameter<T: DeserializeOwned>(errors: &mut FieldErrors, name: &str, text: &str) -> Option<T> {
    match read_json(text.as_bytes()) {
        Ok(value) => Some(value),
        Err(fault) if fault.errors.is_empty() => {
            errors.add(name, fault.detail);
            None
        }
        Err(fault) => {
            for error in fault.errors {
                let inner = Some(error.field).filter(|field| field != ".");
                let field = inner.map_or_else(|| name.to_owned(), |field| format!("{name}.{field}"));
                errors.add(field, error.detail);
            }
            None
        }
    }
}

/// The bytes as they came, up to the route's limit, with the type they were sent as.
pub struct RawBody {
    /// The media type in lower case, without parameters; empty where none was given.
    pub media_type: String,
    pub bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let media_type = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        Ok(Self { media_type, bytes: read_body(request, state).await? })
    }
}

/// Reads the body; a 413 for one that is larger than the route allows.
pub(crate) async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The body is larger than this route accepts.",
        ),
        _ => ApiError::new(StatusCode::BAD_REQUEST, "unreadable_body", "The body could not be read."),
    })
}

impl<T: Serialize> IntoResponse for JsonBody<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Path parameters. One that does not parse is a 404, because it names nothing that exists.
pub struct PathOf<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(ApiError::not_found("thing")),
        }
    }
}

/// Query parameters; an error names the wrong one.
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        read_query(parts.uri.query().unwrap_or("")).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use serde_json::{Value, json};

    async fn read(body: &str) -> Result<Value, ApiError> {
        let request = Request::post("/").header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        JsonBody::<Value>::from_request(request, &()).await.map(|JsonBody(value)| value)
    }

    #[tokio::test]
    async fn body_with_more_behind_its_value_is_refused() {
        for whole in ["{}", " {} ", "{}\n"] {
            assert_eq!(read(whole).await.unwrap(), json!({}), "{whole:?}");
        }
        for torn in ["{} x", "{}{}", "{}, {}", "{}\u{0}", "{}]"] {
            let refused = read(torn).await.unwrap_err();
            assert_eq!(
                (refused.status, refused.code),
                (StatusCode::BAD_REQUEST, "malformed_json"),
                "{torn:?}"
            );
        }
    }

    #[test]
    fn parameter_with_more_behind_its_value_is_refused() {
        let mut errors = FieldErrors::default();
        assert_eq!(json_parameter::<Value>(&mut errors, "filter", "{}"), Some(json!({})));
        assert_eq!(json_parameter::<Value>(&mut errors, "filter", "{} x"), None);
        assert!(errors.finish().is_err());
    }
}
