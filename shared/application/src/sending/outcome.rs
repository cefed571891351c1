//! What a provider's answer to one attempt means, written down: accepted, refused, try again, or nobody knows.

use super::step::{Scene, end, hold, step_hint, uncertain_hint};
use super::{Afterwards, DELIVERED_AFTER, LONG_WAITS, Move, SendPorts, Sent, TRIES};
use crate::due::{DueWork, Hint};
use crate::provider_calls::{Accepted, Account, SendError};
use crate::store::{StoreError, StoreResult};
use domain::enrolment::{EndReason, Enrolment, HoldReason};
use domain::event::Event;
use domain::lead::{Lead, LeadStatus};
use domain::message::{Direction, Failure, Message, MessageState};
use domain::notification::{Notification, NotificationKind};
use domain::sequence::{Channel, Step};
use domain::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::task::{Task, TaskKind};
use domain::{MessageId, NotificationId, TaskId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

pub(super) struct Attempt<'a> {
    pub scene: &'a Scene,
    /// Claimed with `token`.
    pub enrolment: Enrolment,
    pub message: Message,
    pub account: Account,
    pub token: String,
}

pub(super) async fn record(
    ports: &SendPorts,
    attempt: Attempt<'_>,
    result: Result<Accepted, SendError>,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Attempt { scene, mut enrolment, mut message, account, token } = attempt;
    match result {
        Ok(accepted) => {
            message.state = MessageState::Accepted;
            message.accepted_at = Some(now);
            message.provider_id = accepted.provider_id;
            write(ports, &message, "message_accepted", now).await?;
            note_success(ports, &account, now).await?;
            first_contact(ports, &scene.file.lead, now).await?;
            move_on(scene, enrolment, &message, now, now, number, afterwards);
            Ok(Sent::Done)
        }
        Err(SendError::Retryable { detail, after }) => {
            let tries = enrolment.attempts.saturating_add(1);
            let wait = after.unwrap_or(SignedDuration::from_secs(1 << tries.min(10)));
            if tries < TRIES && wait.as_secs() <= 60 {
                let at = now.checked_add(wait).unwrap_or(now);
                if enrolment.release(&token, at).is_err() {
                    return Ok(Sent::Done);
                }
                let event = Event::system("send_postponed", now);
                match ports.enrolments.save(&enrolment, &event).await {
                    Ok(_) => {}
                    Err(StoreError::Conflict) => return Ok(Sent::Done),
                    Err(other) => return Err(other),
                }
                let seconds = u32::try_from(wait.as_secs().max(1)).unwrap_or(60);
                return Ok(Sent::Later(seconds, detail));
            }
            let Some(wait) = LONG_WAITS.get(usize::from(tries.saturating_sub(TRIES))) else {
                message.failure = Some(failure("provider_down", None, detail));
                return give_up(ports, enrolment, message, number, now, afterwards).await;
            };
            let wait = after.map_or(*wait, |after| after.max(*wait));
            hold_claimed(
                enrolment,
                &token,
                HoldReason::Mailbox,
                now.checked_add(wait).ok(),
                now,
                number,
                afterwards,
            );
            note_error(ports, &account, &detail, now).await?;
            Ok(Sent::Done)
        }
        Err(SendError::Account { detail }) => {
            let until = now.checked_add(LONG_WAITS[1]).ok();
            hold_claimed(enrolment, &token, HoldReason::Mailbox, until, now, number, afterwards);
            note_error(ports, &account, &detail, now).await?;
            Ok(Sent::Done)
        }
        Err(SendError::Rejected { class, code, detail, suppress }) => {
            let opted_out = class == "opted_out";
            message.failure = Some(failure(&class, code, detail));
            if !suppress {
                return give_up(ports, enrolment, message, number, now, afterwards).await;
            }
            message.state = MessageState::Failed;
            write(ports, &message, "message_refused", now).await?;
            suppress_address(ports, &message, opted_out, now).await?;
            let reason = if opted_out { EndReason::OptedOut } else { EndReason::Bounced };
            let event = Event::system("address_refused", now).because(message.id.as_str());
            ports.enrolments.stop(&enrolment.key.workspace, &enrolment.key.lead, reason, &event).await?;
            Ok(Sent::Done)
        }
        Err(SendError::Uncertain(source)) => {
            tracing::warn!(message.id = %message.id, error = %source, "the outcome of a send is unknown");
            // The claim is ours and will tell nobody else anything: it may be given up before it expires.
            enrolment.state = domain::enrolment::EnrolmentState::Scheduled;
            uncertain(ports, scene, enrolment, message, now, number, afterwards).await?;
            Ok(Sent::Done)
        }
    }
}

/// The step is done: the next one, its hint, and when a mail counts as delivered.
pub(super) fn move_on(
    scene: &Scene,
    mut enrolment: Enrolment,
    message: &Message,
    done_at: Timestamp,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    if message.channel == Channel::Email {
        enrolment.thread = enrolment.thread.or_else(|| Some(message.id.clone()));
        let what =
            DueWork::AssumeDelivered { workspace: message.workspace.clone(), message: message.id.clone() };
        let at = done_at.checked_add(DELIVERED_AFTER).unwrap_or(Timestamp::MAX);
        afterwards.hints.push(Hint { at, what });
    }
    enrolment.advance(done_at, scene.version.steps.len(), None);
    if enrolment.is_active() {
        match scene.next_due(&enrolment, now) {
            Some(at) => {
                enrolment.due = Some(at);
                afterwards.hints.push(step_hint(&enrolment, at));
            }
            None => enrolment.end(EndReason::Unreachable, now),
        }
    }
    let event = Event::system("step_done", now).because(message.id.as_str());
    afterwards.moves.push((number, Move { enrolment, event }));
}

/// Nobody knows: recorded, held, shown to a person. Evidence may still come.
pub(super) async fn uncertain(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: Enrolment,
    mut message: Message,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<()> {
    message.state = MessageState::Uncertain;
    write(ports, &message, "message_uncertain", now).await?;
    let lead = &scene.file.lead;
    let task = Task {
        id: TaskId::derived(&lead.id, &["uncertain", message.id.as_str()]),
        workspace: lead.workspace.clone(),
        lead_name: lead.display_name(),
        kind: TaskKind::ResolveUncertain,
        title: "Find out whether a message went out".to_owned(),
        owner: lead.owner.clone(),
        due_at: now,
        done_at: None,
        created_at: now,
        rev: 0,
    };
    ignore_known(ports.tasks.save(&task, &Event::system("task_created", now)).await.map(drop))?;
    afterwards.hints.push(uncertain_hint(&enrolment, &message.id, now));
    hold(enrolment, HoldReason::Uncertain, None, now, number, afterwards);
    Ok(())
}

/// Of an attempt that broke off before it wrote anything: to whom and why, without the words.
pub(super) fn lost_message(scene: &Scene, enrolment: &Enrolment, step: &Step, now: Timestamp) -> Message {
    let key = &enrolment.key;
    let lead = &scene.file.lead;
    let to = match step.channel {
        Channel::Email => lead.email.as_ref().map(ToString::to_string),
        Channel::Sms => lead.phone.as_ref().map(ToString::to_string),
    };
    Message {
        id: MessageId::for_step(&key.lead, &key.campaign, &step.id),
        workspace: key.workspace.clone(),
        direction: Direction::Out,
        channel: step.channel,
        state: MessageState::Uncertain,
        campaign: Some(key.campaign.clone()),
        step: Some(step.id.clone()),
        step_index: Some(enrolment.step),
        connection: None,
        author: None,
        from: String::new(),
        to: to.unwrap_or_default(),
        subject: step.subject.clone(),
        text: String::new(),
        blob: None,
        internet_id: None,
        in_reply_to: None,
        provider_id: None,
        failure: None,
        reply: None,
        attempts: enrolment.attempts.saturating_add(1),
        opens: 0,
        clicks: 0,
        machine_events: 0,
        created_at: now,
        accepted_at: None,
        delivered_at: None,
        first_opened_at: None,
        first_clicked_at: None,
        rev: 0,
    }
}

fn hold_claimed(
    mut enrolment: Enrolment,
    token: &str,
    reason: HoldReason,
    until: Option<Timestamp>,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    if enrolment.release(token, now).is_ok() {
        hold(enrolment, reason, until, now, number, afterwards);
    }
}

async fn give_up(
    ports: &SendPorts,
    enrolment: Enrolment,
    mut message: Message,
    number: usize,
    now: Timestamp,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    message.state = MessageState::Failed;
    write(ports, &message, "message_refused", now).await?;
    end(enrolment, EndReason::Failed, now, number, afterwards);
    Ok(Sent::Done)
}

fn failure(class: &str, code: Option<String>, detail: String) -> Failure {
    Failure { class: class.to_owned(), code, detail }
}

/// The message of a step is written once; a repeat finds it there.
async fn write(ports: &SendPorts, message: &Message, event: &str, now: Timestamp) -> StoreResult<()> {
    ignore_known(ports.messages.create(message, &Event::system(event, now)).await)
}

fn ignore_known(result: StoreResult<()>) -> StoreResult<()> {
    match result {
        Err(StoreError::Conflict) => Ok(()),
        other => other,
    }
}

/// Who was contacted before need not be read again.
pub(super) async fn first_contact(ports: &SendPorts, lead: &Lead, now: Timestamp) -> StoreResult<()> {
    if lead.status != LeadStatus::New {
        return Ok(());
    }
    crate::leads::first_contact(&*ports.leads, &lead.workspace, &lead.id, now).await
}

pub(super) async fn suppress_address(
    ports: &SendPorts,
    message: &Message,
    opted_out: bool,
    now: Timestamp,
) -> StoreResult<()> {
    let scope = match message.channel {
        Channel::Email => SuppressionScope::Email(message.to.clone()),
        Channel::Sms => SuppressionScope::Phone(message.to.clone()),
    };
    let reason = if opted_out { SuppressionReason::OptedOut } else { SuppressionReason::HardBounce };
    let entry = Suppression {
        workspace: message.workspace.clone(),
        scope,
        reason,
        source: Some(message.id.to_string()),
        created_by: None,
        created_at: now,
        expires_at: None,
    };
    ports.suppressions.put(&entry, &Event::system("address_suppressed", now)).await
}

/// Shown at the connection, and told once an hour.
pub(super) async fn note_error(
    ports: &SendPorts,
    account: &Account,
    detail: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let connection = &account.connection;
    let hour = (now.as_second() / 3600).to_string();
    notify(ports, &connection.workspace, &connection.name, detail, &[connection.id.as_str(), &hour], now)
        .await?;
    if connection.last_error.as_deref() == Some(detail) {
        return Ok(());
    }
    let mut changed = connection.clone();
    changed.last_error = Some(detail.to_owned());
    ignore_known(ports.connections.save(&changed, &Event::system("connection_failed", now)).await.map(drop))
}

/// What takes messages again is not shown as failing.
pub(super) async fn note_success(ports: &SendPorts, account: &Account, now: Timestamp) -> StoreResult<()> {
    if account.connection.last_error.is_none() {
        return Ok(());
    }
    let mut changed = account.connection.clone();
    changed.last_error = None;
    ignore_known(ports.connections.save(&changed, &Event::system("connection_works", now)).await.map(drop))
}

async fn notify(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    name: &str,
    detail: &str,
    once_for: &[&str],
    now: Timestamp,
) -> StoreResult<()> {
    let hour = Timestamp::from_second(now.as_second() / 3600 * 3600).unwrap_or(now);
    let notification = Notification {
        id: NotificationId::derived(hour, once_for),
        workspace: workspace.clone(),
        user: None,
        kind: NotificationKind::Health,
        title: format!("{name} does not take messages"),
        detail: detail.to_owned(),
        lead: None,
        created_at: now,
        read_at: None,
    };
    ports.notifications.put(&notification, &Event::system("health_noted", now)).await
}
