//! A company as the API shows it.

use application::lead::list::CompanyTally;
use application::ports::companies::CompanyStore;
use application::{StoreError, StoreResult};
use domain::lead::company::{CompanyRecord, DEEPEST_PARENTS};
use domain::lead::stage::StageId;
use domain::workspace::tracking_domain::DomainName;
use domain::{UserId, WorkspaceId};
use http_api::{ApiError, ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;

/// A company in the list of companies.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CompanyRowView {
    /// The domain of its people's addresses.
    pub domain: String,
    /// The name that was given to it, else the one that its people have, else the domain.
    pub name: String,
    pub owner: Option<UserId>,
    /// The domain of the company that owns it.
    pub parent: Option<String>,
    #[serde(flatten)]
    pub numbers: CompanyNumbers,
}

/// The numbers of a company's people.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct CompanyNumbers {
    pub leads: usize,
    /// The stages that leads are in, in their order.
    pub stages: Vec<StageCount>,
    /// The highest score of its people.
    pub score: u8,
    /// Whether one of its people is hot.
    pub hot: bool,
    pub last_contacted_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
}

/// How many leads are in a stage.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StageCount {
    pub status: StageId,
    pub leads: usize,
}

impl CompanyNumbers {
    pub fn of(tally: &CompanyTally) -> Self {
        let stage = |(status, leads): (&StageId, &usize)| StageCount { status: *status, leads: *leads };
        Self {
            leads: tally.leads,
            stages: tally.by_status.iter().map(stage).collect(),
            score: tally.score,
            hot: tally.hot,
            last_contacted_at: tally.last_contacted,
            updated_at: Some(tally.updated),
        }
    }
}

impl CompanyRowView {
    pub fn of(tally: &CompanyTally, record: Option<&CompanyRecord>) -> Self {
        Self {
            domain: tally.domain.clone(),
            name: name(&tally.domain, record, Some(tally)),
            owner: record.and_then(|record| record.owner.clone()),
            parent: record.and_then(|record| record.parent.as_ref()).map(|parent| parent.as_str().to_owned()),
            numbers: CompanyNumbers::of(tally),
        }
    }
}

/// The name to show.
pub fn name(domain: &str, record: Option<&CompanyRecord>, tally: Option<&CompanyTally>) -> String {
    let given = record.and_then(|record| record.name.clone());
    given.or_else(|| tally?.name.clone()).unwrap_or_else(|| domain.to_owned())
}

/// Reads the domain of a company out of a path: 404 for a text that is none.
pub fn domain_of(text: &str) -> ApiResult<DomainName> {
    let domain = DomainName::parse(text).map_err(|_| ApiError::not_found("company"))?;
    if domain::contact::email_address::is_free_mail(domain.as_str()) {
        return Err(ApiError::not_found("company"));
    }
    Ok(domain)
}

/// What is noted about one company, if anything is.
pub async fn record_of(
    companies: &dyn CompanyStore,
    workspace: &WorkspaceId,
    domain: &DomainName,
) -> StoreResult<Option<CompanyRecord>> {
    Ok(companies.records(workspace, std::slice::from_ref(domain)).await?.pop())
}

/// The companies above one, the nearest first; at most as many as there may be.
pub async fn parents_of(
    companies: &dyn CompanyStore,
    workspace: &WorkspaceId,
    domain: &DomainName,
) -> Result<Vec<DomainName>, StoreError> {
    let (mut above, mut at) = (Vec::new(), domain.clone());
    while above.len() < DEEPEST_PARENTS
        && let Some(parent) = record_of(companies, workspace, &at).await?.and_then(|record| record.parent)
    {
        // Two changes at the same moment can close a circle.
        if parent == *domain || above.contains(&parent) {
            break;
        }
        above.push(parent.clone());
        at = parent;
    }
    Ok(above)
}
