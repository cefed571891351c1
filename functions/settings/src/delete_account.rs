//! `DELETE /api/settings/accounts/{id}`: deletes an account. If campaigns use it, the first answer says
//! what becomes of their leads.

use crate::App;
use application::campaign::resume::{put_recovery_hint, schedule_campaigns_of_account};
use application::workspace::mailbox_push::end_notices;
use axum::extract::State;
use domain::AccountId;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::enrolment::pause::PausedScope;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// The most campaigns that the answer names.
const NAMED: usize = 3;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeleteAccountQuery {
    /// Deletes the account although campaigns use it: each has a setting for the leads of a deleted mailbox.
    #[serde(default)]
    anyway: bool,
}

#[utoipa::path(delete, path = "/api/settings/accounts/{id}", operation_id = "delete_account",
    params(("id" = AccountId, Path), DeleteAccountQuery), responses((status = 204)))]
pub async fn delete_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
    QueryOf(query): QueryOf<DeleteAccountQuery>,
) -> ApiResult<StatusCode> {
    let account = app.accounts.get(&caller.workspace, &id).await?;
    let mut users = app.campaigns.list(&caller.workspace).await?;
    users.retain(|campaign| {
        let open = matches!(campaign.state, CampaignState::Active | CampaignState::Paused);
        open && campaign.sends_by(&id)
    });
    if let Some(campaign) = users.iter().find(|campaign| !campaign.mailboxes.contains(&id)) {
        let detail =
            format!("The campaign “{}” sends from it. Choose another number there first.", campaign.name);
        return Err(ApiError::conflict("in_use", detail));
    }
    if !users.is_empty() && !query.anyway {
        return Err(ApiError::conflict("mailbox_in_use", describe_campaigns(&users)));
    }
    let now = app.clock.now();
    let event = Event::new(EventKind::AccountDeleted, caller.actor(), now);
    let mut in_case = None;
    if account.pause.is_some() {
        let account = PausedScope::Account(id.clone());
        in_case = Some(put_recovery_hint(&*app.due, &caller.workspace, account, now).await?);
    }
    end_notices(&app.grant_ports(), (&*app.mailbox_push, &*app.mailbox_readings), &account).await;
    app.breakers.forget(&caller.workspace, &id).await?;
    app.accounts.delete(&caller.workspace, &id, &event).await?;
    // No poll finds a mailbox that was switched off, so its reading is forgotten here.
    app.mailbox_readings.forget(&caller.workspace, &id).await?;
    // The account can no longer be resumed, so leads that wait for it are scheduled again.
    if let Some(in_case) = in_case {
        schedule_campaigns_of_account(&*app.campaigns, &*app.outbox, &caller.workspace, &id, None).await?;
        in_case.over(&*app.due).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Names the campaigns and what becomes of their leads: “2 campaigns send from it. “Spring”: leads it has
/// written to continue from another mailbox of the campaign. …”
fn describe_campaigns(users: &[Campaign]) -> String {
    let mut said = match users.len() {
        1 => "1 campaign sends from it.".to_owned(),
        more => format!("{more} campaigns send from it."),
    };
    for campaign in users.iter().take(NAMED) {
        let then = match campaign.when_mailbox_gone {
            WhenMailboxGone::Hold => "leads it has written to wait until it is back",
            WhenMailboxGone::Reassign => {
                "leads it has written to continue from another mailbox of the campaign"
            }
            WhenMailboxGone::Exit => "leads it has written to leave the sequence",
        };
        said.push_str(&format!(" “{}”: {then}.", campaign.name));
    }
    said
}
