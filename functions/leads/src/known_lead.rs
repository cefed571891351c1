//! The answer if an address belongs to another lead already.

use crate::App;
use domain::LeadId;
use domain::WorkspaceId;
use domain::lead::Lead;
use http_api::{ApiError, ApiResult, FieldError};

/// A 409 that names the lead with this address.
pub async fn known_lead(app: &App, workspace: &WorkspaceId, known: &LeadId, field: &str) -> ApiError {
    let name = match app.leads.get(workspace, known).await {
        Ok(lead) => format!("{} ({known})", lead.display_name()),
        Err(_) => known.to_string(),
    };
    let detail = format!("{name} has this address or number already.");
    let mut error = ApiError::conflict("duplicate_lead", detail);
    error.errors = vec![
        FieldError { field: field.to_owned(), detail: "belongs to another lead".to_owned() },
        FieldError { field: "lead_id".to_owned(), detail: known.to_string() },
    ];
    error
}

/// Answers 409 if the lead's second address is another lead's first one: an answer from there is that lead's.
pub async fn refuse_known_second(app: &App, lead: &Lead) -> ApiResult<()> {
    let Some(email) = &lead.second_email else { return Ok(()) };
    match app.leads.find_by_email(&lead.workspace, email).await? {
        Some(known) if known != lead.id => {
            Err(known_lead(app, &lead.workspace, &known, "second_email").await)
        }
        _ => Ok(()),
    }
}
