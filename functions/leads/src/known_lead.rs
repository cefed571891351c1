//! The answers about leads that are known and cannot be had: an address belongs to another lead already, or the lead is
//! deleted.

use crate::App;
use application::StoreError;
use application::ports::store::found;
use domain::LeadId;
use domain::WorkspaceId;
use domain::lead::Lead;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldError};
use jiff::Timestamp;

/// A 409 that names the lead with this address, which may be deleted: then it can be restored instead. A lead that the
/// caller does not see is not named.
pub async fn known_lead(app: &App, caller: &Caller, known: &LeadId, field: &str) -> ApiError {
    let lead = app.deletion.leads.get(&caller.workspace, known).await.ok();
    if !caller.leads().sees(lead.as_ref().and_then(|lead| lead.owner.as_ref())) {
        let detail = "A colleague's lead has this address or number already.";
        let mut error = ApiError::conflict("colleagues_lead", detail);
        error.errors =
            vec![FieldError { field: field.to_owned(), detail: "belongs to a colleague's lead".to_owned() }];
        return error;
    }
    // The address may be that of a lead that was merged into this one.
    let known = lead.as_ref().map_or(known, |lead| &lead.id);
    let name =
        lead.as_ref().map_or_else(|| known.to_string(), |lead| format!("{} ({known})", lead.display_name()));
    let mut error = match lead.as_ref().and_then(|lead| until(lead, app.clock.now())) {
        Some(until) => {
            let detail = format!(
                "{name} has this address or number already, and is deleted. It can be restored until {until}."
            );
            ApiError::conflict("duplicate_deleted_lead", detail)
        }
        None => ApiError::conflict("duplicate_lead", format!("{name} has this address or number already.")),
    };
    error.errors = vec![
        FieldError { field: field.to_owned(), detail: "belongs to another lead".to_owned() },
        FieldError { field: "lead_id".to_owned(), detail: known.to_string() },
    ];
    error.existing(known)
}

/// Answers 409 if the lead's second address is another lead's first one: an answer from there is that lead's.
pub async fn refuse_known_second(app: &App, caller: &Caller, lead: &Lead) -> ApiResult<()> {
    let Some(email) = &lead.second_email else { return Ok(()) };
    match app.leads.find_by_email(&lead.workspace, email).await? {
        Some(known) if known != lead.id && !lead.absorbed.contains(&known) => {
            Err(known_lead(app, caller, &known, "second_email").await)
        }
        _ => Ok(()),
    }
}

/// Answers 409 where the lead that was found is not the one asked for, but the one that it was merged into.
pub fn refuse_if_merged(asked_for: &LeadId, found: Option<&Lead>) -> ApiResult<()> {
    match found {
        Some(lead) if lead.id != *asked_for => {
            let name = lead.display_name();
            let detail = format!("The lead was merged into {name} ({}). Open that one instead.", lead.id);
            let mut error = ApiError::conflict("merged", detail);
            error.errors = vec![FieldError { field: "lead_id".to_owned(), detail: lead.id.to_string() }];
            Err(error.existing(&lead.id))
        }
        _ => Ok(()),
    }
}

/// The 404 for a lead that is not there, or is deleted: then it says until when it can be restored.
pub async fn missing_lead(app: &App, workspace: &WorkspaceId, id: &LeadId) -> ApiError {
    let lead = match found(app.deletion.leads.get(workspace, id).await) {
        Ok(lead) => lead,
        Err(error) => return error.into(),
    };
    match lead.as_ref().and_then(|lead| Some((lead, until(lead, app.clock.now())?))) {
        Some((lead, until)) => {
            let detail = format!("{} is deleted. It can be restored until {until}.", lead.display_name());
            ApiError::new(StatusCode::NOT_FOUND, "lead_deleted", detail)
        }
        None => StoreError::NotFound.into(),
    }
}

/// The day until which the lead can be restored, if it is deleted.
fn until(lead: &Lead, now: Timestamp) -> Option<String> {
    let deletion = lead.deleted.as_ref().filter(|deletion| !deletion.may_be_erased(now))?;
    Some(deletion.erased_from().strftime("%Y-%m-%d").to_string())
}
