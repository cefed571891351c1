//! Uncertain messages: the question that is put to a user, and the evidence or answer that settles it.

use crate::campaign::enrol::schedule_or_end;
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
use crate::campaign::rollout::advance;
use crate::inbox::message_change::change_message;
use crate::lead::change::first_contact;
use crate::ports::campaigns::CampaignStore;
use crate::ports::clock::Clock;
use crate::ports::leads::LeadStore;
use crate::ports::messages::MessageStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::tasks::TaskStore;
use crate::sending::one_off::queue::{one_off_hint, one_off_order};
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::message::{Direction, Message, MessageState};
use domain::mutant;
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{MessageId, TaskId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct SettlePorts {
        pub clock: Arc<dyn Clock>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub messages: Arc<dyn MessageStore>,
        pub outbox: Arc<dyn Outbox>,
        pub tasks: Arc<dyn TaskStore>,
        pub enrol: EnrolPorts = EnrolPorts::new,
    }
}

/// The question about one attempt. A message that was sent again and is uncertain anew is asked about anew.
fn task_id(message: &Message) -> TaskId {
    let began = message.created_at.as_nanosecond().to_string();
    TaskId::derived(&message.id.lead(), &["uncertain", message.id.as_str(), &began])
}

/// Asks a user, once an attempt. Question and message are written together, so that evidence which comes at the same time
/// meets the question, or is met here. False if it is known by now what became of the message.
pub async fn ask_user(
    messages: &dyn MessageStore,
    tasks: &dyn TaskStore,
    lead: &Lead,
    message: &Message,
    now: Timestamp,
) -> StoreResult<bool> {
    let what = match message.channel {
        Channel::Email => "mail",
        Channel::Sms => "text",
        Channel::Whatsapp => "WhatsApp message",
    };
    let title = format!("Did this {what} arrive?");
    let mut task = Task::about(lead, task_id(message), TaskKind::ResolveUncertain, title, now);
    task.message = Some(message.id.clone());
    let (asks, created) =
        (Event::system(EventKind::MessageAskedAbout, now), Event::system(EventKind::TaskCreated, now));
    let same =
        |there: &Message| there.state == MessageState::Uncertain && there.created_at == message.created_at;
    for _ in 0..TRIES {
        let there = found(messages.get(&message.workspace, &message.id).await)?.filter(same);
        let Some(mut there) = there else { return Ok(false) };
        if !there.is_claimed(now) {
            // The attempt that broke off tells nothing any more.
            there.claim = None;
        }
        if found(tasks.get(&task.workspace, &task.id).await)?.is_some() {
            return Ok(true);
        }
        match messages.save_with_task((&there, &asks), (&task, &created)).await {
            Err(StoreError::Conflict) => {}
            other => return other.map(|()| true),
        }
    }
    Err(StoreError::Conflict)
}

/// Closes the questions about a message whose outcome is known, or that goes out again. `tasks` are its lead's.
pub async fn close_questions(
    store: &dyn TaskStore,
    tasks: &[Task],
    message: &Message,
    now: Timestamp,
) -> StoreResult<()> {
    let asks = |task: &&Task| {
        let is_open = task.done_at.is_none() && task.kind == TaskKind::ResolveUncertain;
        is_open && task.message.as_ref() == Some(&message.id)
    };
    for task in tasks.iter().filter(asks) {
        let event = Event::system(EventKind::TaskDone, now).because(message.id.as_str());
        close(store, task.clone(), &event).await?;
    }
    Ok(())
}

/// Closes a question, also if another function has written it meanwhile and left it open.
async fn close(store: &dyn TaskStore, mut task: Task, event: &Event) -> StoreResult<()> {
    for _ in 0..TRIES {
        let (workspace, id) = (task.workspace.clone(), task.id.clone());
        task.close(TaskOutcome::Done, event.at);
        match store.save(&task, event).await {
            Err(StoreError::Conflict) => {}
            other => return other.map(drop),
        }
        match found(store.get(&workspace, &id).await)? {
            Some(there) if there.done_at.is_none() => task = there,
            _ => return Ok(()),
        }
    }
    Err(StoreError::Conflict)
}

/// Closes the question that a user has answered, or need not answer any more.
pub async fn close_question(
    tasks: &dyn TaskStore,
    message: &Message,
    actor: Actor,
    now: Timestamp,
) -> StoreResult<()> {
    let Some(task) = open_question(tasks, message).await? else { return Ok(()) };
    close(tasks, task, &Event::new(EventKind::TaskDone, actor, now).because(message.id.as_str())).await
}

async fn open_question(tasks: &dyn TaskStore, message: &Message) -> StoreResult<Option<Task>> {
    let task = found(tasks.get(&message.workspace, &task_id(message)).await)?;
    Ok(task.filter(|task| task.done_at.is_none()))
}

/// Records that a message went out: something happened that only such a message can cause, or a user says so. False if that
/// was known.
pub async fn record_sent(
    ports: &SettlePorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    actor: Actor,
    at: Timestamp,
) -> StoreResult<bool> {
    // A user is asked about uncertain messages; a provider's report is true of an attempt under way as well.
    let settles = if matches!(actor, Actor::User(_)) { is_open } else { is_unsettled };
    let message = found(ports.messages.get(workspace, id).await)?.filter(settles);
    let Some(message) = message else { return Ok(false) };
    // The message is written last: while it is uncertain, the next report does the rest.
    if !message.test
        && let Some(lead) = found(ports.leads.get(workspace, &id.lead()).await)?
    {
        first_contact(&*ports.leads, &lead, &message, at).await?;
    }
    if let Some((planning, mut enrolment)) = waiting_enrolment(ports, &message).await? {
        enrolment.release();
        enrolment.note_accepted_message(&message);
        let below = enrolment.step().as_ref().and_then(|step| planning.version.after(step));
        advance(&ports.enrol, &planning, &mut enrolment, at, below).await?;
        schedule_or_end(&ports.enrol, &planning, enrolment, ports.clock.now()).await?;
    }
    accept(ports, workspace, id, actor, at).await
}

/// Records a report about a message: that it went out, then what `change` makes of the report. Its sender may write just then
/// that the outcome is uncertain; that is met here, too. The rest is as in `change_message`.
pub async fn change_sent(
    ports: &SettlePorts,
    (workspace, id): (&WorkspaceId, &MessageId),
    at: Timestamp,
    mut change: impl FnMut(&mut Message) -> Option<Event> + Send,
) -> StoreResult<Option<Message>> {
    for _ in 0..TRIES {
        record_sent(ports, workspace, id, Actor::System, at).await?;
        let mut open = false;
        let message = change_message(&*ports.messages, workspace, id, |message| {
            open = is_unsettled(message);
            if open { None } else { change(message) }
        })
        .await?;
        if !open {
            return Ok(message);
        }
    }
    Err(StoreError::Conflict)
}

/// Accepts the message and closes its question in one write: a function that broke off in between would leave one of both
/// for nobody to find.
async fn accept(
    ports: &SettlePorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    actor: Actor,
    at: Timestamp,
) -> StoreResult<bool> {
    let accepted = Event::new(EventKind::MessageAccepted, actor.clone(), at).because("evidence");
    let answered = Event::new(EventKind::TaskDone, actor, at).because(id.as_str());
    for _ in 0..TRIES {
        let message = found(ports.messages.get(workspace, id).await)?.filter(is_unsettled);
        let Some(mut message) = message else { return Ok(false) };
        let question = open_question(&*ports.tasks, &message).await?;
        message.frozen = None;
        message.raise_state(MessageState::Accepted, at);
        let saved = match question {
            Some(mut question) => {
                question.close(TaskOutcome::Done, at);
                ports.messages.save_with_task((&message, &accepted), (&question, &answered)).await
            }
            None => ports.messages.save(&message, &accepted).await.map(drop),
        };
        match saved {
            Err(StoreError::Conflict) => {}
            other => return other.map(|()| true),
        }
    }
    Err(StoreError::Conflict)
}

const TRIES: usize = 5;

/// The delay of the hint that finds a message which was queued anew, longer than a request may take.
const FOUND_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// Sends an uncertain message once more, as a user has decided, whatever became of the first. False if it was not uncertain
/// any more. `Conflict` while the attempt itself is under way.
pub async fn send_again(
    ports: &SettlePorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    actor: Actor,
) -> StoreResult<bool> {
    let now = ports.clock.now();
    let asked_about = found(ports.messages.get(workspace, id).await)?;
    if let Some(message) = &asked_about
        && is_under_way(ports, message).await?
    {
        return Err(StoreError::Conflict);
    }
    let event = Event::new(EventKind::MessageAbandoned, actor.clone(), now);
    if let Some(message) =
        asked_about.as_ref().filter(|message| message.campaign.is_none() && is_open(message))
    {
        ports.enrol.due.put(&[one_off_hint(message, now.checked_add(FOUND_WITHIN).unwrap_or(now))]).await?;
    }
    let Some(message) =
        change_uncertain(ports, workspace, id, &event, |message| give_up(message, now)).await?
    else {
        let stored = found(ports.messages.get(workspace, id).await)?;
        return match stored {
            Some(message) if is_open(&message) && message.is_claimed(now) => Err(StoreError::Conflict),
            _ => Ok(false),
        };
    };
    if message.campaign.is_none() {
        send_all(&*ports.outbox, &[one_off_order(&message, now)], 0).await?;
    }
    if let Some((planning, mut enrolment)) = waiting_enrolment(ports, &message).await? {
        // The answer holds for a late message, too.
        enrolment.try_again(now);
        schedule_or_end(&ports.enrol, &planning, enrolment, now).await?;
    }
    if let Some(message) = asked_about {
        close_question(&*ports.tasks, &message, actor, now).await?;
    }
    Ok(true)
}

/// Gives an attempt up so that the message goes out anew. False for a one-off message that is claimed.
fn give_up(message: &mut Message, now: Timestamp) -> bool {
    if message.campaign.is_none() && message.is_claimed(now) {
        return false;
    }
    // A step's message is sent by its enrolment; one without a campaign waits for its queue, and begins anew.
    if message.campaign.is_some() {
        message.state = MessageState::Abandoned;
    } else {
        (message.state, message.created_at) = (MessageState::Queued, now);
    }
    message.reset_for_retry();
    message.attempts = 0;
    (message.planned_for, message.claim) = (None, None);
    true
}

/// Whether its sender has not recorded the outcome yet, or broke off and will be found.
async fn is_under_way(ports: &SettlePorts, message: &Message) -> StoreResult<bool> {
    let mut enrolments = Vec::new();
    if let Some(campaign) = message.campaign.clone() {
        let key = EnrolmentKey { workspace: message.workspace.clone(), lead: message.id.lead(), campaign };
        enrolments.extend(found(ports.enrol.enrolments.get(&key).await)?);
    }
    Ok(under_way_until(message, &enrolments, ports.clock.now()).is_some())
}

/// Tells until when an attempt at the message is under way and no user's answer is taken; `None` where one is taken now.
/// `enrolments` are its lead's. A time that has passed is that of an attempt that broke off, and will be found.
pub fn under_way_until(message: &Message, enrolments: &[Enrolment], now: Timestamp) -> Option<Timestamp> {
    let Some(campaign) = &message.campaign else {
        return message.claim.as_ref().map(|claim| claim.until).filter(|until| *until > now);
    };
    let its_own = |known: &&Enrolment| known.key().campaign == *campaign && *known.step() == message.step;
    match *enrolments.iter().find(its_own)?.state() {
        EnrolmentState::Claimed { expires, .. } => Some(expires),
        _ => None,
    }
}

/// Whether the message is uncertain, or an attempt to send it is still under way.
fn is_unsettled(message: &Message) -> bool {
    message.state == MessageState::Sending || is_open(message)
}

fn is_open(message: &Message) -> bool {
    message.direction == Direction::Out
        && matches!(message.state, MessageState::Uncertain | MessageState::Abandoned)
        && !mutant!("evidence_ignored")
}

/// Changes a message that is uncertain and returns it. `None`: it is not uncertain, not there, or `change` says no.
async fn change_uncertain(
    ports: &SettlePorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    event: &Event,
    change: impl Fn(&mut Message) -> bool + Send + Sync,
) -> StoreResult<Option<Message>> {
    let mut open = false;
    let message = change_message(&*ports.messages, workspace, id, |message| {
        open = is_open(message) && change(message);
        open.then(|| event.clone())
    });
    Ok(message.await?.filter(|_| open))
}

/// The enrolment that waits for this message's outcome.
async fn waiting_enrolment(
    ports: &SettlePorts,
    message: &Message,
) -> StoreResult<Option<(PlanningContext, Enrolment)>> {
    let (Some(campaign), Some(step)) = (&message.campaign, &message.step) else { return Ok(None) };
    let workspace = &message.workspace;
    let key =
        EnrolmentKey { workspace: workspace.clone(), lead: message.id.lead(), campaign: campaign.clone() };
    let Some(enrolment) = found(ports.enrol.enrolments.get(&key).await)? else { return Ok(None) };
    let waits = matches!(enrolment.state(), EnrolmentState::Held { reason: HoldReason::Uncertain, .. });
    if !waits || enrolment.step().as_ref() != Some(step) {
        return Ok(None);
    }
    let campaign = ports.campaigns.get(workspace, campaign).await?;
    let planning = PlanningContext::of_enrolment(&ports.enrol, campaign, &enrolment).await?;
    Ok(Some((planning, enrolment)))
}
