//! Ingests an unmatched message that a user has linked to a lead, as if it had matched: it stops what an answer stops,
//! and stands in the conversation and on the timeline. The route queues this before it stores the link, so either
//! of them may be the one that links; of two users' links the stored one counts.

use crate::inbox::unmatched::settle_link;
use crate::ingesting::context::{IngestError, IngestPorts, Origin, lead};
use crate::ingesting::email;
use crate::ingesting::findings::{Findings, Found};
use crate::ingesting::kept_mail::kept_mail;
use crate::ingesting::reply::{Answer, handle_reply};
use crate::ingesting::writers::{Person, learn};
use crate::lead::suppressing::own_addresses;
use crate::ports::leads::{Activity, ActivityKind, Reached};
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::retry;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::lead::Lead;
use domain::message::unmatched::{Link, UnmatchedReply};
use domain::message::{Direction, Message};
use domain::{UnmatchedId, WorkspaceId};

pub(super) async fn ingest_linked(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    reply: &UnmatchedId,
    link: &Link,
) -> Result<(), IngestError> {
    let Some(reply) = found(settle_link(&*ports.conversations, workspace, reply, link).await)? else {
        return Ok(());
    };
    if !reply.is_linked_by(link) {
        tracing::info!(unmatched.id = %reply.id, "another user was faster");
        return Ok(());
    }
    let findings = Findings::default();
    let origin = Origin {
        workspace,
        account: &reply.account,
        event_id: reply.id.as_str(),
        received_at: link.at,
        blob: reply.blob.as_deref(),
        is_private: false,
        findings: &findings,
        before: None,
    };
    let Some(person) = lead(ports, &origin, &link.lead).await? else { return Ok(()) };
    let mail = match reply.blob.as_deref() {
        Some(key) => kept_mail(&*ports.blobs, key).await?,
        None => None,
    };
    match mail {
        Some(mail) => email::receive_from(ports, &origin, &mail, (&person, &reply)).await?,
        None => answer_of_text(ports, &origin, &reply, &person).await?,
    }
    note_record(ports, &reply, findings.found()).await?;
    if link.learns_address {
        learn_address(ports, &origin, &reply, person).await?;
    }
    Ok(note_link(ports, &reply, link).await?)
}

/// Handles what has no mail in the bucket: a text, or a mail of which only the text is left.
async fn answer_of_text(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    reply: &UnmatchedReply,
    person: &Lead,
) -> StoreResult<()> {
    let Some(file) = found(ports.leads.file(origin.workspace, &person.id).await)? else { return Ok(()) };
    let ours = |message: &&Message| {
        message.direction == Direction::Out
            && message.channel == reply.channel
            && !message.test
            && message.accepted_at.is_some_and(|sent| sent <= reply.received_at)
    };
    let understood = reply.understood.clone().without_models_opt_out();
    let last = file.messages.iter().filter(ours).max_by_key(|message| message.accepted_at);
    let answer = Answer {
        lead: person,
        channel: reply.channel,
        understood: &understood,
        own_words: &reply.text,
        from: &reply.from,
        to: &reply.to,
        wrote_to: reply.wrote_to.clone(),
        subject: &reply.subject,
        text: &reply.text,
        internet_id: None,
        in_reply_to: None,
        campaign: last.and_then(|message| message.campaign.clone()),
        answers: last,
        opts_out: None,
        at: reply.received_at,
        external_id: &reply.external_id,
        blob: None,
        has_html: false,
    };
    handle_reply(ports, origin, &answer).await
}

/// Notes on the record of the arrival that it is about this lead, so that it is deleted with the lead, and the unmatched
/// message too.
async fn note_record(ports: &IngestPorts, reply: &UnmatchedReply, now: Found) -> StoreResult<()> {
    let Some(id) = &reply.record else { return Ok(()) };
    retry!(async {
        let known = found(ports.inbound_records.get(&reply.workspace, id).await)?;
        let Some(mut record) = known else { return Ok(()) };
        let before = record.clone();
        let leads = now.leads.iter().filter(|lead| !before.leads.contains(lead));
        record.leads.extend(leads.cloned());
        let blobs = now.blobs.iter().filter(|blob| !before.blobs.contains(blob));
        record.blobs.extend(blobs.cloned());
        record.unmatched = Some(reply.id.clone());
        match record == before {
            true => Ok(()),
            false => ports.inbound_records.save(&record).await.map(drop),
        }
    })
}

/// Notes the sender's address as another one of the lead, so that its next message is matched.
async fn learn_address(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    reply: &UnmatchedReply,
    lead: Lead,
) -> StoreResult<()> {
    match reply.channel {
        // Mail from the workspace's own group is anybody's.
        Channel::Email => match EmailAddress::parse(&reply.from) {
            Ok(address) if !own_addresses(&ports.suppressing, &reply.workspace).await?.is_near(&address) => {
                ports.leads.note_address(&reply.workspace, &lead.id, Reached::Email(&address)).await
            }
            _ => Ok(()),
        },
        Channel::Sms | Channel::Whatsapp => {
            let person = Person::read(reply.channel, &reply.from, reply.chat_user.as_deref());
            learn(ports, origin, lead, &person).await.map(drop)
        }
    }
}

/// Says on the timeline who linked the message, and what was learnt.
async fn note_link(ports: &IngestPorts, reply: &UnmatchedReply, link: &Link) -> StoreResult<()> {
    let learnt = if link.learns_address { " Further messages from there are matched." } else { "" };
    let activity = Activity {
        id: format!("linked-{}", reply.id),
        at: link.at,
        kind: ActivityKind::Note { text: format!("Linked a message from {}.{learnt}", reply.from) },
        actor: Some(link.by.clone().into()),
    };
    unless_taken(ports.leads.put_activity(&reply.workspace, &link.lead, &activity).await)
}
