//! Classifies an inbound message: a person's reply, an opt-out, an out-of-office reply with its return date,
//! another machine, or a bounce.

pub mod fresh_text;
pub mod interest;
pub mod machine;
pub mod return_date;
pub mod wording;

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::message::ReplyKind;
use crate::message::sms::{SmsKeyword, sms_keyword};
use fresh_text::{fresh_text, without_our_lines};
use interest::interest;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use machine::Machine;

#[derive(Debug, Clone, Copy)]
pub struct InboundText<'a> {
    pub channel: Channel,
    /// A mail's own headers, decoded; empty for texts.
    pub headers: &'a [(String, String)],
    pub from: &'a str,
    pub subject: &'a str,
    /// Plain text, quoted history included.
    pub text: &'a str,
    pub received_at: Timestamp,
    /// The sender's zone as far as known; dates and weekdays are read in it.
    pub zone: &'a TimeZone,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    pub kind: ReplyKind,
    pub rule: &'static str,
    /// The header, subject or sentence that the rule saw.
    pub seen: String,
    /// The last day away or the first day back, as an out-of-office reply states it.
    pub returns_on: Option<Date>,
    /// Whether it is a person's refusal.
    pub refuses: bool,
    /// Whether it is a person's reply that shows interest.
    pub interested: bool,
    /// Whether it is a person's reply without words, such as a picture or a reaction.
    pub wordless: bool,
    /// The address that a departure notice names instead.
    pub successor: Option<EmailAddress>,
}

impl Classified {
    fn new(kind: ReplyKind, rule: &'static str, seen: &str) -> Self {
        let seen = seen.trim().chars().take(200).collect();
        Self {
            kind,
            rule,
            seen,
            returns_on: None,
            refuses: false,
            interested: false,
            wordless: false,
            successor: None,
        }
    }

    /// Whether the reply is positive. Without a sign of interest a reply is neither positive nor a refusal.
    pub fn is_positive(&self) -> bool {
        self.kind == ReplyKind::Human && self.interested && !self.refuses && !self.wordless
    }
}

/// Classifies a message: headers first, then the subject; the body decides only what needs wording (opt-out,
/// departure) and the date. `ours` are our own messages to them, whose words do not count as theirs, quoted
/// or not.
pub fn classify(message: &InboundText<'_>, ours: &[&str]) -> Classified {
    let fresh = without_our_lines(&fresh_text(beginning(message.text)), ours);
    if message.channel != Channel::Email {
        return classify_sms(message.text, &fresh);
    }
    let machine = machine::recognise(message.headers, message.from, message.subject);
    if let Some(Machine::Bounce { rule, seen }) = &machine {
        return Classified::new(ReplyKind::Bounce, rule, seen);
    }
    let by_machine = machine.is_some();
    if let Some(sentence) = wording::departure(&fresh, by_machine) {
        let mut found = Classified::new(ReplyKind::LeftCompany, "departure_wording", sentence);
        found.successor =
            wording::addresses_in(&fresh).into_iter().find(|a| !message.from.contains(a.as_str()));
        return found;
    }
    if let Some(machine) = machine {
        return automatic(&machine, message, &fresh);
    }
    classify_human(&fresh)
}

fn classify_human(fresh: &str) -> Classified {
    if let Some(sentence) = wording::opt_out(fresh) {
        return Classified::new(ReplyKind::OptOut, "opt_out_wording", sentence);
    }
    match wording::refusal(fresh) {
        Some(sentence) => {
            let no = Classified::new(ReplyKind::Human, "refusal_wording", sentence);
            Classified { refuses: true, ..no }
        }
        None => match interest(fresh) {
            Some(sentence) => {
                let yes = Classified::new(ReplyKind::Human, "interest_wording", sentence);
                Classified { interested: true, ..yes }
            }
            None => Classified::new(ReplyKind::Human, "nothing_against_it", ""),
        },
    }
}

/// The part of a text that is read: an opt-out does not come after so much text.
fn beginning(text: &str) -> &str {
    const ENOUGH: usize = 32 * 1024;
    &text[..text.floor_char_boundary(ENOUGH)]
}

fn classify_sms(text: &str, fresh: &str) -> Classified {
    if sms_keyword(text) == Some(SmsKeyword::Stop) || wording::polite_stop(text) {
        return Classified::new(ReplyKind::OptOut, "stop_word", text);
    }
    classify_human(fresh)
}

fn automatic(machine: &Machine, message: &InboundText<'_>, fresh: &str) -> Classified {
    let (rule, seen, sure) = match machine {
        Machine::Bounce { rule, seen } | Machine::Automatic { rule, seen } => (*rule, seen, false),
        Machine::Absence { rule, seen } => (*rule, seen, true),
    };
    let received = message.zone.to_datetime(message.received_at).date();
    let whole = format!("{}\n{fresh}", message.subject);
    let found = return_date::return_date(&whole, received, message.zone);
    let absence = sure || wording::absence(message.subject) || wording::absence(fresh);
    if !absence {
        return Classified::new(ReplyKind::AutoReply, rule, seen);
    }
    let mut classified = Classified::new(ReplyKind::OutOfOffice, rule, seen);
    if let Some((date, sentence)) = found {
        classified.seen = sentence.trim().chars().take(200).collect();
        classified.returns_on = Some(date);
    }
    classified
}

#[cfg(test)]
mod tests;
