//! Effects and checks of a change by a user: the recorded status change, the known owner.

use crate::App;
use application::ports::leads::{Activity, ActivityKind};
use domain::UserId;
use domain::lead::{Lead, LeadStatus};
use http_api::{ApiError, ApiResult, Caller};

/// Adds a status change to the lead's timeline.
pub async fn note_status(app: &App, caller: &Caller, lead: &Lead, from: LeadStatus) -> ApiResult<()> {
    if lead.status == from {
        return Ok(());
    }
    let activity = Activity {
        id: app.ids.next().to_string(),
        at: app.clock.now(),
        kind: ActivityKind::StatusChanged { from, to: lead.status },
        actor: Some(caller.user_or_key()),
    };
    Ok(app.leads.put_activity(&caller.workspace, &lead.id, &activity).await?)
}

impl App {
    /// Answers 422 on `field` unless this is a user of the caller's workspace.
    pub async fn known_user(&self, caller: &Caller, user: &UserId, field: &str) -> ApiResult<()> {
        match self.users.get(&caller.workspace, user).await {
            Ok(_) => Ok(()),
            Err(application::StoreError::NotFound) => {
                Err(ApiError::invalid(field, "there is no such user in this workspace"))
            }
            Err(other) => Err(other.into()),
        }
    }
}
