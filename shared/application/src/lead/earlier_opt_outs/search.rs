//! The search for custom values that say who has opted out, of leads that may still be contacted.

use crate::ports::leads::LeadStore;
use crate::ports::store::StoreResult;
use crate::ports::suppressions::SuppressionStore;
use domain::CustomFieldId;
use domain::import::opt_out_columns::{field_target, says_clearly, value_says};
use domain::lead::Lead;
use domain::lead::attributes::Target;
use domain::lead::custom_field::{CustomField, CustomFields, FieldKind, LONGEST_NAME, MOST_FIELDS};
use domain::lead::suppression::{FROM_API, Suppression, SuppressionScope};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

const EXAMPLES: usize = 5;

/// A field whose values say that leads have opted out which may still be contacted.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundOptOuts {
    /// One that the workspace does not have yet, where the values have no field.
    pub field: CustomField,
    /// What its name makes of them.
    pub target: Target,
    pub leads: u64,
    /// The first of the values that say so, each once.
    pub examples: Vec<String>,
    /// Whether one of them says it by words that are known. Otherwise the field may say anything, and is not asked about.
    is_clear: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    pub found: Vec<FoundOptOuts>,
    /// The place where the next search goes on; none if all leads were looked at.
    pub next: Option<String>,
}

#[derive(Clone, Copy)]
pub struct SearchedStores<'a> {
    pub leads: &'a dyn LeadStore,
    pub suppressions: &'a dyn SuppressionStore,
}

/// How far a search goes.
pub struct Reach<'a> {
    /// The place where it begins: where another one ended.
    pub from: Option<String>,
    /// Whether values count that have no field.
    pub beyond_fields: bool,
    /// Whether it goes on, once it has looked at so many leads.
    pub goes_on: &'a (dyn Fn(usize) -> bool + Sync),
}

/// Finds the fields to ask about.
pub async fn find_opt_outs(
    stores: SearchedStores<'_>,
    fields: &CustomFields,
    reach: Reach<'_>,
    now: Timestamp,
) -> StoreResult<Search> {
    let open = fields.fields.iter().filter(|field| !fields.has_opt_out_answer(&field.id));
    let mut found: Vec<FoundOptOuts> = open.filter_map(FoundOptOuts::of).collect();
    let (mut cursor, mut looked_at) = (reach.from, 0);
    if found.is_empty() && !reach.beyond_fields {
        return Ok(Search { found, next: None });
    }
    loop {
        let (ids, next) = stores.leads.ids(&fields.workspace, cursor).await?;
        let leads = stores.leads.get_many(&fields.workspace, &ids).await?;
        if reach.beyond_fields {
            add_keys(&mut found, fields, &leads);
        }
        take(stores, fields, &mut found, &leads, now).await?;
        looked_at += ids.len();
        cursor = next;
        if cursor.is_none() || !(reach.goes_on)(looked_at) {
            break;
        }
    }
    found.retain(|one| one.leads > 0 && one.is_clear);
    Ok(Search { found, next: cursor })
}

/// Adds the keys of these leads' values that look so and have no field.
fn add_keys(found: &mut Vec<FoundOptOuts>, fields: &CustomFields, leads: &[Lead]) {
    let keys: BTreeSet<&String> = leads.iter().flat_map(|lead| lead.custom.keys()).collect();
    for key in keys {
        let is_known = fields.named(key).is_some() || found.iter().any(|one| one.field.key == *key);
        if is_known || found.len() >= MOST_FIELDS {
            continue;
        }
        let id = CustomFieldId::derived(Timestamp::UNIX_EPOCH, &[fields.workspace.as_str(), key, "opt-outs"]);
        let label = key.trim().chars().take(LONGEST_NAME).collect();
        let field = CustomField { id, key: key.clone(), label, kind: FieldKind::Text };
        found.extend(FoundOptOuts::of(&field));
    }
}

impl FoundOptOuts {
    fn of(field: &CustomField) -> Option<Self> {
        let target = field_target(field)?;
        Some(Self { field: field.clone(), target, leads: 0, examples: Vec::new(), is_clear: false })
    }

    fn take(&mut self, value: &String) {
        self.leads += 1;
        self.is_clear |= says_clearly(&self.field, value);
        if self.examples.len() < EXAMPLES && !self.examples.contains(value) {
            self.examples.push(value.clone());
        }
    }
}

/// A value that says that its lead has opted out: the place of its field, and the entries that would follow.
struct Told<'l> {
    place: usize,
    value: &'l String,
    entries: Vec<Suppression>,
}

/// Counts those of the leads' values that say what nobody has acted upon: the lead is not marked, and what would be listed
/// is not on the list.
async fn take(
    stores: SearchedStores<'_>,
    fields: &CustomFields,
    found: &mut [FoundOptOuts],
    leads: &[Lead],
    now: Timestamp,
) -> StoreResult<()> {
    let mut told = Vec::new();
    for lead in leads.iter().filter(|lead| !lead.do_not_contact) {
        for (place, one) in found.iter().enumerate() {
            let Some(value) = lead.custom.get(&one.field.key) else { continue };
            let says = value_says(&one.field, one.target, value);
            let entries = says.entries(lead, (FROM_API, None), now);
            if !entries.is_empty() || says.do_not_contact() {
                told.push(Told { place, value, entries });
            }
        }
    }
    let scopes: BTreeSet<&SuppressionScope> =
        told.iter().flat_map(|told| &told.entries).map(|entry| &entry.scope).collect();
    let scopes: Vec<SuppressionScope> = scopes.into_iter().cloned().collect();
    let listed = match scopes.is_empty() {
        true => Vec::new(),
        false => stores.suppressions.find(&fields.workspace, &scopes).await?,
    };
    let listed: BTreeMap<&SuppressionScope, u8> = listed
        .iter()
        .filter(|entry| entry.in_force(now))
        .map(|entry| (&entry.scope, entry.reason.weight()))
        .collect();
    let is_news =
        |entry: &Suppression| listed.get(&entry.scope).is_none_or(|weight| *weight < entry.reason.weight());
    for Told { place, value, entries } in told {
        if entries.is_empty() || entries.iter().any(is_news) {
            found[place].take(value);
        }
    }
    Ok(())
}
