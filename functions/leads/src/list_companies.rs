//! `GET /api/companies`: the companies that leads work at, by the domains of their addresses.

use crate::App;
use crate::company_view::CompanyRowView;
use application::lead::list::{CompanyQuery, CompanySort, CompanyTally};
use axum::extract::State;
use domain::workspace::tracking_domain::DomainName;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompanyListQuery {
    /// A part of the name that its people have, or of the domain.
    q: Option<String>,
    /// `leads` (if left out), `domain`, `name`, `won`, `score`, `last_contacted`.
    sort: Option<String>,
    /// `asc` or `desc`; if left out, `asc` for domain and name.
    order: Option<String>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The longest part of a name that is looked for.
const LONGEST_SEARCH: usize = 200;

#[utoipa::path(get, path = "/api/companies", operation_id = "list_companies", params(CompanyListQuery),
    responses((status = 200, body = PageBody<CompanyRowView>)))]
pub async fn list_companies(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<CompanyListQuery>,
) -> ApiResult<JsonBody<PageBody<CompanyRowView>>> {
    let query = query_of(query)?;
    let found = app.lists.companies(&caller.workspace, &query).await?;
    let domains: Vec<DomainName> =
        found.companies.iter().filter_map(|company| DomainName::parse(&company.domain).ok()).collect();
    let records = app.companies.records(&caller.workspace, &domains).await?;
    let row = |company: &CompanyTally| {
        let record = records.iter().find(|record| record.domain.as_str() == company.domain);
        CompanyRowView::of(company, record)
    };
    let items = found.companies.iter().map(row).collect();
    Ok(JsonBody(PageBody { items, next_cursor: found.next_cursor, total: Some(found.total) }))
}

fn query_of(asked: CompanyListQuery) -> ApiResult<CompanyQuery> {
    let page = PageQuery { limit: asked.limit, cursor: asked.cursor }.parse()?;
    let mut errors = FieldErrors::default();
    let q = errors.text("query.q", asked.q, LONGEST_SEARCH);
    let sort = match asked.sort.as_deref().unwrap_or_default() {
        "" | "leads" => CompanySort::Leads,
        "domain" => CompanySort::Domain,
        "name" => CompanySort::Name,
        "won" => CompanySort::Won,
        "score" => CompanySort::Score,
        "last_contacted" => CompanySort::LastContacted,
        _ => {
            errors.add("query.sort", "is not a column that companies can be sorted by");
            CompanySort::Leads
        }
    };
    let descending = match asked.order.as_deref().unwrap_or_default() {
        "" => !matches!(sort, CompanySort::Domain | CompanySort::Name),
        "asc" => false,
        "desc" => true,
        _ => {
            errors.add("query.order", "must be asc or desc");
            false
        }
    };
    errors.finish()?;
    Ok(CompanyQuery { q, sort, descending, limit: page.limit, cursor: page.cursor })
}
