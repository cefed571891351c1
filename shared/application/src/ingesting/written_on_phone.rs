//! Handles a message to a lead that a colleague wrote in the chat app itself, on a phone that shares the account's
//! number: the colleague takes the lead over.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::reply::clip;
use crate::ingesting::take_over::take_over;
use crate::ingesting::writers::{Person, find_writers};
use crate::ports::provider_events::WrittenOnPhone;
use crate::ports::store::StoreResult;
use domain::message::{Direction, Message, MessageState};
use domain::{LeadId, MessageId};

const LONGEST_KEPT: usize = 16 * 1024;

pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    written: &WrittenOnPhone,
) -> StoreResult<()> {
    let at = origin.written_at(written.at);
    let person = Person::read(written.channel, &written.to, written.user.as_deref());
    // A chat with somebody who is no lead is none of ours.
    let Some(writers) = find_writers(ports, origin, &person, at).await? else { return Ok(()) };
    origin.findings.concerns(&writers.first.id);
    let id = MessageId::derived(&writers.first.id, &["on_phone", &written.provider_id]);
    let message = Message {
        account: Some(origin.account.clone()),
        from: written.from.clone(),
        to: written.to.clone(),
        text: clip(&written.text, LONGEST_KEPT),
        provider_id: Some(written.provider_id.clone()),
        state: MessageState::Accepted,
        accepted_at: Some(at),
        ..Message::blank(id, origin.workspace.clone(), Direction::Out, written.channel, at)
    };
    let others: Vec<LeadId> = writers.others.iter().map(|(lead, _)| lead.id.clone()).collect();
    take_over(ports, origin, (&writers.first, &others), message).await
}
