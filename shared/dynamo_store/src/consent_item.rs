//! A lead's consents as they are stored in the lead: one entry for channels whose consent is the same, because an
//! import gives every channel the same one and a new lead must fit four write units.

use crate::times::maybe_nanos;
use domain::contact::channel::Channel;
use domain::event::UserOrKey;
use domain::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct ConsentItem {
    /// The channels.
    c: Vec<Channel>,
    b: ConsentBasis,
    on: Date,
    s: ConsentSource,
    by: Option<UserOrKey>,
    n: Option<String>,
    /// When it was withdrawn.
    #[serde(default, with = "maybe_nanos")]
    w: Option<Timestamp>,
}

pub(crate) fn items_of(consents: &Consents) -> Vec<ConsentItem> {
    let mut groups: Vec<(Vec<Channel>, &Consent)> = Vec::new();
    for (channel, consent) in consents.iter() {
        match groups.iter_mut().find(|(_, known)| *known == consent) {
            Some((channels, _)) => channels.push(channel),
            None => groups.push((vec![channel], consent)),
        }
    }
    let item = |(c, consent): (Vec<Channel>, &Consent)| {
        let Consent { basis, on, source, by, note, withdrawn_at } = consent.clone();
        ConsentItem { c, b: basis, on, s: source, by, n: note, w: withdrawn_at }
    };
    groups.into_iter().map(item).collect()
}

pub(crate) fn consents_of(items: Vec<ConsentItem>) -> Consents {
    let entries = items.into_iter().flat_map(|ConsentItem { c, b, on, s, by, n, w }| {
        let consent = Consent { basis: b, on, source: s, by, note: n, withdrawn_at: w };
        c.into_iter().map(move |channel| (channel, consent.clone()))
    });
    entries.collect()
}
