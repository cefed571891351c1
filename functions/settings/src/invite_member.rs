//! `POST /api/team`: invites a user. The link is returned once, and mailed where the installation has a
//! sender of its own.

use crate::App;
use crate::invitation_view::{InvitationView, NotMailed, OfferedInvitation};
use application::identity::invitations::{create_invitation, invitation_link};
use application::ports::outbox::send_all;
use application::ports::sign_up_rule::SignUpRule;
use application::queue_messages::SendMessage;
use application::sending::INVITED;
use application::workspace::quotas::WorkspaceQuotas;
use axum::extract::State;
use domain::InvitationId;
use domain::contact::email_address::EmailAddress;
use domain::workspace::invitation::Invitation;
use domain::workspace::user::Role;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    email: String,
    name: String,
    /// The invited user's role, at most the caller's own.
    role: Role,
}

#[utoipa::path(post, path = "/api/team", operation_id = "invite_member", request_body = NewMember,
    responses((status = 201, body = OfferedInvitation)))]
pub async fn invite_member(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewMember>,
) -> ApiResult<(StatusCode, JsonBody<OfferedInvitation>)> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", EmailAddress::parse(&new.email));
    let name = errors.required("name", &new.name, 120);
    if new.role > caller.signed_in()?.role {
        errors.add("role", "is above your own");
    }
    errors.finish()?;
    caller.demand_proof().await?;
    let email = email.ok_or_else(|| ApiError::internal("a missing address is an error above"))?;
    let login = app.logins.by_email(&email).await?;
    if let Some(member) = login.as_ref().and_then(|login| login.membership(&caller.workspace)) {
        return Err(ApiError::invalid("email", "is in this team already").existing(&member.user));
    }
    let now = app.clock.now();
    let open = app.users.invitations(&caller.workspace).await?;
    if let Some(known) = open.iter().find(|known| known.email == email && known.expires_at > now) {
        let detail = "is already invited: send the invitation again, or revoke it first";
        return Err(ApiError::invalid("email", detail).existing(&known.id));
    }
    let invitation = Invitation {
        id: InvitationId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        email,
        name,
        role: new.role,
        invited_by: caller.signed_in()?.user.clone(),
        offers_ended: None,
        token_hash: String::new(),
        created_at: now,
        expires_at: now,
        rev: 0,
    };
    Ok((StatusCode::CREATED, JsonBody(app.send_invitation(invitation, &caller).await?)))
}

impl App {
    /// Creates the invitation's link, and mails it if the installation has a sender of its own. A mailbox of the
    /// workspace never sends it: its readers would accept in the invited user's name.
    pub(crate) async fn send_invitation(
        &self,
        mut invitation: Invitation,
        caller: &Caller,
    ) -> ApiResult<OfferedInvitation> {
        let now = self.clock.now();
        let quotas = WorkspaceQuotas::of(self.sign_up_rule);
        let taken = quotas.take_invitation(&*self.limits, &invitation.workspace, now).await?;
        taken.map_err(|reached| ApiError::quota_reached(reached, "invitations"))?;
        let by = (caller.actor(), now);
        let token = create_invitation(&*self.users, &*self.ids, &mut invitation, by).await?;
        let not_mailed_because = self.not_mailed_because(caller).await?;
        if not_mailed_because.is_none() {
            let order = SendMessage::Invitation { sealed: self.keys.seal(INVITED, &token), at: now };
            send_all(&*self.outbox, &[order], 0).await?;
        }
        let link = invitation_link(&self.public_url, &token);
        let invitation = InvitationView::from(invitation);
        Ok(OfferedInvitation { invitation, link, mailed: not_mailed_because.is_none(), not_mailed_because })
    }

    async fn not_mailed_because(&self, caller: &Caller) -> ApiResult<Option<NotMailed>> {
        if self.system_mail.address().is_none() {
            return Ok(Some(NotMailed::NoSender));
        }
        let login = self.logins.login(&caller.signed_in()?.login).await?;
        let is_proven = login.has_proven_address(self.sign_up_rule == SignUpRule::Open);
        Ok((!is_proven).then_some(NotMailed::AddressNotProven))
    }
}
