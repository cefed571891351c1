//! Rules that time alone makes true: a lead viewed its preview page and did not reply, or nothing happened on a lead. A due
//! hint brings each up; what is so by then decides.

use crate::ingesting::rules::{RulePorts, carry_out_rules};
use crate::ports::leads::LeadFile;
use crate::ports::store::{StoreResult, found};
use domain::campaign::trigger_rule::{Happened, Trigger};
use domain::message::Direction;
use domain::workspace::task::TaskOutcome;
use domain::{LeadId, RuleId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// Carries out the rule if it is due. A lead with a follow-up date is not looked at: something is planned.
pub async fn judge_timed_rule(
    ports: &RulePorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    rule: RuleId,
    since: Timestamp,
) -> StoreResult<()> {
    let rules = ports.rules.get(workspace).await?.rules;
    let Some(when) = rules.into_iter().find(|each| each.id == rule).map(|rule| rule.when) else {
        return Ok(());
    };
    let Some(file) = found(ports.enrol.leads.file(workspace, lead).await)? else { return Ok(()) };
    let (happened, at) = match when {
        Trigger::PreviewUnanswered { .. } if is_unanswered(&file, &rule, since) => {
            (Happened::PreviewUnanswered { rule }, since)
        }
        Trigger::NoActivity { days } => match quiet_since(&file, days, ports.enrol.clock.now()) {
            Some(at) => (Happened::NoActivity { rule }, at),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    carry_out_rules(ports, &file.lead, &[happened], at).await
}

/// Whether the lead has not answered since its visit, and the rule has not set a follow-up date after it: one follow-up is
/// enough for several visits.
fn is_unanswered(file: &LeadFile, rule: &RuleId, viewed_at: Timestamp) -> bool {
    let has_answered =
        file.messages.iter().any(|message| message.is_answer() && message.created_at >= viewed_at);
    let has_date =
        file.lead.follow_up_by.as_ref().is_some_and(|by| by.rule == *rule && by.set_at >= viewed_at);
    !has_answered && !has_date
}

/// The time at which nothing had happened on the lead for so many days; none if it is not so, or the lead needs no
/// follow-up: it is closed, active in a campaign, or has a date.
fn quiet_since(file: &LeadFile, days: u16, now: Timestamp) -> Option<Timestamp> {
    let lead = &file.lead;
    if lead.status.is_closed() || !lead.active.is_empty() || lead.follow_up_at.is_some() {
        return None;
    }
    let quiet = last_activity(file).checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()?;
    Some(quiet).filter(|quiet| *quiet <= now)
}

/// The latest change of the lead, message, or task that a user closed.
fn last_activity(file: &LeadFile) -> Timestamp {
    let messages = file.messages.iter().filter_map(|message| match message.direction {
        Direction::In => Some(message.created_at),
        Direction::Out => message.accepted_at,
    });
    let closed = file.tasks.iter().filter(|task| task.outcome != Some(TaskOutcome::Cancelled));
    let all = messages.chain(closed.filter_map(|task| task.done_at)).chain([file.lead.created_at]);
    all.fold(file.lead.updated_at, Timestamp::max)
}
