//! Answers, and the troubles that a test orders for the requests to come.

use crate::Response;
use serde_json::Value;
use std::collections::VecDeque;

pub(crate) fn json(status: u16, body: &Value) -> Response {
    http::Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_string().into_bytes())
        .expect("a status and a body are an answer")
}

pub(crate) fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Response {
    http::Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body)
        .expect("a status and a body are an answer")
}

/// Answers that are given in the place of the real ones.
#[derive(Default)]
pub(crate) struct Troubles(VecDeque<Trouble>);

struct Trouble {
    what: String,
    /// How many such requests are answered as always before.
    after: usize,
    /// Whether it lasts until the troubles are over.
    lasts: bool,
    answer: Response,
}

impl Troubles {
    /// Answers the next request whose method and path contain `what` like this.
    pub fn add(&mut self, what: &str, answer: Response) {
        self.add_after(0, what, answer);
    }

    /// Does so after this many such requests.
    pub fn add_after(&mut self, after: usize, what: &str, answer: Response) {
        self.0.push_back(Trouble { what: what.to_owned(), after, lasts: false, answer });
    }

    /// Answers each such request like this until `end`.
    pub fn add_lasting(&mut self, what: &str, answer: Response) {
        self.0.push_back(Trouble { what: what.to_owned(), after: 0, lasts: true, answer });
    }

    pub fn end(&mut self) {
        self.0.clear();
    }

    pub fn take(&mut self, asked: &str) -> Option<Response> {
        let at = self.0.iter().position(|trouble| asked.contains(trouble.what.as_str()))?;
        let known = &mut self.0[at];
        if known.after > 0 {
            known.after -= 1;
            return None;
        }
        if known.lasts {
            return Some(copy_of(&known.answer));
        }
        self.0.remove(at).map(|trouble| trouble.answer)
    }
}

fn copy_of(answer: &Response) -> Response {
    let mut copy = http::Response::new(answer.body().clone());
    *copy.status_mut() = answer.status();
    copy.headers_mut().clone_from(answer.headers());
    copy
}

/// The request's parts that a fake goes by.
pub(crate) struct Asked<'a> {
    pub method: &'a str,
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: &'a [u8],
    pub bearer: Option<&'a str>,
    pub prefer: Vec<String>,
}

impl<'a> Asked<'a> {
    pub fn of(request: &'a crate::Request) -> Self {
        let url = url::Url::parse(&request.uri().to_string()).expect("a request has an absolute address");
        let segments = url.path_segments().into_iter().flatten();
        let decoded = |segment: &str| percent_decoded(segment);
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let prefer = request.headers().get_all("prefer").iter();
        Self {
            method: request.method().as_str(),
            path: segments.map(decoded).collect(),
            query: url.query_pairs().into_owned().collect(),
            body: request.body(),
            bearer: header("authorization").and_then(|value| value.strip_prefix("Bearer ")),
            prefer: prefer.filter_map(|value| Some(value.to_str().ok()?.to_owned())).collect(),
        }
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body).ok()
    }

    pub fn line(&self) -> String {
        format!("{} /{}", self.method, self.path.join("/"))
    }

    /// Returns the line with the query behind it, which tells questions about the same thing apart.
    pub fn line_with_query(&self) -> String {
        let query: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if query.is_empty() { self.line() } else { format!("{}?{}", self.line(), query.join("&")) }
    }
}

fn percent_decoded(segment: &str) -> String {
    let form = format!("x={}", segment.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
