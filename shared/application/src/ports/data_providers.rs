//! The capabilities of providers of data: look up a person or company, search for prospects, read a website, run an
//! actor, call a user's own address. The adapter chooses the connector by the account's provider; it asks once and
//! never retries on its own.

use crate::ports::provider_calls::{CallError, OpenAccount};
use async_trait::async_trait;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::prospect::ProspectFilters;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// Looks up what a provider knows of one person or company.
#[async_trait]
pub trait DataLookup: Send + Sync {
    /// Tells whether the account's provider can be asked for this field with what is known, and what of it the question
    /// rests on: the same question has the same text. None if it cannot be asked.
    fn question(&self, account: &OpenAccount, subject: &DataSubject, wanted: DataField) -> Option<String>;

    /// Asks for the field. The answer holds everything that the provider told, so that other fields need no other call.
    /// `None`: the provider knows no such person or company.
    async fn look_up(
        &self,
        account: &OpenAccount,
        subject: &DataSubject,
        wanted: DataField,
    ) -> Result<Option<DataFound>, CallError>;
}

/// Reads a company's public website.
#[async_trait]
pub trait SiteCrawler: Send + Sync {
    /// Reads the pages of a site that say what the company does, as far as its robots file and `limits` allow. It MUST
    /// refuse addresses that are not public.
    async fn crawl(&self, website: &str, limits: &CrawlLimits) -> Result<CrawledSite, CrawlError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrawlLimits {
    pub pages: usize,
    pub bytes_a_page: usize,
    /// The time for the whole site.
    pub time: SignedDuration,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawledSite {
    pub pages: Vec<CrawledPage>,
    /// The addresses and numbers that the pages show, the most frequent first.
    pub emails: Vec<String>,
    pub phones: Vec<String>,
    pub linkedin_url: Option<String>,
}

/// One page as plain text: what a reader sees, without markup, navigation or scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrawledPage {
    pub url: String,
    pub title: String,
    /// What the page says about itself to search engines; empty if it says nothing.
    pub description: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrawlError {
    /// There is no such site, it does not answer, or it has no such page.
    #[error("{0}")]
    NotThere(String),
    /// The site is out of order for now.
    #[error("{0}")]
    Unavailable(String),
    /// The robots file or the server does not allow it.
    #[error("the site does not allow it: {0}")]
    NotAllowed(String),
    /// The address is not a public website, or not one of the company's own.
    #[error("the address is refused: {0}")]
    Refused(String),
}

/// Calls an address that a user has given, for a column that fills itself by a webhook.
#[async_trait]
pub trait WebhookRunner: Send + Sync {
    /// Sends one request. It MUST refuse addresses that are not public, and follows no redirect.
    async fn run(&self, request: &WebhookCall) -> Result<WebhookReply, CallError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCall {
    pub method: WebhookMethod,
    pub url: String,
    /// Headers with their values, secret ones among them: they never reach a log or an error.
    pub headers: Vec<(String, String)>,
    /// The body as JSON text; none for a GET.
    pub body: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMethod {
    Get,
    Post,
}

/// An answer of at most 1 MB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookReply {
    pub status: u16,
    /// The wait that the other side asks for.
    pub retry_after: Option<SignedDuration>,
    pub body: String,
}

/// Runs an actor (a program of a marketplace, such as a scraper) and reads what it found.
#[async_trait]
pub trait ActorRunner: Send + Sync {
    /// Starts a run and returns its id. The outcome is unknown if the answer is lost: it MUST NOT be started again.
    async fn start(&self, account: &OpenAccount, actor: &str, input: &str) -> Result<String, CallError>;

    /// Reads a run: what it found, as JSON text, once it is over.
    async fn read(&self, account: &OpenAccount, run: &str) -> Result<ActorRun, CallError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorRun {
    Running,
    Done { items: String },
    Failed { why: String },
}

/// Searches a provider's database for people or businesses that are no leads yet.
#[async_trait]
pub trait ProspectSearch: Send + Sync {
    /// Tells which criteria the account's provider searches by; a query that uses others cannot be asked. Empty if it
    /// has no search.
    fn criteria(&self, account: &OpenAccount) -> &'static [ProspectCriterion];

    /// Returns the calls of the price list as which a page of so many prospects is billed.
    fn billed_calls(&self, account: &OpenAccount, prospects: u32) -> u64;

    /// Asks for one page of those who match. The answer is masked where the provider tells more only for a credit.
    async fn search_prospects(
        &self,
        account: &OpenAccount,
        query: &ProspectQuery,
    ) -> Result<ProspectPage, CallError>;
}

/// What prospects are searched by. Each list means "one of these"; an empty one leaves it open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProspectQuery {
    pub titles: Vec<String>,
    /// Words such as `owner`, `director`, `senior`.
    pub seniorities: Vec<String>,
    pub locations: Vec<String>,
    pub industries: Vec<String>,
    pub employees: Vec<EmployeeRange>,
    pub domains: Vec<String>,
    /// Words about the person or company; for business listings the trade.
    pub keywords: Vec<String>,
    /// The prospects of a page, at most 100. A provider may have smaller pages.
    pub limit: u32,
    /// The end of the page before, as that page said.
    pub after: Option<String>,
}

pub use domain::prospect::EmployeeRange;

/// What a provider searches by, named as the field of the filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProspectCriterion {
    Titles,
    Seniorities,
    Locations,
    Industries,
    Employees,
    Domains,
    Keywords,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProspectPage {
    /// All who match, where the provider says so.
    pub total: Option<u64>,
    pub prospects: Vec<FoundProspect>,
    /// The beginning of the next page; `None`: this was the last.
    pub next: Option<String>,
}

/// One person or business that matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundProspect {
    /// The provider's id, by which it is looked up later.
    pub provider_id: Option<String>,
    /// What the provider told, as it told it: a surname or an address may be masked.
    pub values: BTreeMap<DataField, String>,
    /// The values that are masked.
    pub masked: Vec<DataField>,
    /// Whether the provider has an e-mail address; `None`: it does not say.
    pub has_email: Option<bool>,
    pub has_phone: Option<bool>,
}

impl ProspectCriterion {
    pub const ALL: [Self; 7] = [
        Self::Titles,
        Self::Seniorities,
        Self::Locations,
        Self::Industries,
        Self::Employees,
        Self::Domains,
        Self::Keywords,
    ];

    /// The name of its field in the filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Titles => "titles",
            Self::Seniorities => "seniorities",
            Self::Locations => "locations",
            Self::Industries => "industries",
            Self::Employees => "employees",
            Self::Domains => "domains",
            Self::Keywords => "keywords",
        }
    }
}

impl ProspectQuery {
    /// Makes the query of one page.
    pub fn of(filters: &ProspectFilters, limit: u32, after: Option<String>) -> Self {
        let ProspectFilters { titles, seniorities, locations, industries, employees, domains, keywords } =
            filters.clone();
        Self { titles, seniorities, locations, industries, employees, domains, keywords, limit, after }
    }

    /// Lists the criteria that the query uses.
    pub fn criteria(&self) -> Vec<ProspectCriterion> {
        [
            (ProspectCriterion::Titles, self.titles.is_empty()),
            (ProspectCriterion::Seniorities, self.seniorities.is_empty()),
            (ProspectCriterion::Locations, self.locations.is_empty()),
            (ProspectCriterion::Industries, self.industries.is_empty()),
            (ProspectCriterion::Employees, self.employees.is_empty()),
            (ProspectCriterion::Domains, self.domains.is_empty()),
            (ProspectCriterion::Keywords, self.keywords.is_empty()),
        ]
        .into_iter()
        .filter_map(|(criterion, is_open)| (!is_open).then_some(criterion))
        .collect()
    }
}
