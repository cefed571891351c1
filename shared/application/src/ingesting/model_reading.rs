//! What rules are not sure of is read by a model, where the workspace wants it: asks for that once the message is
//! recorded and everything is stopped, and applies what the model has read.

use crate::inbox::conversation_changes::show_understanding;
use crate::inbox::message_change::change_message;
use crate::ingesting::attribution::note_again;
use crate::ingesting::context::{IngestPorts, Origin, known_message, lead};
use crate::ingesting::findings::Findings;
use crate::ingesting::opt_out::{opt_out, show_opt_out};
use crate::ingesting::rules::carry_out_rules;
use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::ReadAnswer;
use domain::campaign::trigger_rule::Happened;
use domain::event::{Event, EventKind};
use domain::message::Message;
use domain::message::model_reading::{is_unsure, is_worth_asking};
use domain::message::understanding::{ReplyKind, Understanding};
use domain::{AccountId, MessageId, WorkspaceId};
use jiff::Timestamp;

/// Queues the question to the model. It is the last that is done with an answer: nothing waits for it.
pub(super) async fn ask_model(
    ports: &IngestPorts,
    message: &Message,
    (understood, own_words): (&Understanding, &str),
) -> StoreResult<()> {
    if !is_unsure(understood) || !is_worth_asking(own_words) {
        return Ok(());
    }
    if !ports.workspaces.get(&message.workspace).await?.ai_reads_answers {
        return Ok(());
    }
    let question = ReadAnswer { workspace: message.workspace.clone(), message: message.id.clone() };
    send_all(&*ports.outbox, &[question], 0).await
}

pub(super) struct Reading<'a> {
    pub workspace: &'a WorkspaceId,
    /// The inbound message.
    pub message: &'a MessageId,
    pub understood: &'a Understanding,
    pub at: Timestamp,
}

/// Applies what a model has read. The message itself is changed last: it tells a repeated event that all is done. What a
/// user has said meanwhile stands.
pub(super) async fn apply_reading(ports: &IngestPorts, of: &Reading<'_>) -> StoreResult<()> {
    let Reading { workspace, message: id, understood, at } = of;
    let Some(message) = known_message(ports, workspace, id).await? else { return Ok(()) };
    let Some(before) = message.understood.as_ref().filter(|known| is_unsure(known)) else { return Ok(()) };
    let cause = format!("read-{id}");
    let by_model = AccountId::derived(Timestamp::UNIX_EPOCH, &["read-by-model"]);
    let origin = Origin {
        workspace,
        account: &by_model,
        event_id: &cause,
        received_at: *at,
        blob: None,
        is_private: false,
        findings: &Findings::default(),
        before: None,
    };
    let Some(person) = lead(ports, &origin, &id.lead()).await? else { return Ok(()) };
    if understood.kind == ReplyKind::OptOut {
        let whose = (&person, [None, Some(message.from.as_str())]);
        opt_out(ports, &origin, whose, (message.channel, message.created_at), &cause).await?;
        show_opt_out(ports, &origin, &person.id, &cause).await?;
    }
    note_again(ports, &message, understood, (*at, &cause)).await?;
    let event = || Event::system(EventKind::UnderstoodByModel, *at).because(id.as_str());
    show_understanding(&*ports.conversations, &message, (before.kind, understood), &event()).await?;
    if understood.is_positive() {
        let happened = Happened::AnsweredPositively { message: MessageId::clone(id) };
        carry_out_rules(&ports.rules, &person, &[happened], *at).await?;
    }
    change_message(&*ports.messages, workspace, id, |message| {
        let is_open = message.understood.as_ref().is_some_and(is_unsure);
        is_open.then(|| {
            message.understood = Some((*understood).clone());
            event()
        })
    })
    .await
    .map(drop)
}
