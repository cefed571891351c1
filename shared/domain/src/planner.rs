//! What happens next with an enrolment, and why: the one function that runs, previews and explains a sequence.

use crate::campaign::{Campaign, CampaignState};
use crate::country_zone;
use crate::delay;
use crate::enrichment::Deliverability;
use crate::enrolment::{EndReason, Enrolment, EnrolmentState, HoldReason};
use crate::lead::Lead;
use crate::sequence::{Channel, SequenceVersion};
use crate::spread::{seed, spread};
use crate::suppression::{Suppression, SuppressionReason, SuppressionScope};
use crate::time_zone::{ZoneFact, ZoneSource};
use crate::window::next_allowed;
use crate::workspace::Sending;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub struct PlanInput<'a> {
    pub enrolment: &'a Enrolment,
    pub version: &'a SequenceVersion,
    pub lead: &'a Lead,
    pub campaign: &'a Campaign,
    pub sending: &'a Sending,
    /// Every entry that names an address, a domain or a number of this lead.
    pub suppressions: &'a [Suppression],
    pub replied_since_enrolment: bool,
    pub now: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub decision: Decision,
    /// In the order they were made; all but the last have passed.
    pub checks: Vec<Check>,
    /// The clock that was used, and how we came to believe it is the lead's.
    pub zone: ZoneFact,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Claim and send this step now.
    Send {
        step: u16,
    },
    /// Nothing to do before this instant; plan again then.
    Wait {
        until: Timestamp,
    },
    Hold {
        reason: HoldReason,
        until: Option<Timestamp>,
    },
    /// This step cannot reach the lead; go on with the next, whose delay starts now.
    Skip {
        step: u16,
        why: SkipReason,
    },
    End(EndReason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    NoEmail,
    NoPhone,
    Undeliverable,
    /// Mail to it came back for good.
    AddressSuppressed,
}

impl SkipReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoEmail => "no_email",
            Self::NoPhone => "no_phone",
            Self::Undeliverable => "undeliverable",
            Self::AddressSuppressed => "address_suppressed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub rule: &'static str,
    pub passed: bool,
    /// The value that was looked at, for a person to read.
    pub seen: String,
}

pub fn plan(input: &PlanInput<'_>) -> Plan {
    let zone = zone_for(input.lead, input.campaign);
    let mut checks = Vec::with_capacity(10);
    let decision = match decide(input, &zone, &mut checks) {
        Ok(step) => Decision::Send { step },
        Err(otherwise) => otherwise,
    };
    Plan { decision, checks, zone }
}

/// The lead's own zone if known, else what phone or country tell, else the campaign's.
pub fn zone_for(lead: &Lead, campaign: &Campaign) -> ZoneFact {
    if let Some(known) = &lead.zone {
        return known.clone();
    }
    let by_phone = lead.phone.as_ref().and_then(|phone| phone.zone());
    if let Some(zone) = by_phone {
        return ZoneFact { zone, source: ZoneSource::Phone, confidence: 70 };
    }
    if let Some(zone) = lead.country.and_then(country_zone::main_zone) {
        return ZoneFact { zone, source: ZoneSource::Country, confidence: 60 };
    }
    ZoneFact { zone: campaign.zone.clone(), source: ZoneSource::Campaign, confidence: 20 }
}

struct Checks<'a>(&'a mut Vec<Check>);

impl Checks<'_> {
    fn pass(&mut self, rule: &'static str, seen: impl Into<String>) {
        self.0.push(Check { rule, passed: true, seen: seen.into() });
    }

    fn fail(&mut self, rule: &'static str, seen: impl Into<String>, then: Decision) -> Result<u16, Decision> {
        self.0.push(Check { rule, passed: false, seen: seen.into() });
        Err(then)
    }
}

/// The ordered rules. `Ok` is the step to send.
fn decide(input: &PlanInput<'_>, zone: &ZoneFact, checks: &mut Vec<Check>) -> Result<u16, Decision> {
    let checks = &mut Checks(checks);
    let hold = |reason| Decision::Hold { reason, until: None };
    let PlanInput { enrolment, version, lead, campaign, now, .. } = *input;

    // First, because neither an ended nor a claimed enrolment may be moved by what follows.
    match &enrolment.state {
        EnrolmentState::Ended { reason } => {
            return checks.fail("enrolment_open", format!("ended: {reason:?}"), Decision::End(*reason));
        }
        EnrolmentState::Claimed { expires, .. } if *expires > now => {
            let wait = Decision::Wait { until: *expires };
            return checks.fail("enrolment_open", format!("being sent until {expires}"), wait);
        }
        EnrolmentState::Claimed { expires, .. } => {
            let seen = format!("a send began and was not confirmed by {expires}");
            return checks.fail("enrolment_open", seen, hold(HoldReason::Uncertain));
        }
        _ => checks.pass("enrolment_open", "open"),
    }

    match input.sending {
        Sending::Running => checks.pass("workspace_sending", "running"),
        Sending::Stopped { since } => {
            let seen = format!("stopped since {since}");
            return checks.fail("workspace_sending", seen, hold(HoldReason::SendingStopped));
        }
    }

    let seen = format!("{:?} since {}", campaign.state, campaign.state_since);
    match campaign.state {
        CampaignState::Active => checks.pass("campaign_active", seen),
        CampaignState::Draft | CampaignState::Paused => {
            return checks.fail("campaign_active", seen, hold(HoldReason::CampaignPaused));
        }
        CampaignState::Completed | CampaignState::Archived => {
            return checks.fail("campaign_active", seen, Decision::End(EndReason::Removed));
        }
    }

    match enrolment.state {
        EnrolmentState::Held { reason, until } if !hold_is_over(reason, until, now) => {
            let seen = until.map_or(format!("{reason:?}"), |until| format!("{reason:?} until {until}"));
            return checks.fail("enrolment_not_held", seen, Decision::Hold { reason, until });
        }
        EnrolmentState::Held { reason, .. } => {
            checks.pass("enrolment_not_held", format!("{reason:?} is over"));
        }
        _ => checks.pass("enrolment_not_held", "not held"),
    }

    if lead.do_not_contact {
        let end = Decision::End(EndReason::Suppressed);
        return checks.fail("may_be_contacted", "marked do-not-contact", end);
    }
    let in_force = |s: &&Suppression| s.expires_at.is_none_or(|end| end > now);
    let person = |s: &&Suppression| s.reason != SuppressionReason::HardBounce;
    if let Some(entry) = input.suppressions.iter().filter(in_force).find(person) {
        let seen = format!("suppressed since {}: {:?}", entry.created_at, entry.reason);
        return checks.fail("may_be_contacted", seen, Decision::End(EndReason::Suppressed));
    }
    checks.pass("may_be_contacted", "nothing against it");

    if input.replied_since_enrolment {
        let end = Decision::End(EndReason::Replied);
        return checks.fail("no_reply", "has answered since enrolment", end);
    }
    checks.pass("no_reply", "no answer since enrolment");

    let count = version.steps.len();
    let Some(step) = version.steps.get(usize::from(enrolment.step)) else {
        let seen = format!("all {count} steps are done");
        return checks.fail("step_left", seen, Decision::End(EndReason::Finished));
    };
    checks.pass("step_left", format!("step {} of {count}: {}", enrolment.step + 1, step.channel.as_str()));

    let closed = |channel| channel_closed(lead, channel, input.suppressions, now);
    if let Some(why) = closed(step.channel) {
        let later = &version.steps[usize::from(enrolment.step) + 1..];
        let then = if later.iter().any(|step| closed(step.channel).is_none()) {
            Decision::Skip { step: enrolment.step, why }
        } else {
            Decision::End(EndReason::Unreachable)
        };
        return checks.fail("reachable", format!("{}: {}", step.channel.as_str(), why.as_str()), then);
    }
    checks.pass("reachable", step.channel.as_str());

    let clock = zone.zone.zone();
    let never = Decision::End(EndReason::Failed);
    let Some(after_delay) = delay::after(step.delay, enrolment.anchor, &clock, &version.window) else {
        return checks.fail("delay_over", "the window never opens", never);
    };
    let not_before = enrolment.due.map_or(after_delay, |due| due.max(after_delay));
    if now < not_before {
        let Some(open) = next_allowed(&version.window, &clock, not_before) else {
            return checks.fail("delay_over", "the window never opens", never);
        };
        // A time that was set before has had its spread already.
        let until = if enrolment.due == Some(open) { open } else { spaced(input, open, &clock) };
        return checks.fail("delay_over", format!("due {}", local(until, &clock)), Decision::Wait { until });
    }
    checks.pass("delay_over", format!("due {}", local(not_before, &clock)));

    let here = format!("{} ({:?})", local(now, &clock), zone.source);
    match next_allowed(&version.window, &clock, now) {
        Some(open) if open == now => checks.pass("window_open", here),
        Some(open) => {
            let until = spaced(input, open, &clock);
            return checks.fail("window_open", here, Decision::Wait { until });
        }
        None => return checks.fail("window_open", "the window never opens", never),
    }
    Ok(enrolment.step)
}

/// A step that follows one that was spread keeps its distance from the others, unless the window's opening gathers them.
fn spaced(input: &PlanInput<'_>, at: Timestamp, clock: &TimeZone) -> Timestamp {
    let window = &input.version.window;
    let just_before = at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(at);
    let follows = input.enrolment.step > 0 && window.contains(clock, just_before);
    let seed = if follows { 0 } else { seed(&input.enrolment.key, input.enrolment.step) };
    spread(at, seed, clock, window)
}

fn local(at: Timestamp, clock: &TimeZone) -> String {
    at.to_zoned(clock.clone()).strftime("%a %-d %b %Y %H:%M %Z").to_string()
}

/// Causes that this plan looks at anew (campaign, workspace) end with their cause; the others with their time.
fn hold_is_over(reason: HoldReason, until: Option<Timestamp>, now: Timestamp) -> bool {
    match reason {
        HoldReason::CampaignPaused | HoldReason::SendingStopped => true,
        HoldReason::Uncertain => false,
        HoldReason::OutOfOffice
        | HoldReason::PausedByUser
        | HoldReason::Mailbox
        | HoldReason::MissingValue => until.is_some_and(|until| until <= now),
    }
}

/// Why this channel cannot reach the lead, if it cannot.
pub fn channel_closed(
    lead: &Lead,
    channel: Channel,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Option<SkipReason> {
    let suppressed = |mine: fn(&SuppressionScope) -> bool| {
        suppressions.iter().any(|s| mine(&s.scope) && s.expires_at.is_none_or(|end| end > now))
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
        Channel::Sms if lead.phone.is_none() => Some(SkipReason::NoPhone),
        Channel::Sms => {
            let mine = |scope: &_| matches!(scope, SuppressionScope::Phone(_));
            suppressed(mine).then_some(SkipReason::AddressSuppressed)
        }
    }
}

#[cfg(test)]
#[path = "tests/planner.rs"]
mod tests;
