//! Holds a person whose message may be an opt-out, because a model took it for one and no rule did, and takes a message
//! about which a user has decided out of the hold again.
//!
//! The hold is part of the write that stops the lead's enrolments, so no claim of a step succeeds once it stands, and the
//! check before the claim of any other message reads it from the lead. Leads that are reached where the message came from
//! are held with the one that it is filed with, as an opt-out would concern them all.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::lead::change::change_lead;
use crate::ports::enrolments::LeadChange;
use crate::ports::leads::{Activity, ActivityKind, Reached};
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::tasks::reminder::plan_reminder;
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatRecipient;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::opt_out_hold::Doubt;
use domain::message::Message;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{LeadId, MessageId, NotificationId, TaskId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The time after which the lead's owner is reminded to decide.
const REMINDED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// A message that holds people: the lead that it is filed with, and where it came from; nowhere, if its writer is known to
/// be somebody else.
pub(super) struct Held<'a> {
    pub lead: &'a Lead,
    pub from: Option<&'a str>,
    pub doubt: Doubt<'a>,
}

/// Stops and holds the lead, and the other leads that are reached where the message came from. `also` is what else the
/// stop changes about the lead itself; where it returns false, because that was done before, nothing is written.
pub(super) async fn hold_person(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    held: &Held<'_>,
    also: &mut LeadChange<'_>,
) -> StoreResult<()> {
    let Held { lead, from, doubt } = held;
    let event =
        Event::new(EventKind::LeadAnswered, Actor::Lead, origin.received_at).because(doubt.message.as_str());
    let (workspace, why) = (origin.workspace, EndReason::Replied);
    let mut hold = |lead: &mut Lead| also(lead) && lead.hold_for(*doubt);
    ports.enrolments.stop_and(workspace, &lead.id, why, &event, &mut hold).await?;
    let others = match from {
        Some(from) => leads_at(ports, workspace, (doubt.channel, from)).await?,
        None => Vec::new(),
    };
    for other in others {
        if lead.has_been(&other) {
            continue;
        }
        let mut hold = |other: &mut Lead| other.hold_for(*doubt);
        found(ports.enrolments.stop_and(workspace, &other, why, &event, &mut hold).await)?;
        note_hold(ports, origin, &other, doubt).await?;
    }
    note_hold(ports, origin, &lead.id, doubt).await
}

/// Shows on the lead's timeline that it is held, and why.
async fn note_hold(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &LeadId,
    doubt: &Doubt<'_>,
) -> StoreResult<()> {
    let text = format!(
        "May have opted out: “{}”. Nothing is sent and no campaign begins until a user has decided.",
        doubt.sentence
    );
    let kind = ActivityKind::Note { text: text.chars().take(1_000).collect() };
    let id = format!("possible-opt-out-{}", doubt.message);
    let activity = Activity { id, at: origin.received_at, kind, actor: None };
    unless_taken(ports.leads.put_activity(origin.workspace, lead, &activity).await)
}

/// Makes the task to decide, due in a day with a reminder. A decision closes it.
pub(super) async fn ask_users(
    ports: &IngestPorts,
    (lead, message): (&Lead, &MessageId),
    (sentence, at): (&str, Timestamp),
) -> StoreResult<()> {
    let title = format!("Say whether {} has opted out", lead.display_name());
    let id = TaskId::for_possible_opt_out(&lead.id, message);
    let task = Task {
        message: Some(message.clone()),
        body: sentence.to_owned(),
        due_at: at.checked_add(REMINDED_AFTER).unwrap_or(at),
        remind_minutes: Some(0),
        ..Task::about(lead, id, TaskKind::PossibleOptOut, title, at)
    };
    plan_reminder(&*ports.due, &task, at).await?;
    let event = Event::system(EventKind::TaskCreated, at).because(message.as_str());
    unless_taken(ports.tasks.save(&task, &event).await.map(drop))
}

/// Tells the lead's owner that a message which was shown as a reply before may be an opt-out.
pub(super) async fn tell_owner(
    ports: &IngestPorts,
    (lead, message): (&Lead, &MessageId),
    (sentence, at): (&str, Timestamp),
) -> StoreResult<()> {
    let notification = Notification {
        id: NotificationId::derived(at, &["possible-opt-out", message.as_str()]),
        workspace: lead.workspace.clone(),
        user: lead.owner.clone(),
        kind: NotificationKind::Reply,
        title: format!("{} may have opted out", lead.display_name()),
        detail: sentence.to_owned(),
        lead: Some(lead.id.clone()),
        created_at: at,
        read_at: None,
    };
    let event = Event::system(EventKind::NotificationCreated, at).because(message.as_str());
    ports.notifications.put(&notification, &event).await
}

/// Takes a message about which a user has decided out of the hold of every lead that it holds, and closes the task to
/// decide. An opt-out must have been listed before.
pub(super) async fn settle_holds(
    ports: &IngestPorts,
    (lead, message): (&LeadId, &Message),
    by: Option<&UserId>,
    at: Timestamp,
) -> StoreResult<()> {
    let workspace = &message.workspace;
    let mut leads = leads_at(ports, workspace, (message.channel, &message.from)).await?;
    leads.retain(|other| other != lead);
    leads.push(lead.clone());
    let actor = by.map_or(Actor::System, |user| Actor::User(user.clone()));
    let event = || Event::new(EventKind::OptOutHoldSettled, actor.clone(), at).because(message.id.as_str());
    for lead in &leads {
        let settle = |lead: &mut Lead| lead.settle_hold(&message.id).then(event);
        found(change_lead(&*ports.leads, workspace, lead, settle).await)?;
    }
    let asked = TaskId::for_possible_opt_out(lead, &message.id);
    let Some(mut task) = found(ports.tasks.get(workspace, &asked).await)? else { return Ok(()) };
    if task.done_at.is_some() {
        return Ok(());
    }
    task.close(TaskOutcome::Done, at);
    task.done_by = by.cloned();
    unless_taken(ports.tasks.save(&task, &event()).await.map(drop))
}

/// Returns the leads that are reached at this address, number or id.
async fn leads_at(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    (channel, from): (Channel, &str),
) -> StoreResult<Vec<LeadId>> {
    match channel {
        Channel::Email => match EmailAddress::parse(from) {
            Ok(email) => Ok(ports.leads.find_by_email(workspace, &email).await?.into_iter().collect()),
            Err(_) => Ok(Vec::new()),
        },
        Channel::Sms | Channel::Whatsapp => match ChatRecipient::parse(from) {
            Ok(ChatRecipient::Number(number)) => ports.leads.find_by_phone(workspace, &number).await,
            Ok(ChatRecipient::User(user)) => {
                ports.leads.find_by_former(workspace, Reached::ChatUser(&user)).await
            }
            Err(_) => Ok(Vec::new()),
        },
    }
}
