//! Crawls of sites that a function answers; what the guard lets through is tested with names of its own.

use crate::tests::providers_on_web;
use crate::transport::{
    InProcessHttp, InProcessWeb, NameLookup, PublicNames, PublicWeb, TransportError, Web, WebAddress,
    WebError, WebLimits, WebRequest,
};
use application::ports::data_providers::{CrawlError, CrawlLimits, CrawledSite, SiteCrawler};
use async_trait::async_trait;
use http::{HeaderMap, Method, Response};
use jiff::SignedDuration;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Page = (u16, &'static str, &'static str);
type Asked = Arc<Mutex<Vec<String>>>;

const LIMITS: CrawlLimits =
    CrawlLimits { pages: 4, bytes_a_page: 200_000, time: SignedDuration::from_secs(20) };

/// Makes the web of these pages: address, status, header (a content type or a location) and body.
fn web_of(pages: &'static [(&'static str, Page)]) -> (InProcessWeb, Asked) {
    let asked = Asked::default();
    let kept = asked.clone();
    let http = InProcessHttp::new(move |request: http::Request<Vec<u8>>| {
        let uri = request.uri().to_string();
        kept.lock().unwrap().push(uri.clone());
        async move {
            let host = request.uri().host().unwrap_or_default();
            let is_known = pages.iter().any(|(url, _)| url.split('/').nth(2) == Some(host));
            if !is_known
                || (uri.starts_with("https") && !pages.iter().any(|(url, _)| url.starts_with("https")))
            {
                return Err(TransportError::NotSent("no such host".into()));
            }
            let found = pages.iter().find(|(url, _)| *url == uri).map(|(_, page)| *page);
            let (status, header, body) = found.unwrap_or((404, "text/html", "not found"));
            let name =
                if header.contains("://") || header.starts_with('/') { "location" } else { "content-type" };
            let answer = Response::builder().status(status).header(name, header);
            Ok(answer.body(body.as_bytes().to_vec()).unwrap())
        }
    });
    (InProcessWeb::new(http), asked)
}

async fn crawl(
    pages: &'static [(&'static str, Page)],
    website: &str,
) -> (Result<CrawledSite, CrawlError>, Vec<String>) {
    let (web, asked) = web_of(pages);
    let found = providers_on_web(web).crawl(website, &LIMITS).await;
    let asked = asked.lock().unwrap().clone();
    (found, asked)
}

const ACME: &[(&str, Page)] = &[
    ("https://acme.example/robots.txt", (200, "text/plain", "User-agent: *\nDisallow: /team")),
    (
        "https://acme.example/",
        (
            200,
            "text/html; charset=iso-8859-1",
            "<title>Acme</title><nav><a href=/about>About</a><a href=/team>Team</a><a href='/kontakt'>Kontakt</a></nav>
             <h1>Roofs since 1987</h1><a href='https://linkedin.com/company/acme'>in</a><footer>12 Main St, Dallas</footer>",
        ),
    ),
    (
        "https://acme.example/about",
        (200, "text/html", "<title>About</title><p>We repair slate roofs.<footer>12 Main St, Dallas</footer>"),
    ),
    ("https://acme.example/kontakt", (301, "/kontakt/", "")),
    ("https://acme.example/kontakt/", (200, "text/html", "<a href='mailto:info@acme.example'>Mail</a>")),
];

#[tokio::test]
async fn home_page_and_the_pages_that_say_most_are_read() {
    let (site, asked) = crawl(ACME, "acme.example").await;
    let site = site.unwrap();
    let read: Vec<_> =
        site.pages.iter().map(|page| (page.url.as_str(), page.title.as_str(), page.text.as_str())).collect();
    assert_eq!(
        read,
        [
            ("https://acme.example/", "Acme", "Roofs since 1987\nin\n12 Main St, Dallas"),
            ("https://acme.example/about", "About", "We repair slate roofs."),
            ("https://acme.example/kontakt/", "", "Mail"),
        ],
        "what stands on each page is kept once"
    );
    assert_eq!(site.emails, ["info@acme.example"]);
    assert_eq!(site.linkedin_url.as_deref(), Some("https://www.linkedin.com/company/acme"));
    assert_eq!(asked[0], "https://acme.example/robots.txt");
    assert!(!asked.iter().any(|uri| uri.contains("team")), "its robots file says no: {asked:?}");
}

#[tokio::test]
async fn page_limit_holds() {
    let (web, asked) = web_of(ACME);
    let limits = CrawlLimits { pages: 1, ..LIMITS };
    let site = providers_on_web(web).crawl("https://acme.example", &limits).await.unwrap();
    assert_eq!((site.pages.len(), asked.lock().unwrap().len()), (1, 2));
}

#[tokio::test]
async fn large_page_is_read_as_far_as_its_limit() {
    let (web, _) = web_of(&[("https://acme.example/", (200, "text/html", "<p>first words<p>second words"))]);
    let limits = CrawlLimits { bytes_a_page: 14, ..LIMITS };
    let site = providers_on_web(web).crawl("https://acme.example", &limits).await.unwrap();
    assert_eq!(site.pages[0].text, "first words");
}

#[tokio::test]
async fn robots_file_that_forbids_everything_is_obeyed() {
    const CLOSED: &[(&str, Page)] = &[
        ("https://acme.example/robots.txt", (200, "text/plain", "User-agent: *\nDisallow: /")),
        ("https://acme.example/", (200, "text/html", "<p>Hello")),
    ];
    let (site, asked) = crawl(CLOSED, "https://acme.example/").await;
    assert!(matches!(site, Err(CrawlError::NotAllowed(_))), "{site:?}");
    assert_eq!(asked.len(), 1);
    const BROKEN: &[(&str, Page)] = &[
        ("https://acme.example/robots.txt", (503, "text/plain", "")),
        ("https://acme.example/", (200, "text/html", "<p>Hello")),
    ];
    let (site, asked) = crawl(BROKEN, "https://acme.example/").await;
    assert!(matches!(site, Err(CrawlError::Unavailable(_))), "{site:?}");
    assert_eq!(asked.len(), 1, "a file that cannot be read forbids everything, too");
}

#[tokio::test]
async fn redirects_are_followed_within_the_site_and_to_encryption_only() {
    const MOVED: &[(&str, Page)] = &[
        ("http://acme.example/", (301, "https://www.acme.example/", "")),
        ("https://www.acme.example/", (200, "text/html", "<p>Hello")),
        ("http://other.example/", (302, "https://elsewhere.example/", "")),
        ("http://inside.example/", (302, "http://169.254.169.254/latest/meta-data", "")),
        ("https://down.example/", (302, "http://down.example/", "")),
        ("https://round.example/", (302, "/", "")),
    ];
    let (site, _) = crawl(MOVED, "http://acme.example/").await;
    assert_eq!(site.unwrap().pages[0].url, "https://www.acme.example/");
    for (website, why) in [
        ("http://other.example/", "another site, elsewhere.example"),
        ("https://down.example/", "from https to http"),
        ("https://round.example/", "circle"),
    ] {
        let (site, asked) = crawl(MOVED, website).await;
        assert!(matches!(&site, Err(CrawlError::NotThere(told)) if told.contains(why)), "{site:?}");
        assert!(!asked.iter().any(|uri| uri.contains("elsewhere")), "{asked:?}");
    }
    let (site, asked) = crawl(MOVED, "http://inside.example/").await;
    assert!(matches!(site, Err(CrawlError::Refused(_))), "{site:?}");
    assert!(!asked.iter().any(|uri| uri.contains("169.254")), "{asked:?}");
}

#[tokio::test]
async fn site_without_encryption_is_found_by_its_bare_name() {
    const OLD: &[(&str, Page)] = &[("http://acme.example/", (200, "", "<p>Hello"))];
    let (site, asked) = crawl(OLD, "acme.example").await;
    assert_eq!(site.unwrap().pages[0].text, "Hello");
    assert!(asked[0].starts_with("https://"), "{asked:?}");
}

#[tokio::test]
async fn missing_broken_and_forbidden_sites_are_told_apart() {
    const ODD: &[(&str, Page)] = &[
        ("https://gone.example/", (410, "text/html", "")),
        ("https://shy.example/", (403, "text/html", "")),
        ("https://down.example/", (502, "text/html", "")),
        ("https://file.example/", (200, "application/pdf", "%PDF")),
    ];
    let told = async |website: &str| crawl(ODD, website).await.0.unwrap_err();
    assert_eq!(told("https://gone.example").await, CrawlError::NotThere("it answers 410".to_owned()));
    assert!(matches!(told("https://shy.example").await, CrawlError::NotAllowed(_)));
    assert_eq!(told("https://down.example").await, CrawlError::Unavailable("it answers 502".to_owned()));
    assert!(matches!(told("https://file.example").await, CrawlError::NotThere(_)));
    assert!(matches!(told("https://nowhere.example").await, CrawlError::NotThere(_)));
    for refused in ["http://10.0.0.5/", "localhost", "https://acme.example:8080", "ftp://acme.example", ""] {
        assert!(matches!(told(refused).await, CrawlError::Refused(_)), "{refused}");
    }
    for shared in ["https://www.facebook.com/acme", "linkedin.com/company/acme"] {
        assert!(matches!(told(shared).await, CrawlError::Refused(_)), "{shared}");
    }
}

#[tokio::test]
async fn slow_site_gives_what_was_read_in_time() {
    let http = InProcessHttp::new(|request: http::Request<Vec<u8>>| async move {
        if request.uri().path() == "/team" {
            std::future::pending::<()>().await;
        }
        Ok(Response::new(b"<html><p>Hello<a href=/about>About</a><a href=/team>Team</a>".to_vec()))
    });
    let providers = providers_on_web(InProcessWeb::new(http));
    let limits = CrawlLimits { time: SignedDuration::from_millis(500), ..LIMITS };
    assert_eq!(providers.crawl("https://acme.example", &limits).await.unwrap().pages.len(), 2);
    let never = providers.crawl("https://acme.example/team", &limits).await;
    assert!(matches!(never, Err(CrawlError::NotThere(why)) if why.contains("in time")));
}

/// Names that lead where the test says, once or each time anew.
struct Names(Mutex<Vec<Vec<&'static str>>>);

#[async_trait]
impl NameLookup for Names {
    async fn look_up(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().unwrap();
        let next = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        Ok(next.into_iter().map(|text| text.parse().unwrap()).collect())
    }
}

fn request(url: &str) -> WebRequest {
    let address = WebAddress::parse(url).unwrap();
    WebRequest { method: Method::GET, address, headers: HeaderMap::new(), body: Vec::new() }
}

const LITTLE: WebLimits = WebLimits { bytes: 1_000, time: Duration::from_secs(5) };

#[tokio::test]
async fn name_that_leads_inside_is_refused_before_a_connection() {
    for address in [
        "127.0.0.1",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:5",
    ] {
        for found in [vec![address], vec!["93.184.216.34", address]] {
            let web = PublicWeb::with_names(Arc::new(Names(Mutex::new(vec![found.clone()]))));
            let refused = web.fetch(request("http://rebound.example/"), LITTLE).await;
            assert!(matches!(refused, Err(WebError::NotPublic)), "{found:?}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn address_that_was_checked_is_the_one_that_is_connected_to() {
    // The name leads outside when it is checked, and inside from then on.
    let names = Arc::new(Names(Mutex::new(vec![vec!["93.184.216.34"], vec!["127.0.0.1"]])));
    let checked = PublicNames(names.clone()).addresses("rebound.example").await.unwrap();
    assert_eq!(checked, ["93.184.216.34:0".parse().unwrap()], "they are what the client connects to");
    let refused = PublicNames(names).addresses("rebound.example").await;
    assert!(refused.is_err(), "asked again it is checked again");
}
