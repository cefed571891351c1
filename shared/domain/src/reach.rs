//! Whether a step can reach a lead at all.

use crate::enrichment::Deliverability;
use crate::enrolment::Enrolment;
use crate::ids::StepId;
use crate::lead::Lead;
use crate::sequence::{Channel, SequenceVersion};
use crate::step_kind::{StepKind, StepTask};
use crate::suppression::{Suppression, SuppressionScope};
use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub enum SkipReason {
    NoEmail,
    NoPhone,
    Undeliverable,
    /// Mail to it came back for good.
    AddressSuppressed,
    /// A message of the campaign was refused there for good.
    ChannelFailed,
    /// Its last day is over, or will be before the window opens.
    PastItsDate,
    /// A pause or an outage has kept it for too long.
    Late,
    /// It went out, or may have, before another version brought the lead here again.
    AlreadySent,
    /// Its message was refused for good before another version brought the lead here again.
    RefusedBefore,
}

impl SkipReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoEmail => "no_email",
            Self::NoPhone => "no_phone",
            Self::Undeliverable => "undeliverable",
            Self::AddressSuppressed => "address_suppressed",
            Self::ChannelFailed => "channel_failed",
            Self::PastItsDate => "past_its_date",
            Self::Late => "late",
            Self::AlreadySent => "already_sent",
            Self::RefusedBefore => "refused_before",
        }
    }
}

/// Why this step of theirs cannot reach the lead, if it cannot. A call may still reach whom no text does.
pub fn step_closed_to(
    enrolment: &Enrolment,
    lead: &Lead,
    kind: &StepKind,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Option<SkipReason> {
    let has_failed = kind.channel().is_some_and(|channel| enrolment.failed.contains(&channel));
    step_closed(lead, kind, suppressions, now).or(has_failed.then_some(SkipReason::ChannelFailed))
}

/// Why such a step cannot reach the lead, if it cannot.
pub fn step_closed(
    lead: &Lead,
    kind: &StepKind,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Option<SkipReason> {
    let channel = match kind {
        StepKind::Email { .. } => Channel::Email,
        // A call or a chat needs the number that a text needs.
        StepKind::Sms { .. } | StepKind::Task { task: StepTask::Call | StepTask::Whatsapp, .. } => {
            Channel::Sms
        }
        StepKind::Whatsapp { .. } => Channel::Whatsapp,
        _ => return None,
    };
    channel_closed(lead, channel, suppressions, now)
}

/// Somebody is turned to at this step or a later one, and it can reach the lead.
pub fn anything_left(
    version: &SequenceVersion,
    from: &StepId,
    (enrolment, lead): (&Enrolment, &Lead),
    suppressions: &[Suppression],
    now: Timestamp,
) -> bool {
    let rest = version.steps.iter().skip_while(|step| step.id != *from);
    rest.filter(|step| step.kind.is_touch())
        .any(|step| step_closed_to(enrolment, lead, &step.kind, suppressions, now).is_none())
}

/// Why this channel cannot reach the lead, if it cannot.
pub fn channel_closed(
    lead: &Lead,
    channel: Channel,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Option<SkipReason> {
    let suppressed =
        |mine: fn(&SuppressionScope) -> bool| suppressions.iter().any(|s| mine(&s.scope) && s.in_force(now));
    match channel {
        Channel::Email if lead.email.is_none() => Some(SkipReason::NoEmail),
        Channel::Email if lead.deliverability == Some(Deliverability::Undeliverable) => {
            Some(SkipReason::Undeliverable)
        }
        Channel::Email => {
            let mine = |scope: &_| matches!(scope, SuppressionScope::Email(_) | SuppressionScope::Domain(_));
            suppressed(mine).then_some(SkipReason::AddressSuppressed)
        }
        Channel::Sms | Channel::Whatsapp if lead.phone.is_none() => Some(SkipReason::NoPhone),
        Channel::Sms | Channel::Whatsapp => {
            let mine = |scope: &_| matches!(scope, SuppressionScope::Phone(_));
            suppressed(mine).then_some(SkipReason::AddressSuppressed)
        }
    }
}
