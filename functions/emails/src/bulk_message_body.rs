//! The request of a bulk message: its audience, text and account.

use crate::App;
use application::bulk_messages::start::BulkMessageWords;
use application::campaign::enrol_jobs::Audience;
use application::inbox::compose_by_hand::{longest_text, may_be_planned_for};
use application::inbox::sender_choice::choose_sender;
use application::lead::filter::matching;
use domain::contact::channel::Channel;
use domain::lead::filter::LeadFilter;
use domain::sequence::render::check;
use domain::workspace::account::Account;
use domain::{AccountId, LeadId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, utoipa};
use jiff::Timestamp;
use serde::Deserialize;

/// The most leads that a request may name one by one.
const MOST_NAMED: usize = 10_000;

/// The audience is `ids`, or `filter` with the count that the caller saw, including those in `except`. A
/// count that differs by now is answered with 409 and nothing is sent.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkMessageBody {
    #[serde(default)]
    pub ids: Vec<LeadId>,
    pub filter: Option<LeadFilter>,
    /// Leads that are left out, though the filter matches them.
    #[serde(default)]
    pub except: Vec<LeadId>,
    pub expected_count: Option<usize>,
    /// `email`, if left out, or `sms`.
    pub channel: Option<Channel>,
    /// Required for an e-mail. Merge fields in subject and body are filled in.
    #[serde(default)]
    pub subject: String,
    /// Up to 20,000 characters; as an SMS up to 1,600.
    pub body: String,
    /// The account for the leads that know none of the workspace's, or one that was removed. The others get the message
    /// from the mailbox or number that they wrote to, else from the one that wrote to them last. Required where several
    /// accounts could send it; `account_id` means the same.
    #[serde(alias = "account_id")]
    pub account: Option<AccountId>,
    /// The time to send, at most 90 days from now; now, if left out.
    pub send_at: Option<Timestamp>,
}

/// The checked request.
pub struct ParsedBulkMessage {
    pub whom: Audience,
    pub people: usize,
    /// The first leads of the audience.
    pub first: Vec<LeadId>,
    pub channel: Channel,
    pub words: BulkMessageWords,
    /// The workspace's accounts.
    pub accounts: Vec<Account>,
    /// The account for leads that know none of the workspace's.
    pub account: Account,
    /// Whether a user has chosen that account, so that it also takes the place of one that was removed.
    pub is_chosen: bool,
    pub send_at: Option<Timestamp>,
}

impl App {
    pub async fn parse_bulk_message(
        &self,
        caller: &Caller,
        body: BulkMessageBody,
        most_first: usize,
    ) -> ApiResult<ParsedBulkMessage> {
        let channel = body.channel.unwrap_or(Channel::Email);
        let mut errors = FieldErrors::default();
        let text = errors.required("body", &body.body, longest_text(channel));
        let subject = match channel {
            Channel::Email => errors.required("subject", &body.subject, 300),
            Channel::Sms | Channel::Whatsapp => String::new(),
        };
        errors.take("body", check(&text));
        errors.take("subject", check(&subject));
        errors.take("send_at", may_be_planned_for(body.send_at, self.clock.now()));
        if channel == Channel::Whatsapp {
            errors.add(
                "channel",
                "free text on WhatsApp goes only to a lead who wrote within 24 hours, one lead at a time",
            );
        }
        if body.ids.len() > MOST_NAMED || body.except.len() > MOST_NAMED {
            errors.add("ids", format!("are at most {MOST_NAMED}"));
        }
        errors.finish()?;
        let is_chosen = body.account.is_some();
        let accounts = self.accounts.list(&caller.workspace).await?;
        let account = account_for(&accounts, channel, body.account.as_ref())?;
        let words = BulkMessageWords { subject, text };
        let send_at = body.send_at;
        let meant = |whom, people, first| ParsedBulkMessage {
            whom,
            people,
            first,
            channel,
            words,
            accounts,
            account,
            is_chosen,
            send_at,
        };
        match body.filter {
            Some(_) if !body.ids.is_empty() => {
                Err(ApiError::invalid("filter", "give ids or a filter, not both"))
            }
            Some(filter) => {
                let now = self.clock.now();
                let filter = self.lists.pinned(&caller.workspace, caller.leads(), filter).await?;
                let seen = (&caller.workspace, caller.leads());
                let (found, first) =
                    matching(&self.lists, seen, &filter, &body.except, most_first, now).await?;
                match body.expected_count {
                    Some(expected) if expected == found => {}
                    Some(expected) => {
                        let detail =
                            format!("{found} leads match now, not {expected}. Review them before you send.");
                        return Err(ApiError::conflict("count_differs", detail));
                    }
                    None => return Err(ApiError::invalid("expected_count", "is required with a filter")),
                }
                let people = found.saturating_sub(body.except.len());
                Ok(meant(Audience::Filter { filter: Box::new(filter), except: body.except }, people, first))
            }
            None if body.ids.is_empty() => Err(ApiError::invalid("ids", "name no leads")),
            None => {
                let ids = caller.those_seen(&body.ids).await?;
                if ids.is_empty() {
                    return Err(ApiError::invalid("ids", "name no leads of this workspace"));
                }
                let (people, first) = (ids.len(), ids.iter().take(most_first).cloned().collect());
                Ok(meant(Audience::Ids(ids), people, first))
            }
        }
    }
}

fn account_for(accounts: &[Account], channel: Channel, wanted: Option<&AccountId>) -> ApiResult<Account> {
    match choose_sender(accounts, &[], channel, wanted) {
        Ok(account) => Ok(account.clone()),
        Err(why) => Err(ApiError::invalid("account", why.words())),
    }
}
