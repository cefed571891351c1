//! `GET /api/companies/{domain}`: one company, with the numbers of its people and what they have paid. Its people are the
//! leads with `company_domain` set to it.

use crate::App;
use crate::company_view::{CompanyNumbers, domain_of, name, parents_of, record_of};
use application::lead::list::CompanyTally;
use application::ports::store::PageRequest;
use axum::extract::State;
use domain::contact::email_address::EmailAddress;
use domain::lead::company::CompanyRecord;
use domain::lead::suppression::SuppressionScope;
use domain::money::{Currency, Money, Sums};
use domain::revenue::Client;
use domain::workspace::tracking_domain::DomainName;
use domain::{UserId, WorkspaceId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CompanyView {
    /// The domain of its people's addresses.
    pub domain: String,
    /// The name to show: the given one, else the one that its people have, else the domain.
    pub name: String,
    /// The name that a user has given to it.
    pub given_name: Option<String>,
    pub owner: Option<UserId>,
    pub note: Option<String>,
    /// The companies above it, the nearest first.
    pub parents: Vec<CompanyName>,
    #[serde(flatten)]
    pub numbers: CompanyNumbers,
    /// Since when nobody at the company may be mailed, because its domain is on the suppression list.
    pub suppressed_since: Option<Timestamp>,
    /// Until when its people are not written to, because one of them has replied.
    pub held_until: Option<Timestamp>,
    pub revenue: CompanyRevenue,
    pub rev: u64,
}

/// A company's domain and its name to show.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CompanyName {
    pub domain: String,
    pub name: String,
}

/// What a company's people have paid.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct CompanyRevenue {
    pub clients: usize,
    /// One amount for each currency.
    pub collected: Vec<CompanyAmount>,
    /// The monthly recurring revenue, one amount for each currency.
    pub mrr: Vec<CompanyAmount>,
    /// Whether there are more clients than were looked at.
    pub is_partial: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CompanyAmount {
    pub amount_minor: i64,
    pub currency: Currency,
}

impl From<Money> for CompanyAmount {
    fn from(money: Money) -> Self {
        Self { amount_minor: money.amount_minor, currency: money.currency }
    }
}

/// The pages of clients that are looked at.
const MOST_PAGES: usize = 10;

#[utoipa::path(get, path = "/api/companies/{domain}", operation_id = "get_company",
    params(("domain" = String, Path)), responses((status = 200, body = CompanyView)))]
pub async fn get_company(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(domain): PathOf<String>,
) -> ApiResult<JsonBody<CompanyView>> {
    let domain = domain_of(&domain)?;
    let record = record_of(&*app.companies, &caller.workspace, &domain).await?;
    let tally = app.lists.company(&caller.workspace, domain.as_str()).await?;
    if record.is_none() && tally.is_none() {
        return Err(ApiError::not_found("company"));
    }
    Ok(JsonBody(company_view(&app, &caller.workspace, (domain, record, tally)).await?))
}

pub async fn company_view(
    app: &App,
    workspace: &WorkspaceId,
    (domain, record, tally): (DomainName, Option<CompanyRecord>, Option<CompanyTally>),
) -> ApiResult<CompanyView> {
    let above = parents_of(&*app.companies, workspace, &domain).await?;
    let known = app.companies.records(workspace, &above).await?;
    let parents = above.into_iter().map(|parent| {
        let record = known.iter().find(|record| record.domain == parent);
        CompanyName { name: name(parent.as_str(), record, None), domain: parent.as_str().to_owned() }
    });
    let parents = parents.collect();
    let scope = SuppressionScope::Domain(domain.as_str().to_owned());
    let now = app.clock.now();
    let listed = app.enrolling.suppressions.find(workspace, &[scope]).await?;
    let listed = listed.into_iter().find(|entry| entry.in_force(now));
    let holds = app.companies.find(workspace, &[domain.as_str()]).await?;
    let held_until = holds.into_iter().map(|hold| hold.until).find(|until| *until > now);
    let shown = name(domain.as_str(), record.as_ref(), tally.as_ref());
    let revenue = revenue_of(app, workspace, &domain).await?;
    let record = record.unwrap_or_else(|| CompanyRecord::blank(workspace.clone(), domain, now));
    Ok(CompanyView {
        domain: record.domain.as_str().to_owned(),
        name: shown,
        given_name: record.name,
        owner: record.owner,
        note: record.note,
        parents,
        numbers: tally.as_ref().map(CompanyNumbers::of).unwrap_or_default(),
        suppressed_since: listed.map(|entry| entry.created_at),
        held_until,
        revenue,
        rev: record.rev,
    })
}

/// Adds up what clients with an address at the company have paid.
async fn revenue_of(app: &App, workspace: &WorkspaceId, domain: &DomainName) -> ApiResult<CompanyRevenue> {
    let is_there = |client: &Client| {
        let email = client.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        email.is_some_and(|email| email.company_domain() == Some(domain.as_str()))
    };
    let (mut collected, mut mrr) = (Sums::default(), Sums::default());
    let (mut clients, mut cursor) = (0, None);
    for _ in 0..MOST_PAGES {
        let page = app.revenue.clients(workspace, PageRequest { limit: 200, cursor }).await?;
        for client in page.items.iter().filter(|client| is_there(client)) {
            clients += 1;
            client.collected.iter().for_each(|money| collected.add(money));
            client.mrr.iter().for_each(|money| mrr.add(money));
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let amounts = |sums: &Sums| sums.iter().map(CompanyAmount::from).collect();
    let (collected, mrr) = (amounts(&collected), amounts(&mrr));
    Ok(CompanyRevenue { clients, collected, mrr, is_partial: cursor.is_some() })
}
