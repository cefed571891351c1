//! Says what an inbound mail or text is: a person's answer and what it wants, an opt-out, an absence note, a bounce, a
//! calendar's answer and so on, with the sentence that it was read from.
//!
//! [`understand`] reads a mail, [`understand_text`] a text or chat message. What people write in which language stands in
//! `languages/<code>.toml`; the code here is the same for all of them. A mail goes through these steps, and the first that
//! knows it decides: abuse report, bounce, calendar, reaction, then (by headers, subject and wording) the machines, then
//! the opt-out, then what a person wants; a classifier stands behind the rules for both. An answer is positive only if
//! there is a sign of it.

mod absence;
mod answer_below;
mod attribution;
mod bounce;
mod calendar;
mod calendar_lines;
mod charset;
mod codes;
mod dates;
mod denial;
mod fold;
mod hidden;
mod html;
mod intent;
mod language;
mod lists;
mod machine;
mod mail;
mod mail_servers;
mod misspelt;
mod model;
mod offer;
mod opt_out;
mod phrase;
mod quoted_text;
mod reaction;
mod report;
mod said;
mod spoken;
mod text;
mod to_model;
mod understand;
mod verdict;
mod windows_zones;
mod wish_forms;

pub use bounce::{Bounce, BounceClass, class_of_answer};
pub use calendar::{Calendar, CalendarAnswer};
pub use mail::{Mail, Part};
pub use quoted_text::{OurWords, own_words, quoted_lines, said_in};
pub use report::Returned;
pub use text::{Text, TextChannel, TextEvent, understand_text};
pub use to_model::speaks_to_a_model;
pub use understand::understand;

use codes::codes;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

codes! {
    /// What an inbound message is.
    pub enum Kind {
        /// A human being's own words.
        Person = "person",
        OutOfOffice = "out_of_office",
        /// A machine has received our message, such as a ticket system.
        AutoAcknowledgement = "auto_acknowledgement",
        /// A machine says that the recipient no longer works there.
        LeftCompany = "left_company",
        Bounce = "bounce",
        /// A mail provider's report that the recipient took our mail for spam.
        Complaint = "complaint",
        /// A human being's clear wish for no further messages.
        OptOut = "opt_out",
        /// A human being's words that may be such a wish: nobody is listed for them, a user is asked.
        PossibleOptOut = "possible_opt_out",
        /// The recipient's side wants to see first that a person wrote.
        Challenge = "challenge",
        Calendar = "calendar",
        Reaction = "reaction",
    }
}

codes! {
    /// What a person's answer wants.
    pub enum Intent {
        Interested = "interested",
        Later = "later",
        Question = "question",
        NotNow = "not_now",
        Referral = "referral",
        NotInterested = "not_interested",
        WrongPerson = "wrong_person",
        Angry = "angry",
        Neutral = "neutral",
    }
}

codes! {
    /// What decided: a header, a part of the mail, or wording of a list in the language files.
    pub enum Rule {
        AbuseReport = "abuse_report",
        DeliveryReport = "delivery_report",
        FailedRecipients = "failed_recipients",
        BounceWording = "bounce_wording",
        CalendarPart = "calendar_part",
        CalendarSubject = "calendar_subject",
        ReactionPart = "reaction_part",
        ReactionWording = "reaction_wording",
        ChallengeWording = "challenge_wording",
        DepartureWording = "departure_wording",
        AbsenceSubject = "absence_subject",
        AbsenceWording = "absence_wording",
        AutoSubmitted = "auto_submitted",
        VendorHeader = "vendor_header",
        ReadReceipt = "read_receipt",
        AcknowledgementWording = "acknowledgement_wording",
        MailClientUnsubscribe = "mail_client_unsubscribe",
        OptOutSubject = "opt_out_subject",
        OptOutWord = "opt_out_word",
        OptOutWording = "opt_out_wording",
        /// A word such as `stop` with a slip, which may be another word.
        OptOutMisspelt = "opt_out_misspelt",
        /// WhatsApp's own button or setting against marketing messages.
        MarketingStopped = "marketing_stopped",
        NumberChanged = "number_changed",
        AngerWording = "anger_wording",
        ReferralWording = "referral_wording",
        WrongPersonWording = "wrong_person_wording",
        LaterWording = "later_wording",
        NotNowWording = "not_now_wording",
        RefusalWording = "refusal_wording",
        InterestWording = "interest_wording",
        QuestionWording = "question_wording",
        /// The classifier, because no rule knew the words or it was sure that one misled.
        Model = "model",
        /// The message has no words of its own.
        Wordless = "wordless",
        NoSign = "no_sign",
    }
}

/// What is known besides the message itself.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// Our own messages that this may answer, text and subject: what we wrote is known word for word.
    pub ours: &'a [OurMessage<'a>],
    pub received_at: Timestamp,
    /// The sender's zone as far as known; dates and weekdays are read in it.
    pub zone: &'a TimeZone,
    /// Our mailboxes and aliases.
    pub our_addresses: &'a [&'a str],
    /// The names of those who write for us, as somebody would greet them.
    pub our_names: &'a [&'a str],
    /// The addresses that our messages went to.
    pub addressees: &'a [&'a str],
}

#[derive(Debug, Clone, Copy, Default)]
pub struct OurMessage<'a> {
    pub subject: &'a str,
    pub text: &'a str,
}

/// What a message was understood as.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    pub kind: Kind,
    /// What a person wants; `None` if no person wrote.
    pub intent: Option<Intent>,
    pub rule: Rule,
    /// The header, subject or sentence that it was read from; at most 200 characters.
    pub sentence: String,
    /// The writer's own words, kept whole, without what they quote.
    pub fresh: String,
    /// Whether the message quotes another.
    pub quotes: bool,
    /// The last day away or the first day back, as an absence note states it.
    pub return_date: Option<Date>,
    /// When a person wants to hear from us.
    pub later_date: Option<Date>,
    /// The address that a departure notice names instead.
    pub successor: Option<String>,
    /// The address of somebody else to ask.
    pub referred_to: Option<String>,
    /// One entry a recipient.
    pub bounces: Vec<Bounce>,
    /// The recipients that a bounce says the mail was delivered to.
    pub delivered: Vec<String>,
    /// The mail of ours that a bounce or complaint is about.
    pub returned: Option<Returned>,
    pub calendar: Option<Calendar>,
    /// The emoji of a reaction.
    pub reaction: Option<String>,
    /// The number that a person's chat account has now.
    pub new_number: Option<String>,
}

impl Understood {
    pub(crate) fn new(kind: Kind, rule: Rule, sentence: &str) -> Self {
        let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
        Self {
            kind,
            intent: (kind == Kind::Person).then_some(Intent::Neutral),
            rule,
            sentence,
            fresh: String::new(),
            quotes: false,
            return_date: None,
            later_date: None,
            successor: None,
            referred_to: None,
            bounces: Vec::new(),
            delivered: Vec::new(),
            returned: None,
            calendar: None,
            reaction: None,
            new_number: None,
        }
    }

    pub fn is_positive(&self) -> bool {
        self.intent == Some(Intent::Interested)
    }

    pub fn is_opt_out(&self) -> bool {
        self.kind == Kind::OptOut
    }

    pub fn is_possible_opt_out(&self) -> bool {
        self.kind == Kind::PossibleOptOut
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod training;
