//! `GET /api/leads`: one page of the leads that match.

use crate::App;
use application::ports::leads::{LeadQuery, LeadRow, LeadSort};
use axum::extract::State;
use domain::contact::country::Country;
use domain::lead::filter::{LONGEST_RULE, LeadFilter};
use domain::lead::list_view::MOST_COLUMNS;
use domain::lead::segment::{ListField, SegmentRule, is_custom};
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::{Priority, Temperature};
use domain::{CampaignId, LeadId, SegmentId, UserId};
use http_api::{
    ApiError, ApiResult, Caller, FieldErrors, JsonBody, PageQuery, QueryOf, axum, json_parameter, utoipa,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Several values of one filter are separated by commas, or given as JSON (`["a, b","c"]`) where one has a comma. They
/// are combined with OR; filters are combined with AND.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LeadListQuery {
    /// Words in name, company, e-mail, phone or city.
    q: Option<String>,
    status: Option<String>,
    temperature: Option<String>,
    priority: Option<String>,
    /// A user's id, or `none`.
    owner: Option<String>,
    country: Option<String>,
    category: Option<String>,
    tag: Option<String>,
    campaign: Option<String>,
    /// Domains of companies: leads with an address there.
    company_domain: Option<String>,
    /// A segment's id.
    segment: Option<String>,
    /// A rule as JSON, such as `{"if":{"field":"city","is":["Bonn"]}}`, at most 4,000 characters.
    rule: Option<String>,
    /// The names of at most 30 fields whose values `fields` of each row has: `job_title,custom.Seats`, or as JSON
    /// (`["custom.Seats, paid"]`) where a name has a comma. A custom field that does not exist has no value.
    columns: Option<String>,
    /// The name of a field: `created` (if left out), `updated`, `name`, `company`, `score`, `status`, `follow_up`,
    /// `last_contacted` or any other that rules know, such as `custom.Seats`, `fit` (with the main ICP) or `fit:` and an
    /// ICP's id.
    sort: Option<String>,
    /// `asc` or `desc`; if left out, `desc` for times and score.
    order: Option<String>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Leads that the caller has seen newer than the list may have them, which is up to two seconds behind: `id:rev`,
    /// separated by commas, at most 100. They are shown no older than that.
    seen: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadRowView {
    pub id: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
    pub country: Option<Country>,
    pub category: Option<String>,
    pub zone: Option<String>,
    pub status: StageId,
    /// Since when the lead is in its stage.
    pub stage_since: Timestamp,
    pub lost_reason: Option<LostReasonId>,
    pub priority: Priority,
    pub do_not_contact: bool,
    /// Whether a message of the lead may be an opt-out and no user has decided yet.
    pub possible_opt_out: bool,
    pub owner: Option<UserId>,
    pub tags: Vec<String>,
    pub score: u8,
    pub temperature: Temperature,
    pub active: Vec<CampaignId>,
    pub follow_up_at: Option<Timestamp>,
    pub last_contacted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
    /// The values of the asked columns that are not above: texts, numbers, or lists of texts; absent where the lead has
    /// none.
    pub fields: BTreeMap<String, Value>,
}

/// A page of leads.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadList {
    pub items: Vec<LeadRowView>,
    /// The cursor of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The number of leads on all pages.
    pub total: usize,
    /// The time up to which the list has what others changed. It is absent unless the list is more than ten seconds behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
}

#[utoipa::path(get, path = "/api/leads", operation_id = "list_leads", params(LeadListQuery),
    responses((status = 200, body = LeadList)))]
pub async fn list_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<LeadListQuery>,
) -> ApiResult<JsonBody<LeadList>> {
    let query = query_of(&query, app.clock.now())?;
    let page = app.lists.page(&caller.workspace, caller.leads(), &query);
    let (found, as_of) = tokio::join!(page, app.lists.as_of());
    let found = found.map_err(|error| ApiError::of_query(error, "query"))?;
    let items = found.leads.into_iter().map(LeadRowView::from).collect();
    Ok(JsonBody(LeadList { items, next_cursor: found.next_cursor, total: found.total, as_of }))
}

impl LeadListQuery {
    /// Whether the caller leaves the order to the route.
    pub fn names_no_sort(&self) -> bool {
        self.sort.as_deref().unwrap_or_default().is_empty()
    }
}

/// Reads the query; answers 422 with every parameter that cannot be read.
pub fn query_of(asked: &LeadListQuery, now: Timestamp) -> ApiResult<LeadQuery> {
    let page = PageQuery { limit: asked.limit, cursor: asked.cursor.clone() }.parse()?;
    let mut errors = FieldErrors::default();
    let seen = errors.take("query.seen", seen(asked.seen.as_deref())).unwrap_or_default();
    let filter = filter(asked, &mut errors);
    let sort = errors.take("query.sort", sort(asked.sort.as_deref())).unwrap_or_default();
    let descending = match asked.order.as_deref() {
        None | Some("") => {
            matches!(sort, LeadSort::Created | LeadSort::Updated | LeadSort::Score | LeadSort::LastContacted)
        }
        Some("asc") => false,
        Some("desc") => true,
        Some(_) => {
            errors.add("query.order", "must be asc or desc");
            false
        }
    };
    let columns = errors.take("query.columns", columns(asked.columns.as_deref())).unwrap_or_default();
    errors.finish()?;
    let query = LeadQuery::of(&filter, page.limit, page.cursor, now);
    Ok(LeadQuery { sort, descending, seen, columns, ..query })
}

/// Reads the names of columns. A custom field may have been deleted while a view still shows its column.
fn columns(text: Option<&str>) -> Result<Vec<String>, String> {
    let names = several(text)?;
    if names.len() > MOST_COLUMNS {
        return Err(format!("are at most {MOST_COLUMNS}"));
    }
    match names.iter().find(|name| !ListField::is_fixed(name) && !is_custom(name)) {
        Some(unknown) => Err(format!("names '{unknown}', which is not a field")),
        None => Ok(names),
    }
}

fn rule(errors: &mut FieldErrors, text: Option<&str>) -> Option<SegmentRule> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    if text.chars().count() > LONGEST_RULE {
        errors.add("query.rule", "is at most 4,000 characters");
        return None;
    }
    json_parameter(errors, "query.rule", text)
}

/// The most leads that a caller names with the revisions that it has seen.
pub const MOST_SEEN: usize = 100;

fn seen(text: Option<&str>) -> Result<Vec<(LeadId, u64)>, &'static str> {
    let pairs = text.unwrap_or_default().split(',').filter(|pair| !pair.is_empty());
    let read = |pair: &str| {
        let (id, rev) = pair.split_once(':')?;
        Some((LeadId::parse(id).ok()?, rev.parse().ok()?))
    };
    let seen: Option<Vec<(LeadId, u64)>> = pairs.map(read).collect();
    let seen = seen.ok_or("is not a list of id:rev")?;
    if seen.len() > MOST_SEEN { Err("has more than 100 entries") } else { Ok(seen) }
}

fn filter(query: &LeadListQuery, errors: &mut FieldErrors) -> LeadFilter {
    let owner = query.owner.as_deref().filter(|owner| !owner.is_empty());
    let unowned = owner == Some("none");
    LeadFilter {
        q: query.q.clone().filter(|q| !q.trim().is_empty()),
        status: values::<StageId>(errors, "query.status", query.status.as_deref()),
        temperature: values::<Temperature>(errors, "query.temperature", query.temperature.as_deref()),
        priority: values::<Priority>(errors, "query.priority", query.priority.as_deref()),
        owner: owner.filter(|_| !unowned).and_then(|id| errors.take("query.owner", UserId::parse(id))),
        unowned,
        country: values::<Country>(errors, "query.country", query.country.as_deref()),
        category: values::<String>(errors, "query.category", query.category.as_deref()),
        tag: values::<String>(errors, "query.tag", query.tag.as_deref()),
        campaign: query
            .campaign
            .as_deref()
            .filter(|id| !id.is_empty())
            .and_then(|id| errors.take("query.campaign", CampaignId::parse(id))),
        segment: query
            .segment
            .as_deref()
            .filter(|id| !id.is_empty())
            .and_then(|id| errors.take("query.segment", SegmentId::parse(id))),
        rule: rule(errors, query.rule.as_deref()),
        company_domain: values::<String>(errors, "query.company_domain", query.company_domain.as_deref()),
    }
}

fn values<T: DeserializeOwned>(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Vec<T> {
    let parts = errors.take(field, several(text)).unwrap_or_default();
    let parsed = parts.into_iter().map(|part| serde_json::from_value(Value::String(part)));
    parsed.filter_map(|value| errors.take(field, value)).collect()
}

/// Reads several texts: between commas, or as JSON where one of them has a comma.
fn several(text: Option<&str>) -> Result<Vec<String>, &'static str> {
    let text = text.unwrap_or_default();
    let texts: Vec<String> = match text.starts_with('[') {
        true => serde_json::from_str(text).map_err(|_| "is no list of texts as JSON")?,
        false => text.split(',').map(|part| part.trim().to_owned()).collect(),
    };
    Ok(texts.into_iter().filter(|part| !part.is_empty()).collect())
}

fn sort(text: Option<&str>) -> Result<LeadSort, &'static str> {
    Ok(match text.unwrap_or("") {
        "" | "created" => LeadSort::Created,
        "updated" => LeadSort::Updated,
        "name" => LeadSort::Name,
        "company" => LeadSort::Company,
        "score" => LeadSort::Score,
        "status" => LeadSort::Status,
        "follow_up" => LeadSort::FollowUp,
        "last_contacted" => LeadSort::LastContacted,
        name if ListField::is_fixed(name) || is_custom(name) => LeadSort::Field(name.to_owned()),
        _ => return Err("is not a column that leads can be sorted by"),
    })
}

impl From<LeadRow> for LeadRowView {
    fn from(row: LeadRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            company: row.company,
            email: row.email,
            phone: row.phone,
            city: row.city,
            country: row.country,
            category: row.category,
            zone: row.zone,
            status: row.status,
            stage_since: row.stage_since,
            lost_reason: row.lost_reason,
            priority: row.priority,
            do_not_contact: row.do_not_contact,
            possible_opt_out: row.possible_opt_out,
            owner: row.owner,
            tags: row.tags,
            score: row.score,
            temperature: row.temperature,
            active: row.active,
            follow_up_at: row.follow_up_at,
            last_contacted_at: row.last_contacted_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            rev: row.rev,
            fields: row.fields,
        }
    }
}
