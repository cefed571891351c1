//! One page or file of a site, through redirects within the site.

use crate::transport::{Web, WebAddress, WebError, WebLimits, WebRequest};
use application::ports::data_providers::CrawlError;
use encoding_rs::Encoding;
use http::header::{ACCEPT, ACCEPT_LANGUAGE};
use http::{HeaderMap, HeaderValue, Method};
use std::time::Duration;

const MOST_REDIRECTS: usize = 4;
/// The time for one page.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct File {
    pub address: WebAddress,
    pub content_type: String,
    pub body: Vec<u8>,
}

/// The reasons why a file was not got.
pub(super) enum Fetched {
    Status(u16),
    /// A redirect leads to another site, of this host.
    Elsewhere(String),
    Refused(String),
    NotThere(String),
}

impl From<Fetched> for CrawlError {
    fn from(reason: Fetched) -> Self {
        match reason {
            Fetched::Status(status @ (401 | 403 | 429 | 451)) => {
                Self::NotAllowed(format!("it answers {status}"))
            }
            Fetched::Status(status) if status >= 500 => Self::Unavailable(format!("it answers {status}")),
            Fetched::Status(status) => Self::NotThere(format!("it answers {status}")),
            Fetched::Elsewhere(host) => Self::NotThere(format!("it leads to another site, {host}")),
            Fetched::Refused(why) => Self::Refused(why),
            Fetched::NotThere(why) => Self::NotThere(why),
        }
    }
}

pub(super) async fn fetch(web: &dyn Web, start: WebAddress, bytes: usize) -> Result<File, Fetched> {
    let mut address = start;
    for _ in 0..=MOST_REDIRECTS {
        let mut headers = HeaderMap::new();
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("text/html,application/xhtml+xml,text/plain;q=0.5,*/*;q=0.1"),
        );
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en,*;q=0.5"));
        let request = WebRequest { method: Method::GET, address: address.clone(), headers, body: Vec::new() };
        let answer = web.fetch(request, WebLimits { bytes, time: PATIENCE }).await;
        let answer = answer.map_err(|error| match error {
            WebError::NotPublic => Fetched::Refused(error.to_string()),
            WebError::Transport(_) => Fetched::NotThere("it does not answer".to_owned()),
        })?;
        if answer.status.is_success() {
            let content_type = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
            return Ok(File { address, content_type, body: answer.body });
        }
        if !matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Err(Fetched::Status(answer.status.as_u16()));
        }
        let next = address.join(answer.header("location").unwrap_or_default());
        let next = next.map_err(|refused| {
            Fetched::Refused(format!("it leads to an address that is refused: {refused}"))
        })?;
        if !next.is_same_site(&address) {
            return Err(Fetched::Elsewhere(next.host().to_owned()));
        }
        if address.is_https() && !next.is_https() {
            return Err(Fetched::NotThere("it leads from https to http".to_owned()));
        }
        address = next;
    }
    Err(Fetched::NotThere("it leads in a circle".to_owned()))
}

impl File {
    /// The text of a web page; none if the file is something else.
    pub fn html(&self) -> Option<String> {
        let (kind, _) = self.content_type.split_once(';').unwrap_or((&self.content_type, ""));
        let begins = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        let is_html = match kind.trim() {
            "text/html" | "application/xhtml+xml" => true,
            "" => begins == Some(&b'<') || self.body.starts_with(b"\xEF\xBB\xBF<"),
            _ => false,
        };
        is_html.then(|| self.encoding().decode(&self.body).0.into_owned())
    }

    /// The encoding that the server names, else the page itself.
    fn encoding(&self) -> &'static Encoding {
        let head = String::from_utf8_lossy(&self.body[..self.body.len().min(2_048)]).to_ascii_lowercase();
        let named = |text: &str| {
            let label = text.split_once("charset=")?.1.trim_start_matches(['"', '\'', ' ']);
            let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)));
            Encoding::for_label(&label.as_bytes()[..end.unwrap_or(label.len())])
        };
        named(&self.content_type).or_else(|| named(&head)).unwrap_or(encoding_rs::UTF_8)
    }
}
