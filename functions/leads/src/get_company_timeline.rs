//! `GET /api/companies/{domain}/timeline`: what happened lately to the leads of a company, and what is planned for them.

use crate::App;
use crate::company_view::domain_of;
use crate::get_timeline::history;
use crate::timeline::{Happening, TimelineEntry};
use application::ports::leads::{LeadQuery, LeadSort};
use axum::extract::State;
use domain::LeadId;
use domain::lead::filter::LeadFilter;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::cmp::Reverse;
use std::sync::Arc;

/// The leads whose history is read: those that changed last.
const MOST_LEADS: usize = 20;

/// The most entries of the past.
const MOST_ENTRIES: usize = 200;

/// The most characters of a message's text: 200 whole mails can be larger than an answer may be.
const LONGEST_TEXT: usize = 2_000;

/// What is planned next comes first, then the newest entry.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CompanyTimeline {
    pub items: Vec<CompanyTimelineEntry>,
    /// The number of leads whose history is in it: those that changed last.
    pub leads: usize,
    /// The number of leads at the company.
    pub of: usize,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CompanyTimelineEntry {
    pub lead: LeadId,
    pub lead_name: String,
    #[serde(flatten)]
    pub entry: TimelineEntry,
}

#[utoipa::path(get, path = "/api/companies/{domain}/timeline", operation_id = "get_company_timeline",
    params(("domain" = String, Path)), responses((status = 200, body = CompanyTimeline)))]
pub async fn get_company_timeline(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(domain): PathOf<String>,
) -> ApiResult<JsonBody<CompanyTimeline>> {
    let domain = domain_of(&domain)?;
    let filter = LeadFilter { company_domain: vec![domain.as_str().to_owned()], ..LeadFilter::default() };
    let query = LeadQuery {
        sort: LeadSort::Updated,
        descending: true,
        ..LeadQuery::of(&filter, MOST_LEADS, None, app.clock.now())
    };
    let page = app.lists.page(&caller.workspace, caller.leads(), &query).await?;
    if page.leads.is_empty() {
        return Err(ApiError::not_found("company"));
    }
    let mut items = Vec::new();
    for row in &page.leads {
        let file = match app.leads.file(&caller.workspace, &row.id).await {
            Ok(file) => file,
            // It was deleted since the list was read.
            Err(application::StoreError::NotFound) => continue,
            Err(other) => return Err(other.into()),
        };
        let names = app.names_of_keys_in(&file).await?;
        let (lead, lead_name) = (file.lead.id.clone(), file.lead.display_name());
        let (entries, _) = history(&app, file, &names).await?;
        let entry = |entry| CompanyTimelineEntry { lead: lead.clone(), lead_name: lead_name.clone(), entry };
        items.extend(entries.into_iter().map(entry));
    }
    items.sort_by_key(|item| (!item.entry.planned, Reverse(item.entry.at)));
    let planned = items.iter().take_while(|item| item.entry.planned).count();
    items.truncate(planned + MOST_ENTRIES);
    for item in &mut items {
        if let Happening::Message { message } = &mut item.entry.what
            && let Some((end, _)) = message.text.char_indices().nth(LONGEST_TEXT)
        {
            message.text.truncate(end);
            message.text.push('…');
        }
    }
    Ok(JsonBody(CompanyTimeline { items, leads: page.leads.len(), of: page.total }))
}
