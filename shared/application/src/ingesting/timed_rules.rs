//! Rules that time alone makes true: a lead viewed its preview page, or its sequence ended, and it did not reply, or nothing
//! happened on a lead. A due hint brings each up; what is so by then decides.

use crate::ingesting::rules::{RulePorts, carry_out_judged};
use crate::ports::due::{DueWork, Hint};
use crate::ports::leads::{ActivityKind, LeadFile};
use crate::ports::store::{StoreResult, found};
use domain::campaign::trigger_rule::{Happened, Trigger, TriggerRule};
use domain::lead::follow_up::FollowUpBy;
use domain::lead::meeting::MeetingNews;
use domain::message::{Direction, Message};
use domain::workspace::task::{Task, TaskOutcome};
use domain::{LeadId, RuleId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// Carries out the rule if what it waits for is so at the time of its hint.
pub async fn judge_timed_rule(
    ports: &RulePorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    rule: RuleId,
    (since, at): (Timestamp, Timestamp),
) -> StoreResult<()> {
    let rules = ports.rules.get(workspace).await?.rules;
    let Some(of_rule) = rules.into_iter().find(|each| each.id == rule) else { return Ok(()) };
    let Some(file) = found(ports.enrol.leads.file(workspace, lead).await)? else { return Ok(()) };
    let (happened, so_since) = match of_rule.when {
        Trigger::PreviewUnanswered { working_days } => {
            let viewed_at = latest_view(ports, &file, working_days, (since, at)).await?;
            if !is_unanswered(&file, &rule, (viewed_at, at)) {
                return Ok(());
            }
            (Happened::PreviewUnanswered { rule }, at)
        }
        Trigger::SequenceEnded {} if is_unanswered(&file, &rule, (since, at)) => {
            (Happened::SequenceEnded { rule }, at)
        }
        Trigger::NoActivity { days } => match quiet_from(&file, days) {
            Some(quiet) if quiet <= ports.enrol.clock.now() => (Happened::NoActivity { rule }, quiet),
            Some(quiet) => return look_again(ports, &file, &of_rule, (since, quiet)).await,
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    carry_out_judged(ports, &file.lead, &[happened], (so_since, at)).await
}

/// The latest visit whose time to reply is over on this morning. Visits of one day have one morning, and so one occasion.
async fn latest_view(
    ports: &RulePorts,
    file: &LeadFile,
    working_days: u8,
    (first, due_at): (Timestamp, Timestamp),
) -> StoreResult<Timestamp> {
    let workspace = ports.enrol.workspaces.get(&file.lead.workspace).await?;
    let is_over = |view: &Timestamp| {
        workspace.working_morning_after(*view, working_days).is_some_and(|morning| morning <= due_at)
    };
    let views = file.lead.engagement.recent_views.iter().copied();
    Ok(views.filter(is_over).fold(first, Timestamp::max))
}

/// Whether the lead is open and has not answered since then, by message, on the phone or with a booking, and the rule has not
/// set a follow-up date between then and its hint: one follow-up is enough for several visits.
fn is_unanswered(file: &LeadFile, rule: &RuleId, (since, at): (Timestamp, Timestamp)) -> bool {
    let has_written = file.messages.iter().any(|message| message.is_answer() && message.created_at >= since);
    let has_spoken = file.tasks.iter().any(|task| is_conversation(task) && task.done_at >= Some(since));
    let has_booked = file.activities.iter().any(|activity| {
        let is_booking = matches!(
            &activity.kind,
            ActivityKind::Meeting { news: MeetingNews::Booked | MeetingNews::Moved, .. }
        );
        is_booking && activity.at >= since
    });
    let has_answered = has_written || has_spoken || has_booked;
    let is_own = |by: &FollowUpBy| by.rule == *rule && (since..at).contains(&by.set_at);
    let has_date = file.lead.follow_up_by.as_ref().is_some_and(is_own);
    !file.lead.status.is_closed() && !has_answered && !has_date
}

/// Whether the lead itself said something on this call.
fn is_conversation(task: &Task) -> bool {
    use TaskOutcome::{Booked, Callback, Connected, NotInterested};
    task.is_logged_call() && matches!(task.outcome, Some(Connected | Callback | Booked | NotInterested))
}

/// The time from which nothing will have happened on the lead for so many days; none if the lead needs no follow-up: it is
/// closed, not to be contacted, active in a campaign, or has a date.
fn quiet_from(file: &LeadFile, days: u16) -> Option<Timestamp> {
    let lead = &file.lead;
    let is_over = lead.status.is_closed() || lead.do_not_contact || lead.opt_out_hold.is_some();
    if is_over || !lead.active.is_empty() || lead.follow_up_at.is_some() {
        return None;
    }
    last_activity(file).checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()
}

/// The latest change of the lead, message, note of a user, or task that a user closed.
fn last_activity(file: &LeadFile) -> Timestamp {
    let messages = file.messages.iter().filter_map(|message| match message.direction {
        Direction::In => Some(message.created_at),
        Direction::Out => message.accepted_at,
    });
    let notes = file
        .activities
        .iter()
        .filter(|activity| activity.actor.is_some() && matches!(activity.kind, ActivityKind::Note { .. }));
    let notes = notes.map(|note| note.at);
    messages
        .chain(closed_tasks(file))
        .chain(notes)
        .chain([file.lead.created_at])
        .fold(file.lead.updated_at, Timestamp::max)
}

fn closed_tasks(file: &LeadFile) -> impl Iterator<Item = Timestamp> + '_ {
    let closed = file.tasks.iter().filter(|task| task.outcome != Some(TaskOutcome::Cancelled));
    closed.filter_map(|task| task.done_at)
}

/// Puts the next hint for the time from which the lead will have been quiet, unless something after `since` leaves or has
/// left one of its own: so hints do not become more.
async fn look_again(
    ports: &RulePorts,
    file: &LeadFile,
    rule: &TriggerRule,
    (since, quiet): (Timestamp, Timestamp),
) -> StoreResult<()> {
    let by_hand = |message: &&Message| message.campaign.is_none() && !message.test;
    let sent = file.messages.iter().filter(by_hand).filter_map(|message| message.accepted_at);
    // These leave a hint where the rule was there already; the nightly job finds changes of the lead.
    let attended = sent.chain(closed_tasks(file)).filter(|at| *at >= rule.created_at);
    if attended.chain([file.lead.updated_at]).any(|at| at > since) {
        return Ok(());
    }
    let (workspace, lead, rule) = (file.lead.workspace.clone(), file.lead.id.clone(), rule.id.clone());
    let what = DueWork::JudgeRule { workspace, lead, rule, since: last_activity(file) };
    ports.enrol.due.put(&[Hint { at: quiet, what }]).await
}
