//! `PATCH /api/companies/{domain}`: changes what is noted about a company; `null` clears a field, the others stay.

use crate::App;
use crate::company_view::{domain_of, parents_of, record_of};
use crate::get_company::{CompanyView, company_view};
use crate::lead_texts::Given;
use application::retry;
use axum::extract::State;
use domain::UserId;
use domain::contact::email_address::is_free_mail;
use domain::event::{Event, EventKind};
use domain::lead::company::{CompanyRecord, LONGEST_COMPANY_NAME, LONGEST_COMPANY_NOTE, check_parent};
use domain::workspace::tracking_domain::DomainName;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyRecordChanges {
    /// The name to show; without one, the name that its people have.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    name: Given<String>,
    /// The domain of the company that owns it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    parent: Given<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<UserId>)]
    owner: Given<UserId>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    note: Given<String>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/companies/{domain}", operation_id = "change_company",
    params(("domain" = String, Path)), request_body = CompanyRecordChanges,
    responses((status = 200, body = CompanyView)))]
pub async fn change_company(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(domain): PathOf<String>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<CompanyRecordChanges>,
) -> ApiResult<JsonBody<CompanyView>> {
    let domain = domain_of(&domain)?;
    if let Some(Some(owner)) = &changes.owner {
        app.known_user(&caller, owner, "owner").await?;
    }
    let parent = new_parent(&app, &caller, &domain, &changes).await?;
    let workspace = &caller.workspace;
    let tally = app.lists.company(workspace, domain.as_str()).await?;
    let changed = retry!(async {
        let now = app.clock.now();
        let known = record_of(&*app.companies, workspace, &domain).await?;
        if known.is_none() && tally.is_none() {
            return Ok(Err(ApiError::not_found("company")));
        }
        let mut record =
            known.unwrap_or_else(|| CompanyRecord::blank(workspace.clone(), domain.clone(), now));
        if let Err(stale) = if_match.check(changes.rev, record.rev) {
            return Ok(Err(stale));
        }
        let mut errors = FieldErrors::default();
        if let Some(name) = changes.name.clone() {
            record.name = errors.text("name", name, LONGEST_COMPANY_NAME);
        }
        if let Some(note) = changes.note.clone() {
            record.note = errors.text("note", note, LONGEST_COMPANY_NOTE);
        }
        if let Err(faults) = errors.finish() {
            return Ok(Err(faults));
        }
        if changes.parent.is_some() {
            record.parent = parent.clone();
        }
        if let Some(owner) = changes.owner.clone() {
            record.owner = owner;
        }
        record.updated_at = now;
        let event = Event::new(EventKind::CompanyChanged, caller.actor(), now);
        record.rev = app.companies.save_record(&record, &event).await?;
        Ok(Ok(record))
    });
    let record = changed??;
    Ok(JsonBody(company_view(&app, workspace, (domain, Some(record), tally)).await?))
}

/// Reads the new parent, and checks that the companies above each other stay a chain without a circle.
async fn new_parent(
    app: &App,
    caller: &Caller,
    domain: &DomainName,
    changes: &CompanyRecordChanges,
) -> ApiResult<Option<DomainName>> {
    let Some(Some(text)) = &changes.parent else { return Ok(None) };
    let parent = DomainName::parse(text).map_err(|bad| ApiError::invalid("parent", bad.to_string()))?;
    if is_free_mail(parent.as_str()) {
        return Err(ApiError::invalid("parent", "is a free mail domain, not a company's"));
    }
    let above = parents_of(&*app.companies, &caller.workspace, &parent).await?;
    check_parent(domain, &parent, &above).map_err(|bad| ApiError::invalid("parent", bad.to_string()))?;
    Ok(Some(parent))
}
