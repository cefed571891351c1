//! Suggests whose an unmatched message may be: the lead with this address, leads of the thread that it belongs to or of
//! the addresses that it names, colleagues at the sender's company, and leads of the sender's name.

use crate::ingesting::kept_mail::kept_mail;
use crate::lead::change::find_by_present_or_former_email;
use crate::lead::list::LeadLists;
use crate::ports::blobs::Blobs;
use crate::ports::leads::{LeadQuery, LeadRow, LeadStore};
use crate::ports::messages::MessageStore;
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};
use domain::LeadId;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::message::identity::{AnswerHeaders, candidates};
use domain::message::unmatched::UnmatchedReply;
use serde::Serialize;

const MOST_SUGGESTED: usize = 6;
const MOST_NAMED: usize = 10;
const SHORTEST_NAME: usize = 3;

/// What speaks for a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fits {
    /// The lead has this address or number by now.
    Address,
    /// The message belongs to a thread with the lead.
    Thread,
    /// The message also went to the lead, or names its address.
    Mentioned,
    /// The lead is at the sender's company.
    Company,
    /// The lead has the sender's name.
    Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub lead: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub fits: Fits,
}

/// The ports that a search for suggestions reads.
pub struct Searched<'a> {
    pub leads: &'a dyn LeadStore,
    pub lists: &'a LeadLists,
    pub messages: &'a dyn MessageStore,
    pub blobs: &'a dyn Blobs,
}

impl Searched<'_> {
    /// Returns the leads that fit, the best first, each once.
    pub async fn suggest(&self, reply: &UnmatchedReply) -> StoreResult<Vec<Suggestion>> {
        let mut ids: Vec<(LeadId, Fits)> = Vec::new();
        let from = EmailAddress::parse(&reply.from).ok();
        ids.extend(
            self.leads_of_address(reply, from.as_ref()).await?.into_iter().map(|id| (id, Fits::Address)),
        );
        let mail = match reply.blob.as_deref() {
            Some(key) => kept_mail(self.blobs, key).await?,
            None => None,
        };
        if let Some(mail) = &mail {
            ids.extend(self.leads_of_thread(reply, mail).await?.into_iter().map(|id| (id, Fits::Thread)));
            ids.extend(self.mentioned(reply, mail).await?.into_iter().map(|id| (id, Fits::Mentioned)));
        }
        let mut suggested = self.read(reply, ids).await?;
        if let Some(company) = from.as_ref().and_then(EmailAddress::company_domain) {
            let ending = format!("@{company}");
            let there = |row: &LeadRow| row.email.as_deref().is_some_and(|email| email.ends_with(&ending));
            self.listed(reply, (&ending, Fits::Company), there, &mut suggested).await?;
        }
        let name = reply.from_name.trim().to_lowercase();
        if name.chars().count() >= SHORTEST_NAME && !name.contains('@') {
            let same = |row: &LeadRow| row.name.trim().to_lowercase() == name;
            self.listed(reply, (&name, Fits::Name), same, &mut suggested).await?;
        }
        suggested.truncate(MOST_SUGGESTED);
        Ok(suggested)
    }

    async fn leads_of_address(
        &self,
        reply: &UnmatchedReply,
        from: Option<&EmailAddress>,
    ) -> StoreResult<Vec<LeadId>> {
        if let Some(from) = from {
            let found = find_by_present_or_former_email(self.leads, &reply.workspace, from).await?;
            return Ok(found.into_iter().collect());
        }
        match PhoneNumber::try_from(reply.from.clone()) {
            Ok(number) => self.leads.find_by_phone(&reply.workspace, &number).await,
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Finds the leads of our messages in the mail's headers, also where the subject has changed since.
    async fn leads_of_thread(&self, reply: &UnmatchedReply, mail: &InboundEmail) -> StoreResult<Vec<LeadId>> {
        let headers = AnswerHeaders {
            recipients: mail.to.clone(),
            in_reply_to: mail.in_reply_to.clone().unwrap_or_default(),
            references: mail.references.join(" "),
        };
        let mut leads = Vec::new();
        for message in
            candidates(&headers).into_iter().filter_map(|candidate| candidate.message).take(MOST_NAMED)
        {
            if found(self.messages.get(&reply.workspace, &message).await)?.is_some() {
                leads.push(message.lead());
            }
        }
        Ok(leads)
    }

    /// Finds the leads of the other recipients, and of the addresses in the text, such as a quotation's.
    async fn mentioned(&self, reply: &UnmatchedReply, mail: &InboundEmail) -> StoreResult<Vec<LeadId>> {
        let ends = |c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c);
        let words = reply.text.split(ends).filter(|word| word.contains('@'));
        let words = words.map(|word| word.trim_end_matches(['.', '!', '?']));
        let mut named: Vec<EmailAddress> = Vec::new();
        for address in mail.to.iter().map(String::as_str).chain(words) {
            let Ok(address) = EmailAddress::parse(address) else { continue };
            if named.len() < MOST_NAMED && !named.contains(&address) {
                named.push(address);
            }
        }
        let mut leads = Vec::new();
        for address in named {
            leads.extend(self.leads.find_by_email(&reply.workspace, &address).await?);
        }
        Ok(leads)
    }

    async fn read(&self, reply: &UnmatchedReply, ids: Vec<(LeadId, Fits)>) -> StoreResult<Vec<Suggestion>> {
        let wanted: Vec<LeadId> = ids.iter().map(|(id, _)| id.clone()).collect();
        let mut suggested: Vec<Suggestion> = Vec::new();
        for lead in self.leads.get_many(&reply.workspace, &wanted).await? {
            let Some((_, fits)) = ids.iter().find(|(id, _)| *id == lead.id) else { continue };
            add(
                &mut suggested,
                Suggestion {
                    name: lead.display_name(),
                    lead: lead.id,
                    company: lead.company,
                    email: lead.email.map(|email| email.to_string()),
                    fits: *fits,
                },
            );
        }
        Ok(suggested)
    }

    async fn listed(
        &self,
        reply: &UnmatchedReply,
        (words, fits): (&str, Fits),
        takes: impl Fn(&LeadRow) -> bool + Send + Sync,
        suggested: &mut Vec<Suggestion>,
    ) -> StoreResult<()> {
        let filter = LeadFilter { q: Some(words.to_owned()), ..LeadFilter::default() };
        let query = LeadQuery { filter, limit: 20, ..LeadQuery::default() };
        for row in
            self.lists.page(&reply.workspace, &LeadScope::All, &query).await?.leads.into_iter().filter(takes)
        {
            let LeadRow { id: lead, name, company, email, .. } = row;
            add(suggested, Suggestion { lead, name, company, email, fits });
        }
        Ok(())
    }
}

fn add(suggested: &mut Vec<Suggestion>, one: Suggestion) {
    if !suggested.iter().any(|known| known.lead == one.lead) {
        suggested.push(one);
    }
}
