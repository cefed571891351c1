//! Previews a bulk message for one of its leads: its text, or why the lead gets none.

use crate::bulk_messages::start::{BulkMessagePorts, BulkMessageWords};
use crate::identity::links::with_dead_links;
use crate::inbox::compose_by_hand::longest_text;
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::store::{StoreResult, found};
use crate::sending::{Thread, author_of, render_mail};
use domain::contact::channel::Channel;
use domain::lead::Lead;
use domain::lead::do_not_contact::{UNKNOWN_ZONE, WINDOW_NEVER_OPENS, bulk_bar};
use domain::lead::enrichment::{Field, FieldResult};
use domain::lead::zone::clock_of;
use domain::message::Message;
use domain::message::sender::{KnownSender, known_sender};
use domain::planning::closed_hours::ClosedHours;
use domain::planning::send_window::bulk_is_closed;
use domain::sequence::merge_fields::MergeContext;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::{AccountId, LeadId, MessageId, UserId};
use futures::StreamExt;
use std::collections::HashMap;

const AT_ONCE: usize = 8;

pub struct RenderedMessage {
    pub lead: Lead,
    /// The account that it leaves from; none where no user has chosen one in the place of one that was removed.
    pub sender: Option<AccountId>,
    /// Subject and text, or the reason why this lead gets none.
    pub words: Result<(String, String), Obstacle>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The reason: `do_not_contact`, `possible_opt_out`, a reason why the channel is closed, `no_consent`, `no_postal_address`,
    /// `sender_gone`, `unknown_zone` where no hour is day wherever the lead may be, `window_never_opens`, `missing_value`, or `too_large` as an SMS.
    pub reason: &'static str,
    /// The value that is missing, or the limit that is exceeded.
    pub detail: Option<String>,
}

/// The accounts that a bulk message leaves from: for each lead the one that it knows.
#[derive(Debug, Clone, Copy)]
pub struct BulkSenders<'a> {
    pub accounts: &'a [Account],
    /// The account for leads that know none.
    pub others: &'a AccountId,
    /// Whether a user has chosen that account: it then also takes the place of one that was removed.
    pub is_chosen: bool,
    /// The user who writes it: a text is signed with their name.
    pub author: Option<&'a UserId>,
}

impl<'a> BulkSenders<'a> {
    fn of(&self, messages: &[Message], channel: Channel) -> Option<&'a Account> {
        let there = |id: &AccountId| self.accounts.iter().find(|account| account.id == *id);
        match known_sender(messages, self.accounts, channel) {
            Some(KnownSender::There(known)) => there(&known.id),
            Some(KnownSender::Gone(_)) if !self.is_chosen => None,
            Some(KnownSender::Gone(_)) | None => there(self.others),
        }
    }
}

/// Renders the message for those of `leads` that still exist, in the order in which they are named.
pub async fn render_for_leads(
    ports: &BulkMessagePorts,
    workspace: &Workspace,
    ((channel, words), senders): ((Channel, &BulkMessageWords), BulkSenders<'_>),
    leads: &[LeadId],
) -> StoreResult<Vec<RenderedMessage>> {
    let there = ports.writing.leads.get_many(&workspace.id, leads).await?;
    let lines = ports.writing.leads.field_of_many(&workspace.id, leads, Field::FirstLine).await?;
    let lines: HashMap<LeadId, FieldResult> = lines.into_iter().collect();
    let author = match channel {
        Channel::Email => None,
        Channel::Sms | Channel::Whatsapp => {
            author_of(&*ports.users, workspace, senders.author, &words.text).await?
        }
    };
    let author = author.as_deref();
    let unidentified = channel == Channel::Email && workspace.company.lacks_for_mail().is_some();
    let closed = &ClosedHours::default();
    let each = there.into_iter().map(|lead| {
        let line = lines.get(&lead.id);
        async move {
            let listed = ports.writing.suppressions.find(&workspace.id, &scopes_of(&lead)).await?;
            let obstacle = |reason| Err(Obstacle { reason, detail: None });
            if let Some(reason) = bulk_bar(&lead, channel, (&listed, workspace), ports.clock.now()) {
                return Ok(RenderedMessage { lead, sender: None, words: obstacle(reason) });
            }
            if unidentified {
                return Ok(RenderedMessage { lead, sender: None, words: obstacle("no_postal_address") });
            }
            let sender = match found(ports.writing.leads.file(&workspace.id, &lead.id).await)? {
                Some(file) => senders.of(&file.messages, channel),
                None => None,
            };
            let now = ports.clock.now();
            let words = match sender {
                Some(sender) if bulk_is_closed(&lead, channel, sender, closed, now) => {
                    obstacle(if clock_of(&lead).is_some_and(|clock| clock.is_known()) {
                        WINDOW_NEVER_OPENS
                    } else {
                        UNKNOWN_ZONE
                    })
                }
                Some(sender) => {
                    let name = author.or_else(|| sender.settings.sender_name());
                    written(ports, workspace, (&lead, channel, name), line, words)
                }
                None => obstacle("sender_gone"),
            };
            Ok(RenderedMessage { lead, sender: sender.map(|sender| sender.id.clone()), words })
        }
    });
    let looked: Vec<StoreResult<RenderedMessage>> =
        futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    looked.into_iter().collect()
}

fn written(
    ports: &BulkMessagePorts,
    workspace: &Workspace,
    (lead, channel, sender): (&Lead, Channel, Option<&str>),
    line: Option<&FieldResult>,
    words: &BulkMessageWords,
) -> Result<(String, String), Obstacle> {
    let line = line.and_then(|result| result.status.opening_line());
    let values =
        MergeContext::from_lead(lead, &workspace.company).with_opening_line(line).with_sender(sender);
    let id = MessageId::derived(&lead.id, &["shown"]);
    let values = with_dead_links(values, &ports.public_url, (&workspace.id, &id));
    let (subject, text) = render_mail(&values, (&words.subject, &words.text), &Thread::default())
        .map_err(|error| Obstacle { reason: "missing_value", detail: Some(error.to_string()) })?;
    let longest = longest_text(channel);
    if channel == Channel::Sms && text.chars().count() > longest {
        let detail = format!("with their values it has more than {longest} characters");
        return Err(Obstacle { reason: "too_large", detail: Some(detail) });
    }
    Ok((subject, text))
}
