//! What rules are not sure of is read by a model, where the workspace wants it: asks for that once the message is
//! recorded and everything is stopped, and applies what the model has read.

use crate::inbox::conversation_changes::show_understanding;
use crate::inbox::message_change::change_message;
use crate::ingesting::attribution::note_again;
use crate::ingesting::context::{IngestPorts, Origin, known_message, lead};
use crate::ingesting::findings::Findings;
use crate::ingesting::hold::{Held, ask_users, hold_person, settle_holds, tell_owner};
use crate::ingesting::rules::carry_out_rules;
use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::ReadAnswer;
use domain::campaign::trigger_rule::Happened;
use domain::event::{Event, EventKind};
use domain::lead::opt_out_hold::Doubt;
use domain::message::Message;
use domain::message::model_reading::{is_unsure, is_worth_asking};
use domain::message::understanding::{DecidedBy, ReplyKind, Understanding};
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
    // An older reading, still on its way, says that it is an opt-out.
    let understood = &(*understood).clone().without_models_opt_out();
    if understood.kind == ReplyKind::PossibleOptOut {
        let (channel, sentence) = (message.channel, understood.sentence.as_str());
        let doubt = Doubt { message: id, channel, sentence, at: *at };
        let held = Held { lead: &person, from: Some(&message.from), doubt };
        hold_person(ports, &origin, &held, &mut |_| true).await?;
        ask_users(ports, (&person, id), (sentence, *at)).await?;
        tell_owner(ports, (&person, id), (sentence, *at)).await?;
    }
    note_again(ports, &message, understood, (*at, &cause)).await?;
    let event = || Event::system(EventKind::UnderstoodByModel, *at).because(id.as_str());
    show_understanding(&*ports.conversations, &message, (before.kind, understood), &event()).await?;
    if understood.is_positive() {
        let happened = Happened::AnsweredPositively { message: MessageId::clone(id) };
        carry_out_rules(&ports.rules, &person, &[happened], *at).await?;
    }
    let mut was_decided = false;
    change_message(&*ports.messages, workspace, id, |message| {
        let now = message.understood.as_ref();
        was_decided = now.is_some_and(|now| now.by == DecidedBy::User);
        now.is_some_and(is_unsure).then(|| {
            message.understood = Some(understood.clone());
            event()
        })
    })
    .await?;
    // A user who read the message in the meantime was faster than the hold.
    if was_decided && understood.kind == ReplyKind::PossibleOptOut {
        settle_holds(ports, (&person.id, &message), None, *at).await?;
    }
    Ok(())
}
