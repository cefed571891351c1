//! A question to a provider of data, without its key: the same question has the same text.

use crate::wire::{BadSettings, JSON, get, join, post};
use http::header::{HeaderName, HeaderValue};
use http::{Method, Request};
use serde_json::Value;
use url::form_urlencoded::Serializer;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

/// The place where a provider wants its key.
pub(crate) enum KeyPlace {
    Header(HeaderName, HeaderValue),
    /// A parameter of the URL: such a request is never printed.
    Query(&'static str, String),
}

impl Question {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), query: Vec::new(), body: None }
    }

    pub fn post(path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(path) }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub fn with_body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// The question in one line, in lower case: names are the same however they are written.
    pub fn text(&self) -> String {
        let body = self.body.as_ref().map_or_else(String::new, |body| format!(" {body}"));
        format!("{} {}?{}{body}", self.method, self.path, self.encoded()).to_lowercase()
    }

    fn encoded(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in &self.query {
            query.append_pair(name, value);
        }
        query.finish()
    }

    /// Makes the request. A base URL may be given with the version that the path begins with.
    pub fn request(
        &self,
        base_url: &str,
        version: &str,
        key: KeyPlace,
    ) -> Result<Request<Vec<u8>>, BadSettings> {
        let root = base_url.trim().trim_end_matches('/');
        let root = root.strip_suffix(version).unwrap_or(root);
        let mut asked = self.clone();
        let header = match key {
            KeyPlace::Header(name, value) => Some((name, value)),
            KeyPlace::Query(name, key) => {
                asked.query.push((name, key));
                None
            }
        };
        let mark = if asked.query.is_empty() { "" } else { "?" };
        let url = format!("{}{mark}{}", join(root, &format!("{version}{}", asked.path)), asked.encoded());
        match (&asked.body, header) {
            (Some(body), Some(header)) => post(&url, header, JSON, body.to_string().into_bytes()),
            (_, header) if self.method == Method::GET => get(&url, header),
            (_, Some(header)) => post(&url, header, JSON, b"{}".to_vec()),
            _ => Err(BadSettings("the key of a posted question is a header".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::secret_header;
    use serde_json::json;

    fn header() -> KeyPlace {
        let (name, value) = secret_header(HeaderName::from_static("x-api-key"), "k3y").unwrap();
        KeyPlace::Header(name, value)
    }

    #[test]
    fn same_question_has_the_same_text_without_the_key() {
        let ask = |name: &str| Question::get("/find").with("name", name);
        assert_eq!(ask("Ann Lee").text(), "get /find?name=ann+lee");
        assert_eq!(ask("ANN LEE").text(), ask("Ann Lee").text());
        let posted = Question::post("/match").with_body(json!({"name": "Ann"}));
        assert_eq!(posted.text(), r#"post /match? {"name":"ann"}"#);
    }

    #[test]
    fn key_goes_where_the_provider_wants_it() {
        let ask = Question::get("/find").with("name", "Ann");
        for base in ["https://api.example", "https://api.example/v2", "https://api.example/v2/"] {
            let request = ask.request(base, "/v2", header()).unwrap();
            assert_eq!(request.uri(), "https://api.example/v2/find?name=Ann");
            assert!(!format!("{request:?}").contains("k3y"), "a header that is marked sensitive");
        }
        let request =
            ask.request("https://api.example", "", KeyPlace::Query("api_key", "k3y".to_owned())).unwrap();
        assert_eq!(request.uri(), "https://api.example/find?name=Ann&api_key=k3y");
        let request = Question::post("/match").request("https://api.example", "/v1", header()).unwrap();
        assert_eq!((request.method(), request.body().as_slice()), (&Method::POST, b"{}".as_slice()));
        assert!(ask.request("nowhere", "", header()).is_err());
    }
}
