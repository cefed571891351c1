//! Applies what a user's correction of an inbound message means for the lead: an opt-out suppresses and stops as if it
//! had been understood at once, an answer stops what still runs, and either ends the hold for a
//! possible opt-out. A suppression is lifted by users only.

use crate::ingesting::answer_drafts::ask_for_draft;
use crate::ingesting::attribution::note_again;
use crate::ingesting::context::{IngestPorts, Origin, known_message, lead};
use crate::ingesting::findings::Findings;
use crate::ingesting::hold::settle_holds;
use crate::ingesting::opt_out::{opt_out, show_opt_out};
use crate::ports::store::StoreResult;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::message::understanding::{ReplyKind, Understanding};
use domain::{AccountId, MessageId, UserId, WorkspaceId};
use jiff::Timestamp;

pub(super) struct Correction<'a> {
    pub workspace: &'a WorkspaceId,
    /// The inbound message.
    pub message: &'a MessageId,
    pub understood: &'a Understanding,
    pub user: &'a UserId,
    pub at: Timestamp,
}

pub(super) async fn apply_correction(ports: &IngestPorts, of: &Correction<'_>) -> StoreResult<()> {
    let Correction { workspace, message: id, understood, user, at } = of;
    let Some(message) = known_message(ports, workspace, id).await? else { return Ok(()) };
    let cause = format!("corrected-{id}-{}", at.as_second());
    let by_hand = AccountId::derived(Timestamp::UNIX_EPOCH, &["corrected"]);
    let origin = Origin {
        workspace,
        account: &by_hand,
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
        opt_out(ports, &origin, whose, (message.channel, *at), &cause).await?;
        show_opt_out(ports, &origin, &person.id, &cause).await?;
    } else if understood.kind.is_answer() {
        let why = if understood.is_booking() { EndReason::Booked } else { EndReason::Replied };
        let event =
            Event::new(EventKind::LeadAnswered, Actor::User((*user).clone()), *at).because(id.as_str());
        // A repeat leaves alone what began since.
        let mut once = |lead: &mut Lead| {
            let is_news = !lead.engagement.has_seen(&cause);
            if is_news {
                lead.engagement.note(cause.clone());
                lead.away = None;
            }
            is_news
        };
        ports.enrolments.stop_and(workspace, &person.id, why, &event, &mut once).await?;
    }
    // A model's reading may hold the lead, and so may a misspelt word.
    settle_holds(ports, (&person.id, &message), Some(user), *at).await?;
    note_again(ports, &message, understood, (*at, &cause)).await?;
    ask_for_draft(ports, &message, understood).await
}
