//! `PUT /api/settings/tracking/domain`: sets the workspace's tracking domain and looks at it at once.

use crate::App;
use crate::tracking_domain_view::TrackingDomainView;
use application::ports::workspaces::DomainTaken;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::workspace::tracking_domain::{DomainName, TrackingDomain};
use http_api::{ApiError, ApiResult, Caller, FieldError, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrackingDomain {
    /// A domain such as `go.acme.com`, without `https://`.
    domain: String,
}

/// New mails use the domain once it works. Links in mails that were sent with another domain need that domain's record.
#[utoipa::path(put, path = "/api/settings/tracking/domain", operation_id = "set_tracking_domain",
    request_body = NewTrackingDomain, responses((status = 200, body = TrackingDomainView)))]
pub async fn set_tracking_domain(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewTrackingDomain>,
) -> ApiResult<JsonBody<TrackingDomainView>> {
    let mut errors = FieldErrors::default();
    let name = DomainName::parse(&new.domain).map_err(|bad| bad.to_string()).and_then(|name| {
        let own = app.public_url.split("://").nth(1).and_then(|rest| rest.split([':', '/']).next());
        let is_the_apps = own.is_some_and(|host| host == name.as_str());
        let is_target = *name.as_str() == *app.tracking_target;
        if is_the_apps || is_target {
            Err("is the address of leadflow itself; take a name under your own domain".to_owned())
        } else {
            Ok(name)
        }
    });
    let name = errors.take("domain", name);
    errors.finish()?;
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let known = workspace.tracking.domain.as_ref().map(|domain| &domain.name);
    if let Some(name) = name.filter(|name| known != Some(name)) {
        if app.workspaces.is_domain_taken(&caller.workspace, &name).await? {
            return Err(taken());
        }
        let now = app.clock.now();
        let event = Event::new(EventKind::SettingsChanged, caller.actor(), now);
        let domain = Some(TrackingDomain::new(name, now));
        let set = app.workspaces.set_tracking_domain(workspace, domain, &event).await?;
        set.map_err(|DomainTaken| taken())?;
    }
    let workspace = app.look_at_domain(&caller).await?;
    Ok(JsonBody(app.tracking_domain_view(workspace)))
}

/// It does not tell which workspace has the domain.
fn taken() -> ApiError {
    let why = "is already used by another workspace of this installation; choose another name";
    let mut error = ApiError::conflict("domain_taken", format!("This domain {why}."));
    error.errors = vec![FieldError { field: "domain".to_owned(), detail: why.to_owned() }];
    error
}
