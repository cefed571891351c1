//! Effects and checks of a change by a user: the recorded status change, the listed opt-outs, the known owner.

use crate::App;
use application::StoreResult;
use application::lead::suppressing::suppress_scope;
use application::ports::leads::{Activity, ActivityKind};
use domain::UserId;
use domain::event::{Event, EventKind};
use domain::import::opt_out_columns::RowOptOuts;
use domain::lead::Lead;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::suppression::{FROM_API, SuppressionReason};
use http_api::{ApiError, ApiResult, Caller};

/// Adds a status change to the lead's timeline.
pub async fn note_status(app: &App, caller: &Caller, lead: &Lead, from: StageId) -> ApiResult<()> {
    if lead.status == from {
        return Ok(());
    }
    let activity = Activity {
        id: app.ids.next().to_string(),
        at: app.clock.now(),
        kind: ActivityKind::StatusChanged { from, to: lead.status, lost_reason: lead.lost_reason },
        actor: Some(caller.user_or_key()),
    };
    Ok(app.leads.put_activity(&caller.workspace, &lead.id, &activity).await?)
}

/// Tells on the timeline why a new lead is closed whose person has opted out as another lead.
pub async fn note_opted_out(app: &App, caller: &Caller, lead: &Lead) -> StoreResult<()> {
    let activity = Activity {
        id: format!("opt-out-{FROM_API}"),
        at: app.clock.now(),
        kind: ActivityKind::Suppressed { reason: SuppressionReason::OptedOut },
        actor: None,
    };
    app.leads.put_activity(&caller.workspace, &lead.id, &activity).await
}

/// Puts what is said of the lead on the suppression list, before its enrolments end or a campaign may find it.
pub async fn list_opt_outs(app: &App, caller: &Caller, (lead, says): (&Lead, RowOptOuts)) -> StoreResult<()> {
    let (by, now) = (caller.user_or_key(), app.clock.now());
    for entry in says.entries(lead, (FROM_API, Some(&by)), now) {
        let event = Event::new(EventKind::SuppressionAdded, caller.actor(), now).because(lead.id.as_str());
        suppress_scope(&app.suppressing, &entry, &event).await?;
    }
    Ok(())
}

impl App {
    /// Answers 422 unless the stage and the reason are the workspace's, and a lead that is moved to lost has a reason.
    /// `path` stands before the fields' names.
    pub async fn known_stage(
        &self,
        caller: &Caller,
        (status, lost_reason): (Option<StageId>, Option<LostReasonId>),
        path: &str,
    ) -> ApiResult<()> {
        if status.is_none() && lost_reason.is_none() {
            return Ok(());
        }
        let stages = self.stages.get(&caller.workspace).await?;
        if status.is_some_and(|status| stages.stage(status).is_none()) {
            return Err(ApiError::invalid(
                format!("{path}status"),
                "there is no such stage in this workspace",
            ));
        }
        let field = format!("{path}lost_reason");
        let ids: Vec<String> = stages.lost_reasons.iter().map(|reason| reason.id.to_string()).collect();
        let why = match (status, lost_reason) {
            (Some(StageId::LOST), None) => format!("say why the lead is lost: {}", ids.join(", ")),
            (Some(status), Some(_)) if status != StageId::LOST => "is for lost leads only".to_owned(),
            (_, Some(reason)) if stages.lost_reason(reason).is_none() => {
                format!("is none of {}", ids.join(", "))
            }
            _ => return Ok(()),
        };
        Err(ApiError::invalid(field, why))
    }

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
