//! The order of a crawl: the robots file, the home page, then the pages that it names and that say most. What was read
//! when the time is over counts.

use super::contacts::Contacts;
use super::fetch::{Fetched, fetch};
use super::html::{Page, read_page};
use super::pages::choose;
use super::robots::Robots;
use crate::transport::{Web, WebAddress};
use application::ports::data_providers::{CrawlError, CrawlLimits, CrawledPage, CrawledSite};
use std::collections::HashSet;
use std::time::Duration;

/// The longest text that is kept of a page, in characters.
const LONGEST_TEXT: usize = 20_000;
/// Sites on which companies have a page among others'. They allow no crawlers, and most of their text is not the company's.
const SHARED_SITES: [&str; 14] = [
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "twitter.com",
    "x.com",
    "youtube.com",
    "tiktok.com",
    "pinterest.com",
    "google.com",
    "goo.gl",
    "yelp.com",
    "tripadvisor.com",
    "wikipedia.org",
    "amazon.com",
];

pub(super) async fn crawl(
    web: &dyn Web,
    website: &str,
    limits: &CrawlLimits,
) -> Result<CrawledSite, CrawlError> {
    let website = website.trim();
    // An address is often given without its scheme.
    let (start, is_certain) = match website.contains("://") {
        true => (WebAddress::parse(website), true),
        false => (WebAddress::parse(&format!("https://{website}")), false),
    };
    let start = start.map_err(|refused| CrawlError::Refused(refused.to_string()))?;
    let is_at = |site: &str| start.host() == site || start.host().ends_with(&format!(".{site}"));
    if let Some(shared) = SHARED_SITES.into_iter().find(|site| is_at(site)) {
        return Err(CrawlError::Refused(format!("{shared} is not a site of the company's own")));
    }
    let mut crawl =
        Crawl { web, limits, pages: Vec::new(), contacts: Contacts::default(), seen: HashSet::new() };
    let time = Duration::try_from(limits.time).unwrap_or_default();
    let ended = tokio::time::timeout(time, crawl.run(start, is_certain)).await;
    let site = crawl.found();
    match ended {
        Ok(Err(error)) => Err(error),
        Ok(Ok(())) => Ok(site),
        Err(_) if site.pages.is_empty() => Err(CrawlError::NotThere("it did not answer in time".to_owned())),
        Err(_) => Ok(site),
    }
}

struct Crawl<'a> {
    web: &'a dyn Web,
    limits: &'a CrawlLimits,
    pages: Vec<CrawledPage>,
    contacts: Contacts,
    /// The lines of the pages read so far: menus and footers come again on each page.
    seen: HashSet<String>,
}

impl Crawl<'_> {
    async fn run(&mut self, start: WebAddress, is_certain: bool) -> Result<(), CrawlError> {
        let (robots, start) = match self.robots(&start).await {
            Err(CrawlError::NotThere(_)) if !is_certain => {
                let start = start.without_encryption();
                let start = start.ok_or_else(|| CrawlError::NotThere("there is no such site".to_owned()))?;
                (self.robots(&start).await?, start)
            }
            robots => (robots?, start),
        };
        let home = self.page(&robots, &start).await?;
        let links = home.page.links.clone();
        self.keep(home.address.clone(), home.page);
        let more = self.limits.pages.saturating_sub(1);
        for address in choose(&home.address, &links, more, |address| robots.allows(address)) {
            // A page that cannot be read does not take the others away.
            if let Ok(read) = self.page(&robots, &address).await {
                self.keep(read.address, read.page);
            }
        }
        Ok(())
    }

    async fn robots(&self, start: &WebAddress) -> Result<Robots, CrawlError> {
        let Ok(address) = start.join("/robots.txt") else { return Ok(Robots::default()) };
        match fetch(self.web, address, self.limits.bytes_a_page.max(Robots::LARGEST)).await {
            Ok(found) => Ok(Robots::parse(&String::from_utf8_lossy(&found.body))),
            Err(Fetched::Status(status)) if (400..500).contains(&status) => Ok(Robots::default()),
            Err(Fetched::Status(status)) => {
                Err(CrawlError::Unavailable(format!("its robots file answers {status}")))
            }
            // A file that leads elsewhere says nothing about this site.
            Err(Fetched::Elsewhere(_)) => Ok(Robots::default()),
            Err(failed) => Err(failed.into()),
        }
    }

    async fn page(&self, robots: &Robots, address: &WebAddress) -> Result<Read, CrawlError> {
        if !robots.allows(address) {
            return Err(CrawlError::NotAllowed("by its robots file".to_owned()));
        }
        let found = fetch(self.web, address.clone(), self.limits.bytes_a_page).await?;
        if !robots.allows(&found.address) {
            return Err(CrawlError::NotAllowed("by its robots file".to_owned()));
        }
        let html = found.html().ok_or_else(|| CrawlError::NotThere("it is not a web page".to_owned()))?;
        Ok(Read { page: read_page(&html), address: found.address })
    }

    fn keep(&mut self, address: WebAddress, page: Page) {
        self.contacts.read(&page);
        let new = page.lines.into_iter().filter(|line| self.seen.insert(line.clone()));
        let text = new.collect::<Vec<_>>().join("\n").chars().take(LONGEST_TEXT).collect();
        self.pages.push(CrawledPage {
            url: address.as_str().to_owned(),
            title: page.title,
            description: page.description,
            text,
        });
    }

    fn found(self) -> CrawledSite {
        let (emails, phones, linkedin_url) = self.contacts.sorted();
        CrawledSite { pages: self.pages, emails, phones, linkedin_url }
    }
}

struct Read {
    page: Page,
    /// The address that the page was at, after redirects.
    address: WebAddress,
}
