//! The answer if an address belongs to another lead already.

use crate::App;
use domain::LeadId;
use domain::WorkspaceId;
use http_api::{ApiError, FieldError};

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
