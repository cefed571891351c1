//! The suppression list: whom we must not write to, and why.

use crate::contact::channel::Channel;
use crate::contact::chat_recipient::{ChatRecipient, ChatUser};
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::event::UserOrKey;
use crate::ids::{ImportId, WorkspaceId};
use crate::lead::Lead;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The source of an entry that a program or a user gave with a new lead.
pub const FROM_API: &str = "api";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub workspace: WorkspaceId,
    pub scope: SuppressionScope,
    pub reason: SuppressionReason,
    /// The id of the message, event or import that caused it, or `FROM_API`.
    pub source: Option<String>,
    /// The user or the program that entered it.
    pub created_by: Option<UserOrKey>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// The strongest way in which the owner of a number has said no. Entries of an earlier version do not tell.
    pub sign: Option<StopSign>,
}

/// How somebody asks for no more messages to a number, the weakest first. What was said in words stays, whichever switch
/// or keyword allows messages again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopSign {
    /// A setting of the chat app against marketing messages, which the same setting takes back.
    AppSwitch,
    /// A word such as STOP alone, which START takes back.
    Keyword,
    /// Words of their own, on the phone or by a user's hand.
    Words,
}

impl StopSign {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppSwitch => "app_switch",
            Self::Keyword => "keyword",
            Self::Words => "words",
        }
    }

    /// The way in which somebody has said no to a channel's provider, which refuses messages since.
    pub fn told_to_provider(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::Words,
            Channel::Sms => Self::Keyword,
            Channel::Whatsapp => Self::AppSwitch,
        }
    }

    /// The way in which a text says no: by a keyword alone, or in words.
    pub fn of_text(text: &str) -> Self {
        match text.split_whitespace().count() {
            1 => Self::Keyword,
            _ => Self::Words,
        }
    }
}

/// The scope of an entry. Values are normalised: lower-case address, ASCII domain, a number's subscriber
/// part. WhatsApp's id of a person is used as it was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "scope", content = "value")]
pub enum SuppressionScope {
    Email(String),
    Domain(String),
    Phone(String),
    ChatUser(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    OptedOut,
    HardBounce,
    Complaint,
    Manual,
}

/// The enrolments that end when an address is dead or a lead opts out of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// Every sequence that the lead is active in.
    Everything,
    /// Steps of that channel are skipped and others continue; a sequence with no step left ends.
    Channel,
}

/// The workspace's choice of what ends. An opt-out by e-mail, a complaint or a manual entry ends everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Endings {
    /// After a hard bounce; `everything` in a new workspace.
    pub bounce: Ends,
    /// After STOP by SMS, or a block on WhatsApp; `everything` in a new workspace. Both, and calls, count as
    /// one channel: the number.
    pub text_stop: Ends,
}

/// The setting of a workspace that has chosen nothing.
impl Default for Endings {
    fn default() -> Self {
        Self::for_everything()
    }
}

impl Endings {
    /// Both end everything: the setting if none is stored.
    pub fn for_everything() -> Self {
        Self { bounce: Ends::Everything, text_stop: Ends::Everything }
    }

    pub fn are_for_everything(&self) -> bool {
        *self == Self::for_everything()
    }

    /// The choice that applies after a message on this channel was refused for good, or answered with an
    /// opt-out.
    pub fn of(&self, channel: Channel, opted_out: bool) -> Ends {
        match channel {
            Channel::Sms | Channel::Whatsapp if opted_out => self.text_stop,
            Channel::Email if opted_out => Ends::Everything,
            Channel::Email | Channel::Sms | Channel::Whatsapp => self.bounce,
        }
    }
}

impl Suppression {
    /// Whether a word or switch of this strength takes the entry back: it must be the lead's own opt-out, not a user's
    /// entry, and not stronger.
    pub fn is_taken_back_by(&self, resume: StopSign) -> bool {
        let is_theirs = self.reason == SuppressionReason::OptedOut && self.created_by.is_none();
        is_theirs && self.sign.is_some_and(|sign| sign <= resume)
    }

    /// The sign of this entry once an earlier one for the same scope is taken into account: the stronger of the two. An
    /// entry that does not tell counts as said in words.
    pub fn sign_after(&self, earlier: &Self) -> Option<StopSign> {
        match (self.reason, earlier.reason) {
            (SuppressionReason::OptedOut, SuppressionReason::OptedOut) => {
                self.sign.max(Some(earlier.sign.unwrap_or(StopSign::Words)))
            }
            _ => self.sign,
        }
    }

    /// The entry that is stored where an earlier one for the same scope is known: what a user wanted and what was said in
    /// words stays so, and a list that says it again takes nothing away from what the lead has said.
    #[must_use]
    pub fn after(&self, earlier: &Self) -> Self {
        let mut entry = self.clone();
        entry.created_by.clone_from(&earlier.created_by);
        entry.sign = self.sign_after(earlier);
        if self.came_with_lead() && !earlier.came_with_lead() && earlier.reason == SuppressionReason::OptedOut
        {
            entry.source.clone_from(&earlier.source);
            entry.created_at = earlier.created_at;
        }
        entry
    }

    pub fn in_force(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }

    /// Whether the entry closes every channel of the lead.
    pub fn ends_everything(&self, endings: &Endings) -> bool {
        match (self.reason, &self.scope) {
            (SuppressionReason::HardBounce, _) => false,
            (SuppressionReason::OptedOut, scope) if scope.is_of_texts() && self.created_by.is_none() => {
                !self.came_with_lead() && endings.text_stop == Ends::Everything
            }
            _ => true,
        }
    }

    /// Whether it came with the lead, in a list or from a program. One that says that a number is not to be called says
    /// nothing of e-mail.
    pub fn came_with_lead(&self) -> bool {
        self.source.as_deref().is_some_and(|source| source == FROM_API || ImportId::parse(source).is_ok())
    }
}

impl SuppressionScope {
    pub fn phone(number: &PhoneNumber) -> Self {
        Self::Phone(number.subscriber().into_owned())
    }

    pub fn chat_user(user: &ChatUser) -> Self {
        Self::ChatUser(user.as_str().to_owned())
    }

    /// Whether it is a number or an id, and so closes SMS and WhatsApp.
    pub fn is_of_texts(&self) -> bool {
        matches!(self, Self::Phone(_) | Self::ChatUser(_))
    }

    /// The scope that covers a message's recipient; none if it is no address of the channel.
    pub fn of_recipient(channel: Channel, address: &str) -> Option<Self> {
        match channel {
            Channel::Email => EmailAddress::parse(address).ok().map(|email| Self::Email(email.to_string())),
            Channel::Sms | Channel::Whatsapp => match ChatRecipient::parse(address).ok()? {
                ChatRecipient::Number(number) => Some(Self::phone(&number)),
                ChatRecipient::User(user) => Some(Self::chat_user(&user)),
            },
        }
    }

    /// The scope that covers the lead on this channel, if the channel reaches them.
    pub fn of_lead(lead: &Lead, channel: Channel) -> Option<Self> {
        match channel {
            Channel::Email => lead.email.as_ref().map(|email| Self::Email(email.to_string())),
            Channel::Sms | Channel::Whatsapp => lead.phone.as_ref().map(Self::phone),
        }
    }

    /// Every scope by which the person is known on this channel: what they ask for under one holds under all. Texts know
    /// them by both numbers and by WhatsApp's id.
    pub fn of_person(lead: &Lead, channel: Channel) -> Vec<Self> {
        let others = match channel {
            Channel::Email => [lead.second_email.as_ref().map(|email| Self::Email(email.to_string())), None],
            Channel::Sms | Channel::Whatsapp => {
                [lead.second_phone.as_ref().map(Self::phone), lead.chat_user.as_ref().map(Self::chat_user)]
            }
        };
        Self::of_lead(lead, channel).into_iter().chain(others.into_iter().flatten()).collect()
    }
}

impl SuppressionReason {
    pub const ALL: [Self; 4] = [Self::OptedOut, Self::HardBounce, Self::Complaint, Self::Manual];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::HardBounce => "hard_bounce",
            Self::Complaint => "complaint",
            Self::Manual => "manual",
        }
    }

    /// The reason as words between the listed value and the time.
    pub fn words(self) -> &'static str {
        match self {
            Self::OptedOut => "opted out",
            Self::HardBounce => "hard-bounced",
            Self::Complaint => "reported a message as spam",
            Self::Manual => "was put on the suppression list",
        }
    }

    /// Which of two reasons is kept: an opt-out or complaint before a manual entry, and that before a hard bounce.
    pub fn weight(self) -> u8 {
        match self {
            Self::HardBounce => 0,
            Self::Manual => 1,
            Self::Complaint | Self::OptedOut => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;

    #[test]
    fn number_is_listed_once_however_it_is_spelled() {
        let of = |address| SuppressionScope::of_recipient(Channel::Whatsapp, address);
        assert_eq!(of("+5491123456789"), of("+541123456789"));
        assert_eq!(of("+553187654321"), Some(SuppressionScope::Phone("+5531987654321".to_owned())));
        assert_eq!(of("US.1349"), Some(SuppressionScope::ChatUser("US.1349".to_owned())));
        assert_eq!(of("12345"), None);
    }

    #[test]
    fn address_is_listed_once_however_it_is_spelled() {
        let of = |address| SuppressionScope::of_recipient(Channel::Email, address);
        assert_eq!(of("Ann@One.example"), Some(SuppressionScope::Email("ann@one.example".to_owned())));
        assert_eq!(of("ann"), None);
    }

    #[test]
    fn bounce_or_text_opt_out_closes_one_channel_and_a_manual_entry_all() {
        let entry = |reason, scope, by: Option<&str>| Suppression {
            workspace: WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]),
            scope,
            reason,
            source: None,
            created_by: by.map(|name| UserId::derived(Timestamp::UNIX_EPOCH, &[name]).into()),
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: None,
            sign: None,
        };
        let phone = || SuppressionScope::Phone("+12065550101".to_owned());
        let user = || SuppressionScope::ChatUser("US.1349".to_owned());
        let email = || SuppressionScope::Email("ann@one.example".to_owned());
        let channels = Endings { bounce: Ends::Channel, text_stop: Ends::Channel };
        let import = ImportId::derived(Timestamp::UNIX_EPOCH, &["i"]).to_string();
        let listed = |by| Suppression {
            source: Some(import.clone()),
            ..entry(SuppressionReason::OptedOut, phone(), by)
        };
        for (entry, by_everything, by_channel) in [
            (entry(SuppressionReason::HardBounce, email(), None), false, false),
            (entry(SuppressionReason::OptedOut, phone(), None), true, false),
            (entry(SuppressionReason::OptedOut, user(), None), true, false),
            (entry(SuppressionReason::OptedOut, phone(), Some("maya")), true, true),
            (entry(SuppressionReason::OptedOut, email(), None), true, true),
            (entry(SuppressionReason::Complaint, email(), None), true, true),
            (entry(SuppressionReason::Manual, phone(), None), true, true),
            (listed(None), false, false),
            (listed(Some("maya")), true, true),
        ] {
            let everything = Endings::for_everything();
            let told = (entry.ends_everything(&everything), entry.ends_everything(&channels));
            assert_eq!(told, (by_everything, by_channel), "{entry:?}");
        }
    }

    #[test]
    fn list_that_says_again_what_the_lead_has_said_takes_nothing_away() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let entry = |source: &str, sign, second| Suppression {
            workspace: WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]),
            scope: SuppressionScope::Phone("+12065550101".to_owned()),
            reason: SuppressionReason::OptedOut,
            source: Some(source.to_owned()),
            created_by: None,
            created_at: at(second),
            expires_at: None,
            sign: Some(sign),
        };
        let stop = entry("SM1", StopSign::Keyword, 1);
        let listed = entry(FROM_API, StopSign::Words, 2);
        assert_eq!(listed.after(&stop), entry("SM1", StopSign::Words, 1));
        assert_eq!(stop.after(&listed), entry("SM1", StopSign::Words, 1));
        assert_eq!(listed.after(&entry(FROM_API, StopSign::Words, 1)), listed);
    }

    #[test]
    fn text_opt_out_and_bounce_end_everything_in_a_new_workspace() {
        let endings = Endings::default();
        assert_eq!(endings.of(Channel::Sms, true), Ends::Everything);
        assert_eq!(endings.of(Channel::Whatsapp, true), Ends::Everything);
        assert_eq!(endings.of(Channel::Email, false), Ends::Everything);
        assert_eq!(endings.of(Channel::Email, true), Ends::Everything);
    }

    #[test]
    fn reasons_are_spelled_as_they_are_stored() {
        for reason in SuppressionReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
