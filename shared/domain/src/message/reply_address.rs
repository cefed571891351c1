//! The address that a personal reply by e-mail goes to: the one that the lead's latest mail came from, as in any mail
//! program, which is not always the lead's own.

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::lead::Lead;
use crate::message::{Direction, Message};
use crate::workspace::own_addresses::OwnAddresses;

/// Returns the address that the lead's latest answer by mail came from, if it is another one than the lead's own. A
/// former address of the lead is none: it may be another person's by now. Nor is one of the workspace itself, such as a
/// group through which the answer came.
pub fn reply_address(lead: &Lead, messages: &[Message], ours: &OwnAddresses) -> Option<EmailAddress> {
    let answers = messages.iter().filter(|message| is_mail_from_lead(message) && message.is_answer());
    let latest = answers.max_by_key(|message| message.created_at)?;
    let from = EmailAddress::parse(&latest.from).ok()?;
    let is_other = !lead.is_reached_at(from.as_str())
        && !is_former(lead, messages, from.as_str())
        && !ours.is_near(&from);
    is_other.then_some(from)
}

/// Tells whether a mail to the lead may go to this address: it is the lead's own, or a mail of the lead came from there.
pub fn has_written_from(
    lead: &Lead,
    messages: &[Message],
    address: &EmailAddress,
    ours: &OwnAddresses,
) -> bool {
    let came_from = |message: &Message| {
        is_mail_from_lead(message) && EmailAddress::parse(&message.from).is_ok_and(|from| from == *address)
    };
    lead.email.as_ref() == Some(address)
        || (messages.iter().any(came_from)
            && !is_former(lead, messages, address.as_str())
            && !ours.is_near(address))
}

/// Tells whether the lead was reached at this address before, and is not any more. A personal reply to where a mail came
/// from does not make it an address of the lead's.
pub fn is_former(lead: &Lead, messages: &[Message], address: &str) -> bool {
    let was_theirs =
        |out: &Message| out.direction == Direction::Out && out.to == address && out.reply_address.is_none();
    !lead.is_reached_at(address) && messages.iter().any(was_theirs)
}

fn is_mail_from_lead(message: &Message) -> bool {
    message.direction == Direction::In && message.channel == Channel::Email && !message.test
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, MessageId, WorkspaceId};
    use crate::message::understanding::{ReplyKind, Understanding};
    use jiff::{SignedDuration, Timestamp};

    fn lead() -> Lead {
        let at = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        lead.email = EmailAddress::parse("elena@linden.example").ok();
        lead
    }

    fn mail(hour: i64, direction: Direction, address: &str) -> Message {
        let (lead, at) = (lead(), Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour));
        let id = MessageId::derived(&lead.id, &[address, &hour.to_string()]);
        let mut mail = Message::blank(id, lead.workspace, direction, Channel::Email, at);
        match direction {
            Direction::In => {
                mail.from = address.to_owned();
                mail.understood = Some(Understanding::by_rule(ReplyKind::Person, "no_sign", ""));
            }
            Direction::Out => mail.to = address.to_owned(),
        }
        mail
    }

    fn to(messages: &[Message]) -> Option<String> {
        reply_address(&lead(), messages, &OwnAddresses::default()).map(|address| address.to_string())
    }

    const PRIVATE: &str = "elena@private.example";

    #[test]
    fn reply_goes_to_where_the_latest_answer_came_from() {
        let own = mail(2, Direction::In, "elena@linden.example");
        let private = mail(1, Direction::In, PRIVATE);
        assert_eq!(to(&[]), None);
        assert_eq!(to(std::slice::from_ref(&private)), Some(PRIVATE.to_owned()));
        assert_eq!(to(&[private.clone(), own.clone()]), None, "the latest is from the lead's own");
        let later = mail(3, Direction::In, PRIVATE);
        assert_eq!(to(&[private, own, later]), Some(PRIVATE.to_owned()));
    }

    #[test]
    fn automatic_mail_and_a_former_address_do_not_move_the_reply() {
        let mut away = mail(1, Direction::In, PRIVATE);
        away.understood = Some(Understanding::by_rule(ReplyKind::OutOfOffice, "headers", ""));
        assert_eq!(to(&[away]), None);
        let answer = mail(2, Direction::In, PRIVATE);
        let before = mail(1, Direction::Out, PRIVATE);
        assert_eq!(to(&[before.clone(), answer.clone()]), None, "the lead was reached there before");
        let reply = Message { reply_address: EmailAddress::parse(PRIVATE).ok(), ..before };
        assert_eq!(to(&[reply, answer]), Some(PRIVATE.to_owned()), "a reply there does not make it former");
        assert_eq!(to(&[mail(1, Direction::In, "not an address")]), None);
    }

    #[test]
    fn mail_may_go_only_to_the_lead_and_to_where_it_wrote_from() {
        let messages = [mail(1, Direction::In, PRIVATE)];
        let ours = OwnAddresses::default();
        let may = |address: &str| {
            has_written_from(&lead(), &messages, &EmailAddress::parse(address).unwrap(), &ours)
        };
        assert!(may("elena@linden.example") && may(PRIVATE));
        assert!(!may("someone@else.example"));
    }

    #[test]
    fn answer_through_our_own_group_is_answered_at_the_leads_address() {
        let own = EmailAddress::parse("kim@kontor.example").unwrap();
        let ours = OwnAddresses::of_mailboxes([&own]);
        let messages = [mail(1, Direction::In, "vertrieb@kontor.example")];
        assert_eq!(reply_address(&lead(), &messages, &ours), None);
        let group = EmailAddress::parse("vertrieb@kontor.example").unwrap();
        assert!(!has_written_from(&lead(), &messages, &group, &ours));
    }
}
