//! The workspace's own addresses and numbers: nobody there is a lead who asked for anything. They are never put on the
//! suppression list, and no answer to a lead goes there.

use crate::contact::email_address::{EmailAddress, is_free_mail};
use crate::contact::phone_number::PhoneNumber;
use crate::lead::suppression::SuppressionScope;
use crate::workspace::account::{Account, AccountSettings};
use crate::workspace::user::User;
use std::collections::BTreeSet;

/// What the workspace sends from, receives at and signs in with.
#[derive(Debug, Clone, Default)]
pub struct OwnAddresses {
    addresses: BTreeSet<EmailAddress>,
    /// The domains that the mailboxes send from and receive at, where only the workspace's own people have addresses.
    domains: BTreeSet<String>,
    /// The subscriber parts of the numbers.
    numbers: BTreeSet<String>,
}

/// How near an address is to the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    Foreign,
    /// An address at one of the workspace's domains: a group or a colleague's mailbox, unless a lead has it.
    OwnDomain,
    /// A mailbox or number of an account, an address at which mail arrives, or that of a user.
    Own,
}

impl OwnAddresses {
    pub fn of(accounts: &[Account], users: &[User]) -> Self {
        let mut own = Self::default();
        for account in accounts {
            own.add_account(&account.settings);
        }
        for user in users {
            own.addresses.insert(user.email.clone());
            own.numbers.extend(user.phone.as_ref().map(subscriber));
        }
        own
    }

    /// The addresses of mailboxes, where nothing else is known.
    pub fn of_mailboxes<'a>(mailboxes: impl IntoIterator<Item = &'a EmailAddress>) -> Self {
        let mut own = Self::default();
        for address in mailboxes {
            own.addresses.insert(address.clone());
            if !is_free_mail(address.domain()) {
                own.domains.insert(address.domain().to_owned());
            }
        }
        own
    }

    fn add_account(&mut self, settings: &AccountSettings) {
        let mailbox = settings.mailbox();
        let sends = mailbox.iter().flat_map(|own| [Some(own.address), own.reply_to]).flatten();
        let receives = match settings {
            AccountSettings::InboundEmail { addresses, .. } => addresses.as_slice(),
            _ => &[],
        };
        let mailboxes = Self::of_mailboxes(sends.chain(receives));
        self.addresses.extend(mailboxes.addresses);
        self.domains.extend(mailboxes.domains);
        self.numbers.extend(settings.number().into_iter().chain(settings.calls_from()).map(subscriber));
    }

    /// How near this address is. An address with a tag, as replies come to, is the same as the one without.
    pub fn nearness(&self, address: &EmailAddress) -> Nearness {
        if self.addresses.contains(address) || self.addresses.contains(&without_tag(address)) {
            Nearness::Own
        } else if self.domains.contains(address.domain()) {
            Nearness::OwnDomain
        } else {
            Nearness::Foreign
        }
    }

    /// Whether mail to this address comes to the workspace instead of to a lead.
    pub fn is_near(&self, address: &EmailAddress) -> bool {
        self.nearness(address) != Nearness::Foreign
    }

    /// How near what an entry of the suppression list covers is to the workspace.
    pub fn nearness_of(&self, scope: &SuppressionScope) -> Nearness {
        match scope {
            SuppressionScope::Email(value) => {
                EmailAddress::parse(value).map_or(Nearness::Foreign, |address| self.nearness(&address))
            }
            SuppressionScope::Domain(domain) if self.domains.contains(domain) => Nearness::Own,
            SuppressionScope::Phone(number) if self.numbers.contains(number) => Nearness::Own,
            SuppressionScope::Domain(_) | SuppressionScope::Phone(_) | SuppressionScope::ChatUser(_) => {
                Nearness::Foreign
            }
        }
    }
}

fn subscriber(number: &PhoneNumber) -> String {
    number.subscriber().into_owned()
}

fn without_tag(address: &EmailAddress) -> EmailAddress {
    let plain = address.local_part().split_once('+').map(|(name, _)| format!("{name}@{}", address.domain()));
    plain.and_then(|plain| EmailAddress::parse(&plain).ok()).unwrap_or_else(|| address.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn own() -> OwnAddresses {
        let mut own = OwnAddresses::default();
        own.add_account(&AccountSettings::InboundEmail {
            addresses: vec![address("replies@kontor.example"), address("kontor@gmail.com")],
            via: Default::default(),
            topic_arn: None,
            public_keys: Vec::new(),
        });
        own.addresses.insert(address("maya@home.example"));
        own.numbers.insert("+493023125000".to_owned());
        own
    }

    #[test]
    fn mailbox_reply_path_and_user_are_own_with_any_tag() {
        for text in [
            "replies@kontor.example",
            "replies+token@kontor.example",
            "maya@home.example",
            "kontor@gmail.com",
        ] {
            assert_eq!(own().nearness(&address(text)), Nearness::Own, "{text}");
        }
    }

    #[test]
    fn group_at_a_sending_domain_is_near_and_a_stranger_with_the_same_free_mail_is_not() {
        assert_eq!(own().nearness(&address("vertrieb@kontor.example")), Nearness::OwnDomain);
        for text in ["nora@gmail.com", "nora@home.example", "nora@lindt.example"] {
            assert_eq!(own().nearness(&address(text)), Nearness::Foreign, "{text}");
        }
    }

    #[test]
    fn entries_about_own_numbers_and_domains_are_own() {
        let near = |scope: SuppressionScope| own().nearness_of(&scope);
        assert_eq!(near(SuppressionScope::Phone("+493023125000".to_owned())), Nearness::Own);
        assert_eq!(near(SuppressionScope::Phone("+491713920012".to_owned())), Nearness::Foreign);
        assert_eq!(near(SuppressionScope::Domain("kontor.example".to_owned())), Nearness::Own);
        assert_eq!(near(SuppressionScope::Domain("gmail.com".to_owned())), Nearness::Foreign);
        assert_eq!(near(SuppressionScope::Email("replies@kontor.example".to_owned())), Nearness::Own);
    }
}
