//! Eligibility: whether a step can reach a lead at all by its channel.

use crate::contact::channel::Channel;
use crate::enrolment::Enrolment;
use crate::ids::StepId;
use crate::lead::Lead;
use crate::lead::enrichment::Deliverability;
use crate::lead::suppression::Endings;
use crate::lead::suppression::{Suppression, SuppressionScope};
use crate::mutant;
use crate::planning::check::{Check, CheckRule};
use crate::planning::skip_reason::SkipReason;
use crate::sequence::SequenceVersion;
use crate::sequence::step_kind::StepKind;
use jiff::Timestamp;

/// Why this enrolment's step cannot reach the lead, if it cannot: also because a message on its channel was
/// refused for good before. Tasks are exempt from that: a call may still reach a lead whom no text reaches.
pub fn step_closed_to(
    enrolment: &Enrolment,
    lead: &Lead,
    kind: &StepKind,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Option<SkipReason> {
    let has_failed = kind.channel().is_some_and(|channel| enrolment.failed().contains(&channel));
    step_closed(lead, kind, suppressions, now).or(has_failed.then_some(SkipReason::ChannelFailed))
}

/// Why a step of this kind cannot reach the lead, if it cannot, whatever the enrolment.
pub fn step_closed(
    lead: &Lead,
    kind: &StepKind,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Option<SkipReason> {
    let channel = kind.behaviour().needs?;
    channel_closed(lead, channel, suppressions, now)
}

/// Whether this step or a later one addresses the lead (message or task) and can reach them.
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

/// Why this channel cannot reach the lead, if it cannot: no address or number, an undeliverable address, or suppression.
pub fn channel_closed(
    lead: &Lead,
    channel: Channel,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Option<SkipReason> {
    let suppressed = |mine: fn(&SuppressionScope) -> bool| {
        let in_force = suppressions.iter().any(|s| mine(&s.scope) && s.in_force(now));
        in_force && !mutant!("suppressed_channel_open")
    };
    match channel {
        Channel::Email if lead.email.is_none() => Some(SkipReason::NoEmail),
        Channel::Email if lead.deliverability == Some(Deliverability::Undeliverable) => {
            Some(SkipReason::Undeliverable)
        }
        Channel::Email => {
            let mine = |scope: &_| matches!(scope, SuppressionScope::Email(_) | SuppressionScope::Domain(_));
            suppressed(mine).then_some(SkipReason::AddressSuppressed)
        }
        Channel::Sms | Channel::Whatsapp if lead.address_on(channel).is_none() => Some(SkipReason::NoPhone),
        Channel::Sms | Channel::Whatsapp => {
            suppressed(SuppressionScope::is_of_texts).then_some(SkipReason::AddressSuppressed)
        }
    }
}

/// Whether the lead may be contacted at all: not marked do-not-contact, no suppression that closes every channel, and no
/// message that may be an opt-out.
pub fn may_be_contacted(
    lead: &Lead,
    suppressions: &[Suppression],
    endings: &Endings,
    now: Timestamp,
) -> Check {
    let check = |passed, seen| Check { rule: CheckRule::MayBeContacted, passed, seen };
    if lead.do_not_contact {
        return check(false, "marked as do not contact".to_owned());
    }
    let mut in_force = suppressions.iter().filter(|s| s.in_force(now));
    let describe = |s: &Suppression| format!("{} {} {}", s.scope.value(), s.reason.words(), s.created_at);
    if let Some(entry) = in_force.clone().find(|s| s.ends_everything(endings)) {
        return check(false, describe(entry));
    }
    if let Some(hold) = &lead.opt_out_hold {
        let seen = format!("may have opted out at {}; no user has decided yet", hold.since);
        return check(false, seen);
    }
    match in_force.next() {
        Some(entry) => check(true, format!("{}; other channels stay open", describe(entry))),
        None => check(true, "no opt-out or suppression".to_owned()),
    }
}
