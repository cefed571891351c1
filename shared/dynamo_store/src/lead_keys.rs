//! The look-up keys of a lead: its e-mail address, which is unique, and its phone number, which several leads may
//! share.

use crate::errors::Refused;
use crate::item::{Item, decode, number, number_of, text, text_of};
use crate::keys::{self, WorkspaceKey};
use crate::lead_item::{is_deleted, is_former, is_gone, merged_into};
use crate::query::Query;
use crate::table::Table;
use crate::write::{Write, delete, free_or, free_or_of, put};
use application::ports::leads::Reached;
use application::{StoreError, StoreResult};
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::Lead;
use domain::lead::merging::MOST_ABSORBED;
use domain::mutant;
use domain::{LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::iter;

/// The most leads that a phone number, or a former address, names.
const LEADS_OF_A_PHONE: usize = 20;
/// The time after which a key whose lead was never stored, or is deleted, is free again: its writer was cut off for
/// good.
const ABANDONED_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// One of a lead's keys. All but a shared phone number are unique.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub key: WorkspaceKey,
    pub unique: bool,
}

/// Returns the lead's keys, the unique one first. A lead without e-mail is unique by its phone number.
pub(crate) fn known_by(lead: &Lead) -> Vec<Known> {
    match (&lead.email, &lead.phone) {
        (None, None) => Vec::new(),
        (None, Some(phone)) => {
            vec![Known { key: keys::phone_alone(&lead.workspace, phone), unique: true }]
        }
        (Some(email), phone) => {
            let mut known = vec![Known { key: keys::email(&lead.workspace, email), unique: true }];
            if let Some(phone) = phone.as_ref().filter(|_| !mutant!("phone_not_indexed")) {
                let key = keys::phone(&lead.workspace, phone, &lead.id);
                known.push(Known { key, unique: false });
            }
            known
        }
    }
}

/// Makes the key name the lead, where it names nobody else than one of `owners`.
pub(crate) fn naming_over(known: &Known, lead: &LeadId, owners: &BTreeSet<LeadId>, at: Timestamp) -> Write {
    match naming(known, lead, at) {
        Write::Put { item, .. } if known.unique => {
            let owners: Vec<&str> = iter::once(lead).chain(owners).map(LeadId::as_str).collect();
            put(item, free_or_of("lead", &owners))
        }
        naming => naming,
    }
}

pub(crate) fn naming(known: &Known, lead: &LeadId, at: Timestamp) -> Write {
    let item = Item::from([
        ("pk".to_owned(), text(known.key.pk())),
        ("sk".to_owned(), text(known.key.sk())),
        ("entity".to_owned(), text("lead_key")),
        ("v".to_owned(), number(1)),
        ("lead".to_owned(), text(lead.as_str())),
        ("at".to_owned(), number(at.as_second())),
    ]);
    put(item, known.unique.then(|| free_or("lead", lead.as_str())).flatten())
}

/// Deletes the key, if it still belongs to this lead.
pub(crate) fn forgetting(known: &Known, lead: &LeadId) -> Write {
    delete(&known.key, free_or("lead", lead.as_str()))
}

const FORMER: &str = "former_address";

/// Makes the keys that find a lead by its former addresses, by its second ones and by WhatsApp's id, until it is deleted.
fn remembering(before: &Lead, after: &Lead) -> Vec<Write> {
    let (old, new, known) = (addresses(before), addresses(after), second_addresses(before));
    let gained = second_addresses(after).into_iter().filter(|address| !known.contains(address));
    let mut others: Vec<String> =
        old.into_iter().chain(gained).filter(|address| !new.contains(address)).collect();
    // A first address that becomes the second is remembered once.
    others.sort_unstable();
    others.dedup();
    others.into_iter().flat_map(|address| both_keys(&after.workspace, &after.id, &address)).collect()
}

/// Makes the keys that find a new lead by its second addresses.
pub(crate) fn naming_seconds(lead: &Lead) -> Vec<Write> {
    let others = second_addresses(lead).into_iter().filter(|address| !addresses(lead).contains(address));
    others.flat_map(|address| both_keys(&lead.workspace, &lead.id, &address)).collect()
}

/// Makes the key that finds the lead by an address that is not among its own, and the one in its partition, by which
/// the first is deleted with the lead.
fn both_keys(workspace: &WorkspaceId, id: &LeadId, address: &str) -> [Write; 2] {
    let keys = [keys::former(workspace, address, id), keys::former_address(workspace, id, address)];
    keys.map(|key| {
        let item = Item::from([
            ("pk".to_owned(), text(key.pk())),
            ("sk".to_owned(), text(key.sk())),
            ("entity".to_owned(), text(FORMER)),
            ("v".to_owned(), number(1)),
            ("lead".to_owned(), text(id.as_str())),
            ("address".to_owned(), text(address)),
        ]);
        put(item, None)
    })
}

/// Spells an address for its key, WhatsApp's id like one: no address has a slash before its first letter.
fn spelled(at: Reached<'_>) -> String {
    match at {
        Reached::Email(email) => email.as_str().to_owned(),
        Reached::Phone(phone) => phone.subscriber().into_owned(),
        Reached::ChatUser(user) => format!("/chat/{user}"),
    }
}

/// Returns the keys by which `other` is found at the addresses of this lead, without those `except`.
pub(crate) fn addresses_as_former(lead: &Lead, other: &LeadId, except: &[String]) -> Vec<WorkspaceKey> {
    let mut all: Vec<String> = addresses(lead).into_iter().chain(second_addresses(lead)).collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|address| !except.contains(address));
    let keys = |address: String| {
        let found_by = keys::former(&lead.workspace, &address, other);
        [found_by, keys::former_address(&lead.workspace, other, &address)]
    };
    all.into_iter().flat_map(keys).collect()
}

fn addresses(lead: &Lead) -> Vec<String> {
    let email = lead.email.as_ref().map(|email| email.as_str().to_owned());
    let phone = lead.phone.as_ref().map(|phone| phone.subscriber().into_owned());
    email.into_iter().chain(phone).collect()
}

fn second_addresses(lead: &Lead) -> Vec<String> {
    let email = lead.second_email.as_ref().map(|email| email.as_str().to_owned());
    let phone = lead.second_phone.as_ref().map(|phone| phone.subscriber().into_owned());
    let user = lead.chat_user.as_ref().map(|user| spelled(Reached::ChatUser(user)));
    email.into_iter().chain(phone).chain(user).collect()
}

/// Returns the former address, if the item is one.
pub(crate) fn former_address(item: &Item) -> Option<&str> {
    text_of(item, "entity").filter(|entity| *entity == FORMER)?;
    text_of(item, "address")
}

pub(crate) fn named_lead(item: &Item) -> Option<LeadId> {
    LeadId::parse(text_of(item, "lead")?).ok()
}

impl Table {
    /// Puts a unique key for the lead. Returns the lead that has the key, if it is another one.
    pub(crate) async fn name_lead(
        &self,
        known: &Known,
        lead: &Lead,
        at: Timestamp,
    ) -> StoreResult<Option<LeadId>> {
        let other = match self.write(naming(known, &lead.id, at)).await {
            Ok(()) => return Ok(None),
            Err(Refused::Condition(Some(other))) => other,
            Err(refused) => return Err(refused.into()),
        };
        let Some(owner) = named_lead(&other) else { return Err(StoreError::Conflict) };
        let since = number_of(&other, "at").unwrap_or(i64::MAX);
        let abandoned = at.as_second().saturating_sub(since) > ABANDONED_AFTER.as_secs();
        let is_lead = |item: &Item| !is_former(item);
        let stored = keys::lead(&lead.workspace, &owner);
        if !abandoned || self.read_item(&stored).await?.as_ref().is_some_and(is_lead) {
            return Ok(Some(owner));
        }
        self.write(forgetting(known, &owner)).await?;
        match self.write(naming(known, &lead.id, at)).await {
            Ok(()) => Ok(None),
            Err(Refused::Condition(Some(other))) => Ok(named_lead(&other)),
            Err(refused) => Err(refused.into()),
        }
    }

    pub(crate) async fn lead_by_email(
        &self,
        workspace: &WorkspaceId,
        email: &EmailAddress,
    ) -> StoreResult<Option<LeadId>> {
        Ok(self.read_item(&keys::email(workspace, email)).await?.as_ref().and_then(named_lead))
    }

    pub(crate) async fn leads_by_phone(
        &self,
        workspace: &WorkspaceId,
        phone: &PhoneNumber,
    ) -> StoreResult<Vec<LeadId>> {
        let partition = keys::phone_partition(workspace, phone);
        let items = self.query(Query::table(&partition).limit(LEADS_OF_A_PHONE)).await?;
        let mut leads: Vec<LeadId> = items.iter().filter_map(named_lead).collect();
        leads.sort();
        leads.dedup();
        Ok(leads)
    }

    pub(crate) async fn leads_by_former(
        &self,
        workspace: &WorkspaceId,
        at: Reached<'_>,
    ) -> StoreResult<Vec<LeadId>> {
        let partition = keys::former_partition(workspace, &spelled(at));
        let items = self.query(Query::table(&partition).limit(LEADS_OF_A_PHONE)).await?;
        Ok(items.iter().filter_map(named_lead).collect())
    }

    pub(crate) async fn put_address(
        &self,
        workspace: &WorkspaceId,
        id: &LeadId,
        at: Reached<'_>,
    ) -> StoreResult<()> {
        // The key in the lead's partition comes first: what it names is deleted with the lead.
        let [found_by, in_partition] = both_keys(workspace, id, &spelled(at));
        self.write(in_partition).await?;
        Ok(self.write(found_by).await?)
    }

    /// Reads the lead's item, or that of the lead that it was merged into.
    async fn read_survivor(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<Option<Item>> {
        let mut found = self.read_item(&keys::lead(workspace, id)).await?;
        for _ in 0..MOST_ABSORBED {
            let Some(into) = found.as_ref().and_then(merged_into) else { break };
            found = self.read_item(&keys::lead(workspace, &into)).await?;
        }
        Ok(found)
    }

    /// Reads the lead, or the one that it was merged into, unless it is hidden from this table's lead store.
    pub(crate) async fn read_lead(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<Lead> {
        match self.read_survivor(workspace, id).await? {
            Some(item) if !self.hides(&item) => decode(item),
            _ => Err(StoreError::NotFound),
        }
    }

    /// Reads the lead, or the one that it was merged into, also a deleted one, unless its erasure has begun.
    pub(crate) async fn read_lead_or_deleted(
        &self,
        workspace: &WorkspaceId,
        id: &LeadId,
    ) -> StoreResult<Lead> {
        match self.read_survivor(workspace, id).await? {
            Some(item) if !is_gone(&item) => decode(item),
            _ => Err(StoreError::NotFound),
        }
    }

    /// Reads this very lead, deleted, merged or neither, unless its erasure has begun.
    pub(crate) async fn read_stored_lead(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<Lead> {
        match self.read_item(&keys::lead(workspace, id)).await? {
            Some(item) if !is_gone(&item) => decode(item),
            _ => Err(StoreError::NotFound),
        }
    }

    /// Tells whether the lead store passes over this lead: it is being erased, or is deleted.
    pub(crate) fn hides(&self, item: &Item) -> bool {
        is_gone(item) || !self.sees_deleted && is_deleted(item)
    }

    /// Makes the writes that turn the keys of `before` into those of `after`.
    pub(crate) fn renaming(before: &Lead, after: &Lead, at: Timestamp) -> Vec<Write> {
        let (old, new) = (known_by(before), known_by(after));
        let gained = new.iter().filter(|known| !old.contains(known));
        let lost = old.iter().filter(|known| !new.contains(known));
        let gained = gained.map(|known| naming_over(known, &after.id, &after.absorbed, at));
        let lost = lost.map(|known| forgetting(known, &after.id));
        gained.chain(lost).chain(remembering(before, after)).collect()
    }

    /// Deletes the keys of `lead` that the lead stored under this id does not have.
    pub(crate) async fn forget_stale_keys(&self, lead: &Lead) -> StoreResult<()> {
        let stored = match self.read_stored_lead(&lead.workspace, &lead.id).await {
            Ok(stored) => known_by(&stored),
            Err(StoreError::NotFound) => Vec::new(),
            Err(error) => return Err(error),
        };
        for known in known_by(lead) {
            if !stored.contains(&known) {
                match self.write(forgetting(&known, &lead.id)).await {
                    Ok(()) | Err(Refused::Condition(_)) => {}
                    Err(refused) => return Err(refused.into()),
                }
            }
        }
        Ok(())
    }
}
