//! What follows a change made by a person: the status on record, sequences that end with it.

use crate::App;
use application::leads::{Activity, ActivityKind};
use domain::UserId;
use domain::enrolment::EndReason;
use domain::event::Event;
use domain::lead::{Lead, LeadStatus};
use http_api::{ApiError, ApiResult, Caller};

#[derive(Debug, Clone, Copy)]
pub struct StatusChange {
    pub from: LeadStatus,
    pub to: LeadStatus,
    /// The request names it, whether or not that changes anything.
    pub asked: bool,
}

/// Records a status change; a lead that was won, lost or excluded leaves every sequence.
pub async fn after_status(
    app: &App,
    caller: &Caller,
    lead: &Lead,
    change: StatusChange,
    excluded: bool,
) -> ApiResult<()> {
    let now = app.clock.now();
    let moved = change.from != change.to;
    if moved {
        let activity = Activity {
            id: app.ids.next().to_string(),
            at: now,
            kind: ActivityKind::StatusChanged { from: change.from, to: change.to },
            actor: Some(caller.user.clone()),
        };
        app.leads.put_activity(&caller.workspace, &lead.id, &activity).await?;
    }
    // Of a repeat of what broke off before they were taken out.
    let ends = moved || change.asked && !lead.active.is_empty();
    let reason = match change.to {
        _ if excluded => EndReason::Suppressed,
        LeadStatus::Won if ends => EndReason::Won,
        LeadStatus::Lost if ends => EndReason::Removed,
        _ => return Ok(()),
    };
    let event = Event::new("lead_stopped", caller.actor(), now);
    app.enrolments.stop(&caller.workspace, &lead.id, reason, &event).await?;
    Ok(())
}

impl App {
    /// 422 on `field` unless this is a user of the caller's workspace.
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
