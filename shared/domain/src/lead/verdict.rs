//! The verdict on an open, click or view: a person, a scanner, a privacy proxy, a prefetcher or our own team,
//! and by which rule.

use crate::lead::engagement::Verdict;
use jiff::SignedDuration;

/// The facts known about one request for a pixel, link or page.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestFacts<'a> {
    pub method: &'a str,
    pub user_agent: &'a str,
    /// A `Purpose`, `Sec-Purpose` or `X-Moz` header says that nobody is looking yet.
    pub prefetch: bool,
    pub network: Network,
    /// Time since the provider accepted the message; none if no message is concerned.
    pub since_sent: Option<SignedDuration>,
    /// Different links of the same message fetched within ten seconds, this one included.
    pub links_in_burst: u32,
    pub kind: RequestKind,
    /// A signed-in user of the workspace, or one of its addresses.
    pub own_team: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RequestKind {
    #[default]
    Pixel,
    Link,
    Page,
    /// A report of the page's own script, so a page was really shown.
    Beacon,
    /// A hidden link that no reader can see.
    Trap,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Network {
    #[default]
    Unknown,
    Cloud,
    SecurityVendor,
    PrivacyProxy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    /// The rule that decided: kept as evidence, and to judge again when rules improve.
    pub rule: &'static str,
}

/// An open that comes sooner than this after the provider accepted the mail is a machine's.
pub const TOO_SOON: SignedDuration = SignedDuration::from_secs(2);
/// A request from a cloud network so soon comes from a scanner at the recipient's gateway.
pub const GATE_TIME: SignedDuration = SignedDuration::from_secs(60);
/// A person does not follow so many links in one burst.
pub const BURST_LINKS: u32 = 3;

const SCANNERS: [&str; 30] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "scanner",
    "safelinks",
    "mimecast",
    "proofpoint",
    "barracuda",
    "trendmicro",
    "forcepoint",
    "symantec",
    "messagelabs",
    "sophos",
    "fireeye",
    "zscaler",
    "cloudmark",
    "urldefense",
    "curl/",
    "wget/",
    "python-requests",
    "python-urllib",
    "go-http-client",
    "java/",
    "okhttp",
    "libwww",
    "httpclient",
    "headlesschrome",
    "facebookexternalhit",
];
const IMAGE_PROXIES: [&str; 3] = ["googleimageproxy", "ggpht.com", "yahoomailproxy"];

pub fn judge(facts: &RequestFacts<'_>) -> Judged {
    let agent = facts.user_agent.to_ascii_lowercase();
    let soon = |limit: SignedDuration| facts.since_sent.is_some_and(|since| since < limit);
    let is = |verdict, rule| Judged { verdict, rule };
    if facts.own_team {
        return is(Verdict::OwnTeam, "own_team");
    }
    if facts.kind == RequestKind::Trap {
        return is(Verdict::Scanner, "hidden_link");
    }
    if facts.prefetch {
        return is(Verdict::Prefetch, "prefetch_header");
    }
    if !matches!(facts.method, "GET" | "POST") {
        return is(Verdict::Scanner, "method");
    }
    if facts.kind == RequestKind::Pixel && IMAGE_PROXIES.iter().any(|proxy| agent.contains(proxy)) {
        // These proxies fetch when the mail is opened, and hide who opened it.
        return if soon(TOO_SOON) {
            is(Verdict::PrivacyProxy, "proxy_too_soon")
        } else {
            is(Verdict::Human, "image_proxy")
        };
    }
    if agent.trim().is_empty() {
        return is(Verdict::Scanner, "no_user_agent");
    }
    if SCANNERS.iter().any(|name| agent.contains(name)) {
        return is(Verdict::Scanner, "user_agent");
    }
    match facts.network {
        Network::SecurityVendor => return is(Verdict::Scanner, "security_network"),
        Network::PrivacyProxy if facts.kind == RequestKind::Pixel => {
            return is(Verdict::PrivacyProxy, "privacy_network");
        }
        Network::Cloud if soon(GATE_TIME) => return is(Verdict::Scanner, "cloud_at_the_gate"),
        _ => {}
    }
    // Apple Mail loads every image whether the mail is read or not, with a user agent that says no more than this.
    if facts.kind == RequestKind::Pixel && agent.trim() == "mozilla/5.0" {
        return is(Verdict::PrivacyProxy, "bare_mozilla");
    }
    if facts.links_in_burst >= BURST_LINKS {
        return is(Verdict::Scanner, "all_links_at_once");
    }
    if facts.kind != RequestKind::Beacon && soon(TOO_SOON) {
        return is(Verdict::Scanner, "too_soon");
    }
    is(Verdict::Human, "nothing_against_it")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: &str =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15";

    fn facts() -> RequestFacts<'static> {
        RequestFacts {
            method: "GET",
            user_agent: BROWSER,
            kind: RequestKind::Link,
            since_sent: Some(SignedDuration::from_mins(30)),
            links_in_burst: 1,
            ..RequestFacts::default()
        }
    }

    #[test]
    fn person_within_seconds_is_human() {
        assert_eq!(judge(&facts()).verdict, Verdict::Human);
        let quick = RequestFacts { since_sent: Some(SignedDuration::from_secs(5)), ..facts() };
        assert_eq!(judge(&quick).verdict, Verdict::Human);
        let no_message = RequestFacts { since_sent: None, kind: RequestKind::Page, ..facts() };
        assert_eq!(judge(&no_message).verdict, Verdict::Human);
        let beacon = RequestFacts { method: "POST", kind: RequestKind::Beacon, ..facts() };
        assert_eq!(judge(&beacon).verdict, Verdict::Human);
        let gmail =
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
        let opened = RequestFacts { user_agent: gmail, kind: RequestKind::Pixel, ..facts() };
        assert_eq!(judge(&opened).rule, "image_proxy");
    }

    #[test]
    fn machine_is_recognised_by_its_rule() {
        let second = Some(SignedDuration::from_secs(1));
        let pixel = RequestFacts { kind: RequestKind::Pixel, ..facts() };
        for (facts, verdict, rule) in [
            (RequestFacts { own_team: true, ..facts() }, Verdict::OwnTeam, "own_team"),
            (RequestFacts { kind: RequestKind::Trap, ..facts() }, Verdict::Scanner, "hidden_link"),
            (RequestFacts { prefetch: true, ..facts() }, Verdict::Prefetch, "prefetch_header"),
            (RequestFacts { method: "HEAD", ..facts() }, Verdict::Scanner, "method"),
            (RequestFacts { user_agent: "", ..facts() }, Verdict::Scanner, "no_user_agent"),
            (RequestFacts { user_agent: "Mimecast/1.0", ..facts() }, Verdict::Scanner, "user_agent"),
            (
                RequestFacts { network: Network::SecurityVendor, ..facts() },
                Verdict::Scanner,
                "security_network",
            ),
            (
                RequestFacts { network: Network::Cloud, since_sent: second, ..facts() },
                Verdict::Scanner,
                "cloud_at_the_gate",
            ),
            (RequestFacts { links_in_burst: 4, ..facts() }, Verdict::Scanner, "all_links_at_once"),
            (RequestFacts { since_sent: second, ..facts() }, Verdict::Scanner, "too_soon"),
            (RequestFacts { user_agent: "Mozilla/5.0", ..pixel }, Verdict::PrivacyProxy, "bare_mozilla"),
            (
                RequestFacts { network: Network::PrivacyProxy, ..pixel },
                Verdict::PrivacyProxy,
                "privacy_network",
            ),
        ] {
            assert_eq!(judge(&facts), Judged { verdict, rule });
        }
    }
}
