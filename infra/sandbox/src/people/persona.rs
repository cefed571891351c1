//! The persona who reads at an address or holds a phone: fixed for ever by the seed and the address.

use serde::{Deserialize, Serialize};

use crate::seed::Seed;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Persona {
    Silent,
    /// Opens, sometimes clicks.
    Curious,
    /// Opens, clicks, returns to the preview page, replies, sometimes pays.
    Keen,
    /// Opts out: by reply, one-click or the page's button.
    Annoyed,
    /// Refused at RCPT, and the verifier knows it.
    NoSuchUser,
    /// Refused at RCPT, and the verifier could not tell.
    VanishedUser,
    /// Accepted at first, bounces minutes later.
    Bouncer,
    OutOfOffice,
    /// A scanner fetches every link before this curious person sees the mail.
    Scanned,
    /// Their server blocks our mail.
    Blocking,
}

impl Persona {
    /// Chooses by a hash of seed and address. A plus tag names a persona: `ann+keen@example.com`. All
    /// addresses of a blocking domain block.
    pub(crate) fn of(seed: Seed, address: &str, blocking_percent: u64) -> Self {
        let address = address.to_lowercase();
        if let Some(named) = named(&address) {
            return named;
        }
        let domain = address.rsplit('@').next().unwrap_or_default();
        if seed.roll(&["blocks", domain]).percent(blocking_percent) {
            return Self::Blocking;
        }
        match seed.roll(&["persona", &address]).below(100) {
            0..35 => Self::Silent,
            35..60 => Self::Curious,
            60..72 => Self::Keen,
            72..80 => Self::Annoyed,
            80..82 => Self::NoSuchUser,
            82..84 => Self::VanishedUser,
            84..86 => Self::Bouncer,
            86..92 => Self::OutOfOffice,
            _ => Self::Scanned,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Curious => "curious",
            Self::Keen => "keen",
            Self::Annoyed => "annoyed",
            Self::NoSuchUser => "no such user",
            Self::VanishedUser => "vanished",
            Self::Bouncer => "bounces",
            Self::OutOfOffice => "out of office",
            Self::Scanned => "behind a scanner",
            Self::Blocking => "blocks us",
        }
    }
}

fn named(address: &str) -> Option<Persona> {
    let (local, _) = address.split_once('@')?;
    let (_, tag) = local.rsplit_once('+')?;
    Some(match tag {
        "silent" => Persona::Silent,
        "curious" => Persona::Curious,
        "keen" => Persona::Keen,
        "annoyed" => Persona::Annoyed,
        "nosuchuser" => Persona::NoSuchUser,
        "vanished" => Persona::VanishedUser,
        "bouncer" => Persona::Bouncer,
        "ooo" => Persona::OutOfOffice,
        "scanned" => Persona::Scanned,
        "blocking" => Persona::Blocking,
        _ => return None,
    })
}

/// The name that a person with this address would sign with: `ann.lee+x@…` is Ann Lee, `info@alder-sons.nl`
/// is Alder Sons.
pub(crate) fn display_name(address: &str) -> String {
    const SHARED: [&str; 8] = ["info", "hello", "contact", "office", "sales", "mail", "admin", "support"];
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let local = local.split('+').next().unwrap_or(local);
    let source = if SHARED.contains(&local) { domain.split('.').next().unwrap_or(local) } else { local };
    let words: Vec<String> = source
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        })
        .collect();
    words.join(" ")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhonePersona {
    Silent,
    /// Opens the link.
    Curious,
    /// Replies.
    Keen,
    /// Replies STOP.
    Stopper,
    /// The phone is off or out of reach: undelivered, 30003.
    Unreachable,
    /// The number cannot receive texts: undelivered, 30006.
    Landline,
    /// The carrier filters our texts: undelivered, 30007. WhatsApp messages pass no carrier.
    Filtered,
}

impl PhonePersona {
    pub(crate) fn of(seed: Seed, number: &str, blocking_percent: u64) -> Self {
        if seed.roll(&["filters", number]).percent(blocking_percent) {
            return Self::Filtered;
        }
        match seed.roll(&["phone", number]).below(100) {
            0..52 => Self::Silent,
            52..72 => Self::Curious,
            72..82 => Self::Keen,
            82..92 => Self::Stopper,
            92..96 => Self::Unreachable,
            _ => Self::Landline,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Curious => "curious",
            Self::Keen => "keen",
            Self::Stopper => "says STOP",
            Self::Unreachable => "out of reach",
            Self::Landline => "landline",
            Self::Filtered => "behind a filter",
        }
    }
}
