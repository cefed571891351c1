//! The planner decides what happens next with an enrolment, and why.
//!
//! It is one pure function: sending, preview, simulation and the "why" page all call it with the same
//! `PlanInput`, so they cannot disagree. It makes its checks in a fixed order and stops at the first that
//! fails; the checks made are returned with the decision as its explanation.

mod away;
mod company;
mod frequency;
mod late;
mod mailbox;
mod timing;

use crate::campaign::calendar::Calendar;
use crate::campaign::{Campaign, CampaignState};
use crate::contact::channel::Channel;
use crate::enrolment::reasons::{EndReason, HoldReason};
use crate::enrolment::{Enrolment, EnrolmentState, PauseWanted};
use crate::ids::StepId;
use crate::lead::Lead;
use crate::lead::suppression::Suppression;

use crate::lead::do_not_contact::{ContactBar, bar_of_person};
use crate::mutant;
use crate::planning::behaviour::{Behaviour, StepTaskState};
use crate::planning::check::{Check, CheckRule};
use crate::planning::eligibility::may_be_contacted;
use crate::planning::eligibility::{anything_left, step_closed_to};
use crate::planning::scope_checks::{campaign_is_active, workspace_sends};

use crate::planning::send_window::zone_for;
use crate::planning::skip_reason::SkipReason;
use crate::sequence::SequenceVersion;
use crate::sequence::step_kind::{StepAction, StepKind};

use crate::time::time_zone::ZoneFact;
use crate::workspace::Sending;
use away::check_out_of_office;
use company::check_company_hold;
use frequency::check_minimum_gap;
use jiff::Timestamp;
use late::check_late;
pub use mailbox::{MAILBOX_WAIT, account_resumes, may_change_mailbox};
use mailbox::{check_mailbox, check_text_sender};

use timing::check_time;
pub use timing::still_in_time;

pub struct PlanInput<'a> {
    pub enrolment: &'a Enrolment,
    pub version: &'a SequenceVersion,
    pub lead: &'a Lead,
    pub campaign: &'a Campaign,
    pub calendar: &'a Calendar,
    pub sending: &'a Sending,
    /// Every suppression entry that names an address, domain or number of this lead.
    pub suppressions: &'a [Suppression],
    pub seen: &'a Behaviour,
    pub now: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub decision: Decision,
    /// The checks in the order they were made; all but the last have passed.
    pub checks: Vec<Check>,
    /// The time zone that was used, and how it became known that it is the lead's.
    pub zone: ZoneFact,
}

/// The decision about the enrolment's present step.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Claim and send it now.
    Send,
    /// Open a task for the step now.
    OpenTask,
    /// A user has the step's task; plan again when it is closed.
    AwaitTask,
    /// The step is completed: continue at `to`, whose delay starts `at`; without `to` all steps are done.
    Pass {
        to: Option<StepId>,
        at: Timestamp,
        /// A code without personal data, such as `opened=no`.
        because: String,
    },
    /// Nothing to do before this instant; plan again then.
    Wait {
        until: Timestamp,
    },
    Hold {
        reason: HoldReason,
        until: Option<Timestamp>,
    },
    /// The step cannot be done for this lead: continue with the one below, whose delay starts now.
    Skip {
        why: SkipReason,
    },
    End(EndReason),
}

pub fn plan(input: &PlanInput<'_>) -> Plan {
    let zone = zone_for(input.lead, input.campaign);
    let mut checks = Vec::with_capacity(10);
    let decision = decide(input, &zone, &mut checks).unwrap_or_else(|otherwise| otherwise);
    Plan { decision, checks, zone }
}

struct Checks<'a>(&'a mut Vec<Check>);

impl Checks<'_> {
    fn made(&mut self, check: Check, otherwise: Decision) -> Result<(), Decision> {
        let passed = check.passed;
        self.0.push(check);
        if passed { Ok(()) } else { Err(otherwise) }
    }

    fn pass(&mut self, rule: CheckRule, seen: impl Into<String>) {
        self.0.push(Check { rule, passed: true, seen: seen.into() });
    }

    fn fail(
        &mut self,
        rule: CheckRule,
        seen: impl Into<String>,
        then: Decision,
    ) -> Result<Decision, Decision> {
        self.0.push(Check { rule, passed: false, seen: seen.into() });
        Err(then)
    }
}

/// Makes the checks in order. `Ok` says how the step is done; `Err` is the decision of the check that failed,
/// the last one made.
fn decide(input: &PlanInput<'_>, zone: &ZoneFact, checks: &mut Vec<Check>) -> Result<Decision, Decision> {
    let checks = &mut Checks(checks);
    let hold = |reason| Decision::Hold { reason, until: None };
    let PlanInput { enrolment, version, lead, campaign, now, .. } = *input;

    // First, because neither an ended nor a claimed enrolment may be moved by what follows.
    match enrolment.state() {
        EnrolmentState::Ended { reason } => {
            return checks.fail(
                CheckRule::EnrolmentOpen,
                format!("ended: {}", reason.words()),
                Decision::End(*reason),
            );
        }
        EnrolmentState::Claimed { expires, .. } if *expires > now => {
            let wait = Decision::Wait { until: *expires };
            let seen = format!("sending now, until {expires} at the latest{}", then_paused(enrolment, now));
            return checks.fail(CheckRule::EnrolmentOpen, seen, wait);
        }
        EnrolmentState::Claimed { expires, .. } => {
            let seen = format!("delivery uncertain: a send was not confirmed by {expires}");
            return checks.fail(CheckRule::EnrolmentOpen, seen, hold(HoldReason::Uncertain));
        }
        _ => checks.pass(CheckRule::EnrolmentOpen, "active"),
    }
    if let (EnrolmentState::WaitingTask, Some(StepTaskState { done: None })) =
        (enrolment.state(), input.seen.task)
    {
        return checks.fail(CheckRule::TaskDone, "the task is open", Decision::AwaitTask);
    }

    // Checked before the campaign and the workspace: when those resume, an enrolment that is held for a
    // reason of its own stays held.
    match *enrolment.state() {
        EnrolmentState::Held { reason, until } if !hold_is_over(reason, until, now) => {
            let held = match lead.company_domain().filter(|_| reason == HoldReason::CompanyAnswered) {
                Some(company) => format!("a colleague at {company} replied"),
                None => reason.words().to_owned(),
            };
            let seen = until.map_or(held.clone(), |until| format!("{held} until {until}"));
            let seen = seen + &then_paused(enrolment, now);
            return checks.fail(CheckRule::EnrolmentNotHeld, seen, Decision::Hold { reason, until });
        }
        _ if let Some(PauseWanted { until, reason }) = enrolment.wanted_pause(now) => {
            let seen = until.map_or_else(String::new, |until| format!(" until {until}"));
            let hold = Decision::Hold { reason, until };
            return checks.fail(CheckRule::EnrolmentNotHeld, format!("{}{seen}", reason.words()), hold);
        }
        EnrolmentState::Held { reason: HoldReason::Late, .. } => {
            checks.pass(CheckRule::EnrolmentNotHeld, "held as late");
        }
        EnrolmentState::Held { reason: HoldReason::NoConsent, .. } => {
            checks.pass(CheckRule::EnrolmentNotHeld, "held until its consent is recorded");
        }
        EnrolmentState::Held { reason: HoldReason::UnknownZone, .. } => {
            checks.pass(CheckRule::EnrolmentNotHeld, "held until its time zone is known");
        }
        EnrolmentState::Held { reason, .. } if !reason.is_of_a_scope() => {
            checks.pass(CheckRule::EnrolmentNotHeld, format!("no longer held: {}", reason.words()));
        }
        _ => checks.pass(CheckRule::EnrolmentNotHeld, "not held"),
    }

    checks.made(workspace_sends(input.sending), hold(HoldReason::SendingStopped))?;
    let unless_active = match campaign.state {
        CampaignState::Completed | CampaignState::Archived => Decision::End(EndReason::Removed),
        CampaignState::Draft | CampaignState::Active | CampaignState::Paused => {
            hold(HoldReason::CampaignPaused)
        }
    };
    checks.made(campaign_is_active(campaign), unless_active)?;

    // What may be an opt-out has stopped the lead's enrolments as a reply does; one that a merge brought is stopped here.
    let end = match bar_of_person(lead, input.suppressions, &input.calendar.endings, now) {
        Some(ContactBar::MayHaveOptedOut(_)) => Decision::End(EndReason::Replied),
        _ => Decision::End(EndReason::Suppressed),
    };
    checks.made(may_be_contacted(lead, input.suppressions, &input.calendar.endings, now), end)?;

    if input.seen.replied_since_enrolment {
        let end = Decision::End(EndReason::Replied);
        return checks.fail(CheckRule::NoReply, "replied since enrolment", end);
    }
    checks.pass(CheckRule::NoReply, "no reply since enrolment");
    check_company_hold(input, zone, checks)?;
    check_out_of_office(input, checks)?;

    let count = version.steps.len();
    let Some(present) = enrolment.step() else {
        let seen = format!("all {count} steps are done");
        return checks.fail(CheckRule::StepLeft, seen, Decision::End(EndReason::Finished));
    };
    let Some(index) = version.steps.iter().position(|step| step.id == *present) else {
        let seen = format!("{present} is not a step of version {}", version.version);
        return checks.fail(CheckRule::StepLeft, seen, Decision::End(EndReason::StepRemoved));
    };
    let (step, below) = (&version.steps[index], &version.steps[index + 1..]);
    checks.pass(CheckRule::StepLeft, format!("step {} of {count}", index + 1));

    let goals = version.ahead_of(index).filter_map(|step| match step.kind {
        StepKind::Goal { goal } => Some(goal),
        _ => None,
    });
    for goal in goals {
        if goal.reached(lead, input.seen) && !mutant!("goal_ignored") {
            let seen = format!("goal reached: {}", goal.as_str());
            return checks.fail(CheckRule::GoalAhead, seen, Decision::End(EndReason::GoalReached));
        }
        checks.pass(CheckRule::GoalAhead, format!("goal not reached yet: {}", goal.as_str()));
    }

    let on = |to: Option<StepId>, because: String| Decision::Pass { to, at: now, because };
    let next = below.first().map(|step| step.id.clone());
    if let (StepAction::OpenTask(_), Some(StepTaskState { done: Some((at, outcome)) })) =
        (step.kind.action(), input.seen.task)
    {
        let seen = format!("{} at {at}", outcome.as_str());
        if let Some(reason) = outcome.ends() {
            return checks.fail(CheckRule::TaskDone, seen, Decision::End(reason));
        }
        checks.pass(CheckRule::TaskDone, seen);
        return Ok(Decision::Pass { to: next, at, because: format!("task={}", outcome.as_str()) });
    }
    if *enrolment.state() == EnrolmentState::WaitingTask {
        checks.pass(CheckRule::TaskDone, "the task no longer exists");
        return Ok(on(next, "task=gone".to_owned()));
    }

    if let Some(why) = input.seen.had_before {
        return checks.fail(CheckRule::NotSentBefore, why.words(), Decision::Skip { why });
    }
    if let Some(why) = step_closed_to(enrolment, lead, &step.kind, input.suppressions, now) {
        let then = match anything_left(version, present, (enrolment, lead), input.suppressions, now) {
            true if !mutant!("closed_step_ends_enrolment") => Decision::Skip { why },
            _ => Decision::End(EndReason::Unreachable),
        };
        return checks.fail(CheckRule::Reachable, format!("{}: {}", step.kind.as_str(), why.words()), then);
    }
    checks.pass(CheckRule::Reachable, step.kind.as_str());
    if let Some(channel) = step.kind.channel() {
        checks.made(input.calendar.consent.check(lead, channel), hold(HoldReason::NoConsent))?;
    }

    check_late(input, step, zone, checks)?;
    check_time(input, step, zone, checks)?;
    if let Some(variant) = step.words_for(enrolment.key(), None).variant {
        let (label, count) = (step.kind.label_of(&variant.id), step.kind.variants().len());
        checks.pass(CheckRule::Variant, format!("{label}, one of {count}"));
    }
    if step.kind.channel().is_some() {
        check_minimum_gap(input, step, checks)?;
    }
    match step.kind.channel() {
        Some(Channel::Email) => check_mailbox(input, checks)?,
        Some(channel) => check_text_sender(input, channel, checks)?,
        None => {}
    }
    Ok(match step.kind.action() {
        StepAction::Send => Decision::Send,
        StepAction::OpenTask(_) => Decision::OpenTask,
        StepAction::Pass => match &step.kind {
            StepKind::Branch { condition, yes, no } => {
                let (holds, seen) = condition.holds(lead, input.seen, now);
                let (answer, to) =
                    if holds != mutant!("branch_inverted") { ("yes", yes) } else { ("no", no) };
                checks.pass(CheckRule::Branch, format!("{answer}: {seen}"));
                on(Some(to.clone()), format!("{}={answer}", condition.as_str()))
            }
            StepKind::Goal { goal } => on(next, format!("{}=no", goal.as_str())),
            StepKind::Wait {} => on(next, "waited".to_owned()),
            other => on(next, format!("{}=passed", other.as_str())),
        },
        StepAction::End => {
            return checks.fail(
                CheckRule::StepLeft,
                "the sequence ends here",
                Decision::End(EndReason::Finished),
            );
        }
    })
}

/// Text about a pause that a user asked for and that begins when the present state ends.
fn then_paused(enrolment: &Enrolment, now: Timestamp) -> String {
    match enrolment.wanted_pause(now) {
        None => String::new(),
        Some(PauseWanted { reason: HoldReason::OwnerChanged, .. }) => {
            "; then it waits for the new owner".to_owned()
        }
        Some(PauseWanted { until: None, .. }) => "; then paused".to_owned(),
        Some(PauseWanted { until: Some(until), .. }) => format!("; then paused until {until}"),
    }
}

/// Whether a hold has ended. Holds of a whole campaign, workspace or account, holds as late and holds for want of
/// consent or of a time zone pass here, because the plan checks their cause itself; the others end at their time. An uncertain message
/// is held until it is reconciled.
fn hold_is_over(reason: HoldReason, until: Option<Timestamp>, now: Timestamp) -> bool {
    if reason.is_of_a_scope()
        || matches!(reason, HoldReason::Late | HoldReason::NoConsent | HoldReason::UnknownZone)
    {
        return true;
    }
    reason != HoldReason::Uncertain && until.is_some_and(|until| until <= now)
}

#[cfg(test)]
mod tests;
