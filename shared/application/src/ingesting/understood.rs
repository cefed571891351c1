//! Understanding an inbound message: the reader is given what we know (our own messages to the lead, the lead's zone,
//! our addresses and names), and what it says becomes what is stored.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::lead::Lead;
use domain::lead::zone::days_zone;
use domain::message::identity::same_subject;
use domain::message::sender::{Received, account_written_to};
use domain::message::understanding::{Intent, Meeting, MeetingAnswer, ReplyKind, Understanding};
use domain::message::{Direction, Message};
use domain::workspace::account::Account;
use domain::{AccountId, MessageId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use understanding::{Calendar, CalendarAnswer, Context, OurMessage, Understood};

/// What is known besides the message: about its writer, if that is a lead, and about us.
pub(super) struct Known {
    channel: Channel,
    /// All that was said with the lead.
    messages: Vec<Message>,
    zone: TimeZone,
    our_addresses: Vec<String>,
    our_names: Vec<String>,
}

impl Known {
    pub async fn of(
        ports: &IngestPorts,
        origin: &Origin<'_>,
        accounts: &[Account],
        (person, channel): (Option<&Lead>, Channel),
    ) -> StoreResult<Self> {
        let file = match person {
            Some(person) => found(ports.leads.file(origin.workspace, &person.id).await)?,
            None => None,
        };
        let mailboxes = || accounts.iter().filter_map(|account| account.settings.mailbox());
        let addresses = mailboxes().flat_map(|own| [Some(own.address), own.reply_to]).flatten();
        Ok(Self {
            channel,
            messages: file.map(|file| file.messages).unwrap_or_default(),
            zone: person.map_or(TimeZone::UTC, days_zone),
            our_addresses: addresses.map(ToString::to_string).collect(),
            our_names: mailboxes().map(|own| own.name.to_owned()).collect(),
        })
    }

    /// Returns the sender of a recorded message of the lead.
    pub fn sender_of(&self, id: &MessageId) -> Option<&str> {
        let recorded = |message: &&Message| message.direction == Direction::In && message.id == *id;
        self.messages.iter().find(recorded).map(|message| message.from.as_str())
    }

    /// Our messages to the lead on this channel.
    fn ours(&self) -> impl Iterator<Item = &Message> {
        let is_ours =
            |message: &&Message| message.direction == Direction::Out && message.channel == self.channel;
        self.messages.iter().filter(is_ours)
    }

    /// Returns our mail that this one answers by its headers, whoever has given the mail its Message-ID.
    pub fn answered_by_headers(&self, mail: &InboundEmail) -> Option<&Message> {
        let named = |id: &String| self.ours().find(|ours| ours.internet_id.as_ref() == Some(id));
        let in_thread = |ours: &&Message| same_subject(&ours.subject, &mail.mail.subject);
        let older = || mail.references.iter().rev().find_map(|id| named(id).filter(in_thread));
        mail.in_reply_to.as_ref().and_then(named).or_else(older)
    }

    /// Returns the account that the lead writes to.
    pub fn account_written_to(
        &self,
        accounts: &[Account],
        (to, came_by): (&str, &AccountId),
        answers: Option<&Message>,
    ) -> Option<AccountId> {
        let heard = Received { channel: self.channel, to, account: Some(came_by), answers };
        account_written_to(&heard, &self.messages, accounts)
    }

    pub fn read(&self, received_at: Timestamp, read: impl FnOnce(&Context<'_>) -> Understood) -> Understood {
        let ours: Vec<OurMessage<'_>> = self
            .ours()
            .map(|message| OurMessage { subject: &message.subject, text: &message.text })
            .collect();
        let addressees: Vec<&str> = self.ours().map(|message| message.to.as_str()).collect();
        read(&Context {
            ours: &ours,
            received_at,
            zone: &self.zone,
            our_addresses: &as_strs(&self.our_addresses),
            our_names: &as_strs(&self.our_names),
            addressees: &addressees,
        })
    }
}

fn as_strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// What is stored of a message that was read by rules.
pub(super) fn stored(read: &Understood) -> Understanding {
    let kind =
        ReplyKind::parse(read.kind.code()).expect("a kind has the same name here; a test compares them");
    let other = read.successor.as_deref().or(read.referred_to.as_deref());
    Understanding {
        intent: read.intent.and_then(|intent| Intent::parse(intent.code())).or_else(|| of_calendar(read)),
        returns_on: read.return_date,
        later_on: read.later_date,
        other_contact: other.and_then(|to| EmailAddress::parse(to).ok()).map(|to| to.to_string()),
        meeting: read.calendar.as_ref().and_then(meeting),
        reaction: read.reaction.clone(),
        ..Understanding::by_rule(kind, read.rule.code(), &read.sentence)
    }
}

/// A calendar says what its owner wants: who accepts, invites or proposes another time wants to meet.
fn of_calendar(read: &Understood) -> Option<Intent> {
    use CalendarAnswer::{Accepted, Invited, Proposed};
    let answer = read.calendar.as_ref()?.answer;
    Some(if matches!(answer, Accepted | Invited | Proposed) { Intent::Interested } else { Intent::Neutral })
}

fn meeting(calendar: &Calendar) -> Option<Meeting> {
    let answer = MeetingAnswer::parse(calendar.answer.code())?;
    Some(Meeting { answer, time: calendar.proposed_time.or(calendar.time) })
}

/// What is shown of a message in one line: the writer's own words, or what stands for them.
pub(super) fn in_a_line<'a>(understood: &'a Understanding, own_words: &'a str, subject: &'a str) -> &'a str {
    match &understood.reaction {
        Some(emoji) => emoji,
        None if !own_words.trim().is_empty() => own_words,
        None if !understood.sentence.is_empty() => &understood.sentence,
        None => subject,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::message::failure_class::FailureClass;
    use understanding::{BounceClass, Text, TextChannel, TextEvent, understand_text};

    fn texted(text: &str) -> Understanding {
        let known = Known {
            channel: Channel::Sms,
            messages: Vec::new(),
            zone: TimeZone::UTC,
            our_addresses: Vec::new(),
            our_names: Vec::new(),
        };
        let text = Text { channel: TextChannel::Sms, event: TextEvent::Words(text) };
        stored(&known.read(Timestamp::UNIX_EPOCH, |context| understand_text(&text, context)))
    }

    #[test]
    fn polite_stop_by_text_is_an_opt_out() {
        for text in [
            "STOP",
            "Stop. Thank you",
            "stop please",
            "Pls stop",
            "STOP ALL",
            "STOP SMS",
            "ARRET",
            "Arrêt",
            "SAIR",
            "Stop texting me",
            "leave me alone",
            "Please remove me",
            "Stop promotions",
        ] {
            assert_eq!(texted(text).kind, ReplyKind::OptOut, "{text}: {:?}", texted(text));
        }
    }

    #[test]
    fn text_that_holds_the_word_is_no_opt_out() {
        for text in
            ["Can you stop by tomorrow at 3?", "Don't stop, this is great", "End of the month works for me"]
        {
            assert_eq!(texted(text).kind, ReplyKind::Person, "{text}: {:?}", texted(text));
        }
    }

    #[test]
    fn opt_out_of_the_classifier_alone_is_a_possible_one() {
        let read = understand_text(
            &Text { channel: TextChannel::Sms, event: TextEvent::Words("STOP") },
            &Context {
                ours: &[],
                received_at: Timestamp::UNIX_EPOCH,
                zone: &TimeZone::UTC,
                our_addresses: &[],
                our_names: &[],
                addressees: &[],
            },
        );
        assert_eq!(stored(&read).kind, ReplyKind::OptOut);
        let (kind, rule) = (understanding::Kind::PossibleOptOut, understanding::Rule::Model);
        let by_classifier = stored(&Understood { kind, rule, ..read });
        assert_eq!((by_classifier.kind, by_classifier.intent), (ReplyKind::PossibleOptOut, None));
    }

    #[test]
    fn misspelt_keyword_is_a_possible_opt_out() {
        let read = texted("Stpo");
        assert_eq!((read.kind, read.intent), (ReplyKind::PossibleOptOut, None), "{read:?}");
    }

    #[test]
    fn text_without_a_sign_is_not_positive() {
        for text in ["Wrong number", "no thx", "who is this", "?", "ok", "Who gave you my number?"] {
            let read = texted(text);
            assert!(read.kind == ReplyKind::Person && !read.is_positive(), "{text}: {read:?}");
        }
        assert!(texted("Yes please, call me").is_positive());
    }

    /// What the reader tells is stored by name.
    #[test]
    fn names_of_the_reader_are_known_here() {
        for kind in understanding::Kind::ALL {
            assert!(ReplyKind::parse(kind.code()).is_some(), "{kind:?}");
        }
        for intent in understanding::Intent::ALL {
            assert!(Intent::parse(intent.code()).is_some(), "{intent:?}");
        }
        for answer in CalendarAnswer::ALL {
            assert!(MeetingAnswer::parse(answer.code()).is_some(), "{answer:?}");
        }
        for class in BounceClass::ALL {
            assert!(FailureClass::parse(class.code()).is_some(), "{class:?}");
        }
    }
}
