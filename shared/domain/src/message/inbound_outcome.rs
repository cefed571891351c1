//! What became of something that arrived from a provider.

use crate::message::understanding::ReplyKind;

crate::codes! {
/// The fate of an inbound record as a whole.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InboundOutcome {
    /// It could not be handled yet and is tried again.
    Waiting = "waiting",
    /// Something of the workspace was changed by it, or is known by it.
    Filed = "filed",
    /// It is a message from someone who is no lead.
    Unmatched = "unmatched",
    /// It is about nothing that the workspace has.
    Ignored = "ignored",
    /// It is broken, or of a form that is not understood.
    Unreadable = "unreadable",
}
}

impl InboundOutcome {
    /// The outcome of what was handled and became these.
    pub fn of(became: &[Became]) -> Self {
        match became {
            [] => Self::Ignored,
            all if all.iter().all(|one| *one == Became::OwnCopy) => Self::Ignored,
            all if all.contains(&Became::Unmatched) => Self::Unmatched,
            _ => Self::Filed,
        }
    }

    /// Whether everything that it asks for was done once.
    pub fn is_handled(self) -> bool {
        matches!(self, Self::Filed | Self::Unmatched | Self::Ignored)
    }
}

crate::codes! {
/// One thing that an inbound record became.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Became {
    /// The status of a message of ours.
    MessageStatus = "message_status",
    Reply = "reply",
    OptOut = "opt_out",
    PossibleOptOut = "possible_opt_out",
    OutOfOffice = "out_of_office",
    /// An automatic reply of another kind.
    AutoReply = "auto_reply",
    LeftCompany = "left_company",
    Bounce = "bounce",
    Complaint = "complaint",
    /// A message to a lead that a user wrote outside this app.
    TakeOver = "take_over",
    /// A copy of a mail of ours.
    OwnCopy = "own_copy",
    /// An answer to a test message.
    TestAnswer = "test_answer",
    Unmatched = "unmatched",
    ChatNotice = "chat_notice",
    Checkout = "checkout",
    Payment = "payment",
    PaymentFailed = "payment_failed",
    PaymentNamed = "payment_named",
    Refund = "refund",
    Dispute = "dispute",
    Subscription = "subscription",
    /// A meeting that was booked, moved or called off.
    Meeting = "meeting",
    /// An event in a form that holds no data.
    WrongForm = "wrong_form",
}
}

impl From<ReplyKind> for Became {
    fn from(kind: ReplyKind) -> Self {
        match kind {
            ReplyKind::Person | ReplyKind::Calendar | ReplyKind::Reaction => Self::Reply,
            ReplyKind::OptOut => Self::OptOut,
            ReplyKind::PossibleOptOut => Self::PossibleOptOut,
            ReplyKind::OutOfOffice => Self::OutOfOffice,
            ReplyKind::AutoAcknowledgement | ReplyKind::Challenge => Self::AutoReply,
            ReplyKind::LeftCompany => Self::LeftCompany,
            ReplyKind::Bounce => Self::Bounce,
            ReplyKind::Complaint => Self::Complaint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcome_follows_from_what_a_record_became() {
        assert_eq!(InboundOutcome::of(&[]), InboundOutcome::Ignored);
        assert_eq!(InboundOutcome::of(&[Became::OwnCopy]), InboundOutcome::Ignored);
        assert_eq!(InboundOutcome::of(&[Became::Unmatched]), InboundOutcome::Unmatched);
        assert_eq!(InboundOutcome::of(&[Became::Bounce]), InboundOutcome::Filed);
        assert!(!InboundOutcome::Waiting.is_handled() && !InboundOutcome::Unreadable.is_handled());
    }
}
