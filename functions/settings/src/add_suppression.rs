//! `POST /api/settings/suppressions`: suppresses an address, domain or number. Nothing is sent there any
//! more, and active enrolments of its lead end.

use crate::App;
use crate::suppression_view::{SuppressionKind, SuppressionView, scope};
use application::lead::suppressing::{own_addresses, suppress_foreign};
use application::ports::leads::Reached;
use axum::extract::State;
use domain::LeadId;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::workspace::api_key::ApiScope::SuppressionsRead;
use domain::workspace::own_addresses::OwnAddresses;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

pub(crate) const OWN: &str =
    "is the workspace's own: a mailbox, a number, a user's address, or one at a domain that it sends from";

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuppression {
    scope: SuppressionKind,
    /// An e-mail address, a domain, a number with its country code, or WhatsApp's id of a person.
    value: String,
    /// `manual` if left out.
    reason: Option<SuppressionReason>,
}

#[utoipa::path(post, path = "/api/settings/suppressions", operation_id = "add_suppression",
    request_body = NewSuppression, responses((status = 201, body = SuppressionView),
        (status = 200, description = "It was listed before, and this entry stands", body = SuppressionView)))]
pub async fn add_suppression(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewSuppression>,
) -> ApiResult<(StatusCode, JsonBody<SuppressionView>)> {
    let scope = scope(new.scope, &new.value)?;
    // Whether and why an address is listed is told only to callers who may read the list.
    let may_read = caller.may(SuppressionsRead);
    let reason = new.reason.unwrap_or(SuppressionReason::Manual);
    let known = app.suppressions.find(&caller.workspace, std::slice::from_ref(&scope)).await?;
    let is_listed = known.iter().any(|entry| entry.expires_at.is_none_or(|end| end > app.clock.now()));
    let own = own_addresses(&app.suppressing, &caller.workspace).await?;
    let suppression = app.suppress(&caller, &own, scope, reason).await?;
    let suppression = suppression.ok_or_else(|| ApiError::invalid("value", OWN))?;
    if !may_read {
        return Ok((StatusCode::CREATED, JsonBody(suppression.into())));
    }
    let status = if is_listed { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, JsonBody(app.standing(suppression).await?.into())))
}

impl App {
    /// Adds an entry of the caller's and ends the active enrolments of its leads; none if it is about the workspace itself.
    pub(crate) async fn suppress(
        &self,
        caller: &Caller,
        own: &OwnAddresses,
        scope: SuppressionScope,
        reason: SuppressionReason,
    ) -> ApiResult<Option<Suppression>> {
        let now = self.clock.now();
        let suppression = Suppression {
            workspace: caller.workspace.clone(),
            scope,
            reason,
            source: None,
            created_by: Some(caller.user_or_key()),
            created_at: now,
            expires_at: None,
            sign: None,
        };
        let event = Event::new(EventKind::SuppressionAdded, caller.actor(), now);
        if !suppress_foreign(&self.suppressing, own, &suppression, &event).await? {
            return Ok(None);
        }
        for lead in self.leads_of(caller, &suppression.scope).await? {
            let event = Event::new(EventKind::LeadStopped, caller.actor(), now);
            self.enrolments.stop(&caller.workspace, &lead, EndReason::Suppressed, &event).await?;
        }
        Ok(Some(suppression))
    }

    /// Returns the entry of this scope that the list has now: a known one stays, unless the new one weighs more.
    pub(crate) async fn standing(&self, added: Suppression) -> ApiResult<Suppression> {
        let scopes = std::slice::from_ref(&added.scope);
        let found = self.suppressions.find(&added.workspace, scopes).await?;
        // It may have been lifted since.
        Ok(found.into_iter().next().unwrap_or(added))
    }

    /// The leads with this address, number or id. A domain has none here: it is checked before each send.
    pub async fn leads_of(&self, caller: &Caller, scope: &SuppressionScope) -> ApiResult<Vec<LeadId>> {
        match scope {
            SuppressionScope::Email(value) => match EmailAddress::parse(value) {
                Ok(email) => {
                    Ok(self.leads.find_by_email(&caller.workspace, &email).await?.into_iter().collect())
                }
                Err(_) => Ok(Vec::new()),
            },
            SuppressionScope::Phone(value) => match PhoneNumber::try_from(value.clone()) {
                Ok(phone) => Ok(self.leads.find_by_phone(&caller.workspace, &phone).await?),
                Err(_) => Ok(Vec::new()),
            },
            SuppressionScope::ChatUser(value) => match ChatUser::parse(value) {
                Ok(user) => {
                    Ok(self.leads.find_by_former(&caller.workspace, Reached::ChatUser(&user)).await?)
                }
                Err(_) => Ok(Vec::new()),
            },
            SuppressionScope::Domain(_) => Ok(Vec::new()),
        }
    }
}
