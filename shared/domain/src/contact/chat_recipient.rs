//! The recipient of a WhatsApp message: a number, or Meta's own id of a person where no number is known.

use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use serde::{Deserialize, Serialize};
use std::fmt;

const LONGEST: usize = 150;

/// Meta's id of a person for one business, such as `DE.1349…` or `DE.ENT.1349…`. It begins with the code of the person's
/// country, is used as it was given, and becomes part of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ChatUser(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not WhatsApp's id of a person")]
pub struct NotChatUser;

impl ChatUser {
    pub fn parse(text: &str) -> Result<Self, NotChatUser> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
        let has_country = text.split_once('.').is_some_and(|(country, rest)| {
            country.len() == 2 && country.bytes().all(|b| b.is_ascii_alphabetic()) && !rest.is_empty()
        });
        let is_one = has_country && text.len() <= LONGEST && text.bytes().all(allowed);
        is_one.then(|| Self(text.to_owned())).ok_or(NotChatUser)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn country(&self) -> Option<Country> {
        Country::parse(self.0.split_once('.')?.0)
    }
}

impl TryFrom<String> for ChatUser {
    type Error = NotChatUser;

    fn try_from(text: String) -> Result<Self, NotChatUser> {
        Self::parse(&text)
    }
}

impl From<ChatUser> for String {
    fn from(user: ChatUser) -> Self {
        user.0
    }
}

impl fmt::Display for ChatUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The recipient of a WhatsApp message. It is stored as one text: no number is an id, and no id a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ChatRecipient {
    Number(PhoneNumber),
    User(ChatUser),
}

impl ChatRecipient {
    pub fn parse(text: &str) -> Result<Self, NotChatUser> {
        match PhoneNumber::try_from(text.to_owned()) {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => ChatUser::parse(text).map(Self::User),
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Number(number) => number.as_str(),
            Self::User(user) => user.as_str(),
        }
    }
}

impl TryFrom<String> for ChatRecipient {
    type Error = NotChatUser;

    fn try_from(text: String) -> Result<Self, NotChatUser> {
        Self::parse(&text)
    }
}

impl From<ChatRecipient> for String {
    fn from(recipient: ChatRecipient) -> Self {
        recipient.as_str().to_owned()
    }
}

impl From<PhoneNumber> for ChatRecipient {
    fn from(number: PhoneNumber) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for ChatRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_a_number_or_an_id_and_nothing_else() {
        for (text, is_user) in [
            ("US.13491208655302741918", Some(true)),
            ("US.ENT.11815799212886844830", Some(true)),
            ("+12065550101", Some(false)),
            ("12065550101", None),
            ("ann@one.example", None),
            ("USA.1349", None),
            ("US.", None),
            ("US.1349#2", None),
            ("", None),
        ] {
            let read = ChatRecipient::parse(text);
            let told = read.as_ref().ok().map(|read| matches!(read, ChatRecipient::User(_)));
            assert_eq!(told, is_user, "{text}");
            if let Ok(read) = read {
                assert_eq!(serde_json::to_value(&read).unwrap(), text, "stored as it is");
            }
        }
        assert!(ChatUser::parse(&format!("DE.{}", "1".repeat(148))).is_err(), "too long for a key");
        assert_eq!(ChatUser::parse("DE.1349").unwrap().country(), Country::parse("DE"));
    }
}
