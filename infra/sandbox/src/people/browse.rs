//! The requests of people, scanners and mail programs to the app: their browser, their IP address, the
//! redirects that they follow.

use http::{HeaderValue, Method, Request, Response, header};

use crate::sandbox::{AppClient, Sandbox};

const BROWSERS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
];
const SCANNERS: [&str; 4] = [
    "Mozilla/5.0 (compatible; Barracuda Sentinel (EE); LinkProtect bot)",
    "Mozilla/5.0 (compatible; MimecastLinkScanner/1.0; security bot)",
    "ProofpointURLDefense/1.0 (bot; link verification)",
    "SafeLinksCrawler/2.0 (security scanner bot)",
];
const MOST_REDIRECTS: usize = 6;

/// The page at the end of all redirects.
pub(super) struct Landed {
    pub url: String,
    pub status: u16,
    pub body: String,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Agent {
    Human,
    Scanner,
    /// The one-click request of the mailbox provider.
    MailboxProvider,
}

impl Sandbox {
    /// Calls the app once. Returns None for any address that is not the app's, which is not called.
    pub(super) async fn visit(
        &self,
        app: &dyn AppClient,
        who: &str,
        agent: Agent,
        method: Method,
        url: &str,
        body: Option<(&'static str, Vec<u8>)>,
    ) -> Option<Response<Vec<u8>>> {
        let url = self.absolute(url)?;
        let mut roll = self.seed().roll(&["browser", who]);
        let (browser, scanner) = (*roll.pick(&BROWSERS), *roll.pick(&SCANNERS));
        let (user_agent, network) = match agent {
            Agent::Human => (browser, "203.0.113"),
            Agent::Scanner => (scanner, "198.51.100"),
            Agent::MailboxProvider => ("", "192.0.2"),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(header::ACCEPT, "text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8")
            .header("x-forwarded-for", format!("{network}.{}", 1 + roll.below(250)));
        if !user_agent.is_empty() {
            request = request.header(header::USER_AGENT, HeaderValue::from_static(user_agent));
        }
        if agent == Agent::Human {
            request = request.header(header::ACCEPT_LANGUAGE, "en;q=0.9");
        }
        let (kind, body) = body.unwrap_or_default();
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        match request.body(body) {
            Ok(request) => Some(app.call(request).await),
            Err(error) => {
                tracing::debug!(%error, "a link in a message is no address");
                None
            }
        }
    }

    /// Follows redirects as long as they stay within the app; a redirect elsewhere ends with its URL and an
    /// empty body.
    pub(super) async fn follow(
        &self,
        app: &dyn AppClient,
        who: &str,
        agent: Agent,
        url: &str,
    ) -> Option<Landed> {
        let mut url = self.absolute(url)?;
        for _ in 0..MOST_REDIRECTS {
            let answer = self.visit(app, who, agent, Method::GET, &url, None).await?;
            let status = answer.status();
            let next = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            match next.filter(|_| status.is_redirection()) {
                None => {
                    let body = String::from_utf8_lossy(answer.body()).into_owned();
                    return Some(Landed { url, status: status.as_u16(), body });
                }
                Some(next) => match self.absolute(next) {
                    Some(next) => url = next,
                    None => {
                        return Some(Landed {
                            url: next.to_owned(),
                            status: status.as_u16(),
                            body: String::new(),
                        });
                    }
                },
            }
        }
        None
    }

    /// The absolute URL if it is the app's, also under a domain that leads to it; None otherwise.
    pub(super) fn absolute(&self, url: &str) -> Option<String> {
        let base = &self.config().app_url;
        let own = url.strip_prefix("https://").and_then(|rest| rest.split_once('/'));
        if let Some((_, path)) = own.filter(|(host, _)| self.leads_to_app(host)) {
            return self.absolute(&format!("{base}/{path}"));
        }
        if url.starts_with('/') && !url.starts_with("//") {
            return Some(format!("{base}{url}"));
        }
        let rest = url.strip_prefix(base.as_str())?;
        let ours = rest.is_empty() || rest.starts_with(['/', '?', '#']);
        ours.then(|| url.split('#').next().unwrap_or(url).to_owned())
    }
}
