//! The mailbox that a bounce says is dead, and repeated soft bounces, which suppress the address for a while.

use crate::contact::email_address::EmailAddress;
use jiff::{SignedDuration, Timestamp};

const SOFT_STEPS: usize = 3;
const SOFT_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);
const SOFT_SUPPRESSED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The mailbox that refused a mail, seen from the address that we wrote to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedBy {
    /// The address itself, as far as the report tells.
    Address,
    /// The one mailbox elsewhere that the address passes its mail on to.
    Forward,
    /// One of the mailboxes behind an address that several may share: the others may have got the mail.
    Member,
}

impl RefusedBy {
    /// Says who refused a mail to `address`, where the report names `refused`. Nobody passes on the mail of an address
    /// such as info@ to one mailbox alone, nor does a personal one lead to another of the same domain.
    pub fn of(address: &str, refused: &str) -> Self {
        let parsed = (EmailAddress::parse(address), EmailAddress::parse(refused));
        let (Ok(address), Ok(refused)) = parsed else { return Self::Address };
        if address == refused || without_tag(&address) == without_tag(&refused) {
            Self::Address
        } else if address.domain() == refused.domain() || is_shared(address.local_part()) {
            Self::Member
        } else {
            Self::Forward
        }
    }
}

fn without_tag(address: &EmailAddress) -> (&str, &str) {
    let local = address.local_part();
    (local.split_once('+').map_or(local, |(name, _)| name), address.domain())
}

/// Names of addresses that are read by several.
const SHARED: [&str; 44] = [
    "info",
    "office",
    "contact",
    "kontakt",
    "contacto",
    "contatto",
    "hello",
    "hallo",
    "hola",
    "mail",
    "post",
    "team",
    "sales",
    "verkauf",
    "vertrieb",
    "ventas",
    "vendite",
    "commercial",
    "support",
    "service",
    "help",
    "hilfe",
    "admin",
    "administration",
    "verwaltung",
    "buero",
    "bureau",
    "sekretariat",
    "secretary",
    "reception",
    "empfang",
    "praxis",
    "zentrale",
    "marketing",
    "press",
    "presse",
    "jobs",
    "hr",
    "finance",
    "billing",
    "rechnung",
    "accounting",
    "all",
    "everyone",
];

fn is_shared(local: &str) -> bool {
    let name = local.split_once('+').map_or(local, |(name, _)| name);
    SHARED.contains(&name)
}

/// The end of a suppression for soft bounces: three in three different steps within 30 days suppress the address.
pub fn soft_suppression<S: AsRef<str>>(bounces: &[(S, Timestamp)], now: Timestamp) -> Option<Timestamp> {
    let mut steps: Vec<&str> = bounces
        .iter()
        .filter(|(_, at)| now.duration_since(*at) <= SOFT_WITHIN)
        .map(|(step, _)| step.as_ref())
        .collect();
    steps.sort_unstable();
    steps.dedup();
    if steps.len() >= SOFT_STEPS { now.checked_add(SOFT_SUPPRESSED_FOR).ok() } else { None }
}

#[cfg(test)]
mod tests;
