//! What an inbound message was understood as: its kind, what its writer wants, what it was read from, and whether
//! rules, a model or a user decided. A user may correct it.
//!
//! An answer is positive only if there is a sign of interest in it; without one it is neutral. A plain no and an angry
//! answer are refusals and count against the message that they answer. "Not now" and "later" do not: who says that may
//! be asked again, and a text that gets such answers is not worse for it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

crate::codes! {
    /// The kind of an inbound message.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum ReplyKind {
        /// A human being's own words.
        Person = "person",
        OutOfOffice = "out_of_office",
        /// A machine has received our message, such as a ticket system.
        AutoAcknowledgement = "auto_acknowledgement",
        /// A machine says that the recipient no longer works there.
        LeftCompany = "left_company",
        Bounce = "bounce",
        /// A provider's report that the recipient took our mail for spam.
        Complaint = "complaint",
        OptOut = "opt_out",
        /// Words that a model took for an opt-out and no rule did: the lead is held until a user has decided.
        PossibleOptOut = "possible_opt_out",
        /// The recipient's side wants to see first that a person wrote.
        Challenge = "challenge",
        /// A calendar's answer to an invitation, or an invitation of theirs.
        Calendar = "calendar",
        /// An emoji instead of words.
        Reaction = "reaction",
    }
}

impl ReplyKind {
    /// Whether the lead answered, in words or with a click.
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Person | Self::PossibleOptOut | Self::Calendar | Self::Reaction)
    }

    /// Whether the conversation waits for a user until it is answered or marked as done. An opt-out, a bounce or an
    /// absence note asks for no answer.
    pub fn waits_for_us(self) -> bool {
        self.is_answer() || self == Self::LeftCompany
    }

    /// Whether it ends every sequence of the lead.
    pub fn stops_sequences(self) -> bool {
        self.is_answer() || matches!(self, Self::OptOut | Self::LeftCompany)
    }
}

/// What stands where a rule's name would if the trained classifier decided.
pub const CLASSIFIER: &str = "model";
/// The same of a language model.
pub const LANGUAGE_MODEL: &str = "language_model";

crate::codes! {
    /// What the writer of an answer wants.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum Intent {
        Interested = "interested",
        Later = "later",
        Question = "question",
        NotNow = "not_now",
        /// The writer names a colleague to ask instead.
        Referral = "referral",
        NotInterested = "not_interested",
        WrongPerson = "wrong_person",
        Angry = "angry",
        /// The answer shows none of these.
        Neutral = "neutral",
    }
}

crate::codes! {
    /// What decided how a message is understood.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum DecidedBy {
        Rules = "rules",
        Model = "model",
        /// A user corrected it.
        User = "user",
    }
}

crate::codes! {
    /// A calendar's answer.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum MeetingAnswer {
        Accepted = "accepted",
        Declined = "declined",
        Tentative = "tentative",
        /// Another time is proposed.
        Proposed = "proposed",
        /// An invitation of their own.
        Invited = "invited",
        Cancelled = "cancelled",
    }
}

/// A calendar's answer with the time that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meeting {
    pub answer: MeetingAnswer,
    /// The meeting's time; of a proposal, the proposed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
}

/// What an inbound message was understood as. Addresses and dates in it were written by strangers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Understanding {
    pub kind: ReplyKind,
    /// What the writer wants; none if no person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// The rule that decided, such as `opt_out_wording`.
    pub rule: String,
    /// The header, subject or sentence that it was read from; at most 200 characters.
    pub sentence: String,
    pub by: DecidedBy,
    /// What had read the message before a user corrected it; none where no user did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_from: Option<DecidedBy>,
    /// The last day away or the first day back, as an absence note states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub returns_on: Option<Date>,
    /// The day on which the writer wants to hear from us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub later_on: Option<Date>,
    /// The address of a successor, or of somebody else to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_contact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<Meeting>,
    /// The emoji of a reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
}

/// The rule of a message without words of its own.
const WORDLESS: &str = "wordless";

impl Understanding {
    /// An understanding by rules, without details.
    pub fn by_rule(kind: ReplyKind, rule: &str, sentence: &str) -> Self {
        Self {
            kind,
            intent: (kind == ReplyKind::Person).then_some(Intent::Neutral),
            rule: rule.to_owned(),
            sentence: sentence.to_owned(),
            by: DecidedBy::Rules,
            corrected_from: None,
            returns_on: None,
            later_on: None,
            other_contact: None,
            meeting: None,
            reaction: None,
        }
    }

    /// What a user says that it is. The sentence stays, because the user contradicts how it was read; dates and
    /// addresses stay with the kind that they belong to.
    pub fn corrected(&self, kind: ReplyKind, intent: Option<Intent>) -> Self {
        let intent = (kind == ReplyKind::Person).then_some(intent.unwrap_or(Intent::Neutral));
        let details = if kind == self.kind { self.clone() } else { Self::by_rule(kind, "", "") };
        Self {
            kind,
            intent: if kind == ReplyKind::Calendar && self.kind == kind { self.intent } else { intent },
            rule: self.rule.clone(),
            sentence: self.sentence.clone(),
            by: DecidedBy::User,
            corrected_from: Some(self.corrected_from.unwrap_or(self.by)),
            ..details
        }
    }

    /// What a language model reads in a person's words that the rules were not sure of. Dates and addresses that the
    /// rules found stay.
    pub fn read_by_model(&self, kind: ReplyKind, intent: Option<Intent>, rule: &str, sentence: &str) -> Self {
        Self {
            kind,
            intent,
            rule: rule.to_owned(),
            sentence: sentence.to_owned(),
            by: DecidedBy::Model,
            ..self.clone()
        }
    }

    /// What is made of an opt-out that only a model read: a possible one. The lead's own words, a report or a user alone
    /// put an address on the suppression list.
    #[must_use]
    pub fn without_models_opt_out(self) -> Self {
        let kind = if self.is_models_opt_out() { ReplyKind::PossibleOptOut } else { self.kind };
        Self { kind, ..self }
    }

    /// Whether a model alone took it for an opt-out, and no user has confirmed that.
    fn is_models_opt_out(&self) -> bool {
        self.kind == ReplyKind::OptOut && self.was_read_by_model() && self.by != DecidedBy::User
    }

    /// Whether the trained classifier or a language model decided what it was first read as.
    pub fn was_read_by_model(&self) -> bool {
        self.first_reader() == DecidedBy::Model || matches!(self.rule.as_str(), CLASSIFIER | LANGUAGE_MODEL)
    }

    /// What read the message, before any correction.
    pub fn first_reader(&self) -> DecidedBy {
        self.corrected_from.unwrap_or(self.by)
    }

    pub fn is_positive(&self) -> bool {
        self.intent == Some(Intent::Interested)
    }

    /// Whether it may raise the lead's score: a person has answered with words, or a calendar has not declined, and it is no
    /// refusal. An answer without any words says too little, as a reaction does.
    pub fn warms(&self) -> bool {
        match self.kind {
            ReplyKind::Person => {
                let is_no = matches!(
                    self.intent,
                    Some(Intent::NotInterested | Intent::Angry | Intent::WrongPerson | Intent::NotNow)
                );
                let is_empty =
                    self.rule == WORDLESS && self.intent.is_none_or(|intent| intent == Intent::Neutral);
                !is_no && !is_empty
            }
            ReplyKind::Calendar => !self.meeting.as_ref().is_some_and(|meeting| {
                matches!(meeting.answer, MeetingAnswer::Declined | MeetingAnswer::Cancelled)
            }),
            _ => false,
        }
    }

    /// Whether it is a no without a wish never to be written to again.
    pub fn is_refusal(&self) -> bool {
        matches!(self.intent, Some(Intent::NotInterested | Intent::Angry))
    }

    /// Whether a model may draft an answer to it: a person's words that are no refusal.
    pub fn asks_for_answer(&self) -> bool {
        self.kind == ReplyKind::Person && !self.is_refusal()
    }

    /// Whether the lead has a meeting with us now.
    pub fn is_booking(&self) -> bool {
        self.meeting.as_ref().is_some_and(|meeting| meeting.answer == MeetingAnswer::Accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversation_waits_for_us_after_an_answer_and_after_a_lead_has_left() {
        let waits: Vec<ReplyKind> =
            ReplyKind::ALL.iter().copied().filter(|kind| kind.waits_for_us()).collect();
        use ReplyKind::{Calendar, LeftCompany, Person, PossibleOptOut, Reaction};
        assert_eq!(waits, [Person, LeftCompany, PossibleOptOut, Calendar, Reaction]);
    }

    #[test]
    fn answer_without_a_sign_is_neither_positive_nor_a_refusal() {
        let plain = Understanding::by_rule(ReplyKind::Person, "no_sign", "");
        assert_eq!(plain.intent, Some(Intent::Neutral));
        assert!(!plain.is_positive() && !plain.is_refusal());
    }

    #[test]
    fn angry_and_not_interested_are_refusals_and_not_now_is_none() {
        let with = |intent| Understanding {
            intent: Some(intent),
            ..Understanding::by_rule(ReplyKind::Person, "", "")
        };
        let refusals: Vec<Intent> =
            Intent::ALL.iter().copied().filter(|intent| with(*intent).is_refusal()).collect();
        assert_eq!(refusals, [Intent::NotInterested, Intent::Angry]);
    }

    #[test]
    fn opt_out_of_a_model_is_a_possible_one_until_a_user_confirms_it() {
        let read = |rule: &str| Understanding::by_rule(ReplyKind::OptOut, rule, "no more of this");
        let kind = |understood: Understanding| understood.without_models_opt_out().kind;
        assert_eq!(kind(read(CLASSIFIER)), ReplyKind::PossibleOptOut);
        assert_eq!(kind(read("opt_out_wording")), ReplyKind::OptOut);
        let neutral = Understanding::by_rule(ReplyKind::Person, "no_sign", "");
        let by_model = neutral.read_by_model(ReplyKind::OptOut, None, LANGUAGE_MODEL, "no more of this");
        assert_eq!(kind(by_model), ReplyKind::PossibleOptOut);
        let confirmed = read(CLASSIFIER).corrected(ReplyKind::OptOut, None);
        assert_eq!(kind(confirmed), ReplyKind::OptOut);
        assert_eq!(kind(Understanding::by_rule(ReplyKind::Person, CLASSIFIER, "")), ReplyKind::Person);
    }

    #[test]
    fn only_a_persons_words_that_are_no_refusal_ask_for_an_answer() {
        use Intent::{Angry, Neutral, NotInterested, NotNow, Question};
        let asks =
            |kind, intent| Understanding { intent, ..Understanding::by_rule(kind, "", "") }.asks_for_answer();
        let said = |intent| asks(ReplyKind::Person, Some(intent));
        assert!(said(Question) && said(Neutral) && said(NotNow));
        assert!(!said(NotInterested) && !said(Angry));
        let others = ReplyKind::ALL.iter().filter(|kind| **kind != ReplyKind::Person);
        assert_eq!(others.filter(|kind| asks(**kind, None)).count(), 0);
    }

    #[test]
    fn correction_keeps_what_was_read_and_drops_details_of_another_kind() {
        let away = Understanding {
            returns_on: Some(jiff::civil::date(2026, 12, 7)),
            ..Understanding::by_rule(ReplyKind::OutOfOffice, "absence_wording", "I am away")
        };
        let corrected = away.corrected(ReplyKind::Person, Some(Intent::Interested));
        assert_eq!((corrected.rule.as_str(), corrected.sentence.as_str()), ("absence_wording", "I am away"));
        assert_eq!((corrected.by, corrected.returns_on), (DecidedBy::User, None));
        let again = corrected.corrected(ReplyKind::OptOut, None);
        assert_eq!((again.by, again.first_reader()), (DecidedBy::User, DecidedBy::Rules));
        assert!(corrected.is_positive());
        assert_eq!(away.corrected(ReplyKind::OptOut, Some(Intent::Interested)).intent, None);
    }
}
