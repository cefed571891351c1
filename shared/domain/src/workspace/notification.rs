//! A notification: something a user should know now.

use crate::ids::{LeadId, NotificationId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub workspace: WorkspaceId,
    /// The user it is for; without one every user of the workspace sees it.
    pub user: Option<UserId>,
    pub kind: NotificationKind,
    pub title: String,
    pub detail: String,
    pub lead: Option<LeadId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

impl Notification {
    /// Tells whether a user who does not see all leads may know of it: it is about a lead that the user sees, is addressed to
    /// the user and about no lead, or concerns the workspace's sending.
    pub fn is_known_to(&self, user: Option<&UserId>, sees: impl Fn(&LeadId) -> bool) -> bool {
        match &self.lead {
            Some(lead) => sees(lead),
            None => (self.user.is_some() && self.user.as_ref() == user) || self.kind.names_no_lead(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    HotLead,
    Reply,
    Payment,
    /// A payment failed after it had been promised, such as a direct debit.
    PaymentFailed,
    /// A customer asks the bank for a payment back, or the bank has decided.
    Dispute,
    /// A subscription is cancelled and still runs, or goes on after all.
    ChurnRisk,
    /// A meeting was booked, moved or called off by the lead.
    Meeting,
    ImportFinished,
    Health,
    /// A trigger rule of the workspace notified.
    Rule,
    /// One variant is ahead in an A/B test, and the others were paused.
    VariantAhead,
    /// A message that a user wrote cannot go out.
    NotSent,
    /// A month's cap of what look-ups and models cost is reached, or nearly.
    Spend,
    /// Late messages of a campaign wait for a user to decide whether they still go out.
    Late,
    /// A task or a follow-up of which its owner wants to be reminded.
    TaskDue,
}

impl NotificationKind {
    /// Tells whether notifications of this kind never name a lead.
    fn names_no_lead(self) -> bool {
        matches!(self, Self::Health | Self::Late | Self::Spend | Self::VariantAhead)
    }
}
