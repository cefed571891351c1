//! CORS: the headers that tell browsers which other sites may call the API, from the template's
//! `CorsConfiguration`.
//!
//! It answers a preflight itself where no route takes `OPTIONS`. Where one does, as a group's `ANY` does, the function answers. To each
//! answer of a function the API adds what it allows, and it drops what the function says of that.

use anyhow::{Context, Result};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Cors {
    allow_origins: Vec<String>,
    allow_headers: Vec<String>,
    allow_methods: Vec<String>,
    max_age: u64,
}

impl Cors {
    /// Returns none where the template says nothing of it.
    pub fn read(resolved: Value) -> Result<Option<Self>> {
        serde_json::from_value(resolved).context("CorsConfiguration")
    }

    /// Returns the answer to a preflight, and none to any other request.
    pub fn preflight(&self, request: &Request<Vec<u8>>) -> Option<Response<Vec<u8>>> {
        let headers = request.headers();
        let asks = headers.contains_key(ORIGIN) && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        (asks && request.method() == Method::OPTIONS).then(|| {
            let mut response = Response::new(Vec::new());
            *response.status_mut() = StatusCode::NO_CONTENT;
            self.add(request, response.headers_mut());
            response
        })
    }

    /// Puts what is allowed in the place of what a function says.
    pub fn add(&self, request: &Request<Vec<u8>>, answer: &mut HeaderMap) {
        let said: Vec<HeaderName> =
            answer.keys().filter(|name| name.as_str().starts_with("access-control-")).cloned().collect();
        said.iter().for_each(|name| drop(answer.remove(name)));
        let origin = request.headers().get(ORIGIN);
        let Some(origin) = origin.filter(|origin| self.allow_origins.iter().any(|known| known == *origin))
        else {
            return;
        };
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if request.method() == Method::OPTIONS {
            let lists = [
                (ACCESS_CONTROL_ALLOW_HEADERS, self.allow_headers.join(",")),
                (ACCESS_CONTROL_ALLOW_METHODS, self.allow_methods.join(",")),
                (ACCESS_CONTROL_MAX_AGE, self.max_age.to_string()),
            ];
            for (name, value) in lists {
                answer.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
            }
        }
    }
}
