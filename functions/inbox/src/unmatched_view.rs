//! A message that matches no lead, as the API shows it, and what is answered where a user has decided about it before.

use crate::App;
use application::inbox::quotations::{Quotations, QuotedLines};
use application::ports::store::found;
use domain::contact::channel::Channel;
use domain::message::understanding::Understanding;
use domain::message::unmatched::{UnmatchedReply, UnmatchedState};
use domain::{UnmatchedId, UserId};
use http_api::{ApiError, ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnmatchedView {
    pub id: UnmatchedId,
    pub channel: Channel,
    pub from: String,
    /// The sender's name as the mail states it; empty if it states none.
    pub from_name: String,
    pub subject: String,
    pub text: String,
    /// The lines of the text that quote another message, in their order.
    pub quoted: Vec<QuotedLines>,
    pub understood: Understanding,
    pub received_at: Timestamp,
}

impl From<UnmatchedReply> for UnmatchedView {
    fn from(reply: UnmatchedReply) -> Self {
        Self {
            id: reply.id,
            channel: reply.channel,
            from: reply.from,
            from_name: reply.from_name,
            subject: reply.subject,
            quoted: Quotations::default().of_text(&reply.text, reply.channel),
            text: reply.text,
            understood: reply.understood,
            received_at: reply.received_at,
        }
    }
}

impl App {
    pub(crate) async fn unmatched(&self, caller: &Caller, id: &UnmatchedId) -> ApiResult<UnmatchedReply> {
        let reply = found(self.conversations.unmatched_reply(&caller.workspace, id).await)?;
        reply.ok_or_else(|| ApiError::not_found("message"))
    }

    /// A 409 that says who was faster, and with what.
    pub(crate) async fn decided_before(&self, reply: &UnmatchedReply) -> ApiResult<ApiError> {
        let detail = match &reply.state {
            UnmatchedState::Linked(link) => {
                let lead = found(self.leads.get(&reply.workspace, &link.lead).await)?;
                let lead =
                    lead.map_or_else(|| "a lead that was deleted".to_owned(), |lead| lead.display_name());
                format!("{} has linked this message to {lead}.", self.user_name(reply, &link.by).await?)
            }
            UnmatchedState::Dismissed { by, .. } => {
                format!("{} has dismissed this message.", self.user_name(reply, by).await?)
            }
            UnmatchedState::Waiting {} => "This message waits again. Reload and try again.".to_owned(),
        };
        Ok(ApiError::conflict("decided_before", detail))
    }

    async fn user_name(&self, reply: &UnmatchedReply, user: &UserId) -> ApiResult<String> {
        let user = found(self.users.get(&reply.workspace, user).await)?;
        Ok(user.map_or_else(|| "A former team member".to_owned(), |user| user.name))
    }
}
