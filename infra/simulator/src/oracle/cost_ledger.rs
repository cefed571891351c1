//! What all calls of the table must have cost by AWS's rules, counted from the calls and the changes, and what the ledger says.

use super::Oracle;
use super::raw::{self, Key};
use crate::world::call_log::Seen;
use local_cloud::{LocalCloud, Service};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// As the template has them.
const INDEX: (&str, &str, &str) = ("list", "lpk", "lsk");
const CARRIED: [&str; 5] = ["pk", "sk", "lpk", "lsk", "sum"];
/// The most that one query reads.
const PAGE: usize = 1_048_576;

/// By who called, table or index, and the words of the key.
type Line = (String, bool, String);

#[derive(Default)]
pub struct CostLedger {
    items: BTreeMap<Key, Stored>,
    /// By the index's key, then the table's.
    listed: BTreeMap<(Key, Key), usize>,
    units: BTreeMap<Line, Units>,
    /// Tokens of transactions that took effect: one that is asked for again is only looked at.
    done: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Units {
    written: f64,
    read: f64,
}

#[derive(Clone)]
struct Stored {
    size: usize,
    entry: Option<Entry>,
}

/// What an index keeps of an item.
#[derive(Clone, PartialEq)]
struct Entry {
    key: Key,
    size: usize,
    summary: Value,
}

impl CostLedger {
    /// Called before the call's changes are taken in.
    pub fn count(&mut self, seen: &Seen) {
        let mut after: BTreeMap<Key, Option<Stored>> = BTreeMap::new();
        for record in &seen.changes {
            let change = &record.event["dynamodb"];
            let (key, new) = (raw::key(&change["Keys"]), change.get("NewImage").map(Stored::of));
            // Who expires costs nothing.
            if record.event["userIdentity"].is_object() || seen.operation.is_empty() {
                self.put(key, new);
            } else {
                after.insert(key, new);
            }
        }
        if seen.operation.is_empty() {
            return;
        }
        let request: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
        match seen.operation.as_str() {
            "PutItem" => self.write(seen, (&request["Item"], true), 1.0, &after),
            "UpdateItem" | "DeleteItem" => self.write(seen, (&request["Key"], false), 1.0, &after),
            "TransactWriteItems" => {
                let token = request["ClientRequestToken"].as_str().unwrap_or_default();
                let again = self.done.contains(token);
                if !seen.changes.is_empty() && !token.is_empty() {
                    self.done.insert(token.to_owned());
                }
                for item in request["TransactItems"].as_array().into_iter().flatten() {
                    let put = &item["Put"]["Item"];
                    let keys = ["Update", "Delete", "ConditionCheck"].map(|verb| &item[verb]["Key"]);
                    match keys.into_iter().find(|key| key.is_object()) {
                        key if again => self.look(seen, key.unwrap_or(put)),
                        Some(key) => self.write(seen, (key, false), 2.0, &after),
                        None => self.write(seen, (put, true), 2.0, &after),
                    }
                }
            }
            "BatchWriteItem" => {
                for item in batch(&request, seen.halved) {
                    let put = &item["PutRequest"]["Item"];
                    match put.is_object() {
                        true => self.write(seen, (put, true), 1.0, &after),
                        false => self.write(seen, (&item["DeleteRequest"]["Key"], false), 1.0, &after),
                    }
                }
            }
            "GetItem" => self.get(seen, &request["Key"], request["ConsistentRead"] == true),
            "BatchGetItem" => {
                let tables = request["RequestItems"].as_object();
                let strong = tables.into_iter().flatten().all(|(_, asked)| asked["ConsistentRead"] == true);
                for key in batch(&request, seen.halved) {
                    self.get(seen, key, strong);
                }
            }
            _ => self.query(seen, &request),
        }
        for (key, new) in after {
            self.put(key, new);
        }
    }

    fn write(
        &mut self,
        seen: &Seen,
        (item, is_put): (&Value, bool),
        times: f64,
        after: &BTreeMap<Key, Option<Stored>>,
    ) {
        let key = raw::key(item);
        let old = self.items.get(&key);
        let asked = is_put.then(|| size_of(item));
        let (new, moved) = match after.get(&key) {
            Some(new) => (new.as_ref().map(|new| new.size), true),
            None => (asked, false),
        };
        let most = old.map(|old| old.size).max(new).unwrap_or(0);
        let index = match after.get(&key) {
            Some(new) if moved => index_units(
                old.and_then(|old| old.entry.as_ref()),
                new.as_ref().and_then(|new| new.entry.as_ref()),
            ),
            _ => 0.0,
        };
        self.add(seen, false, words(&[Some(&key.0), Some(&key.1)]), times * kilobytes(most), 0.0);
        if index > 0.0 {
            self.add(seen, true, words(&[None, Some(&key.1)]), index, 0.0);
        }
    }

    /// Of a transaction that was done before: as a transaction that reads.
    fn look(&mut self, seen: &Seen, item: &Value) {
        let key = raw::key(item);
        let size = self.items.get(&key).map_or(0, |stored| stored.size);
        self.add(seen, false, words(&[Some(&key.0), Some(&key.1)]), 0.0, 2.0 * read_units(size, true));
    }

    fn get(&mut self, seen: &Seen, key: &Value, strong: bool) {
        let key = raw::key(key);
        let size = self.items.get(&key).map_or(0, |stored| stored.size);
        self.add(seen, false, words(&[Some(&key.0), Some(&key.1)]), 0.0, read_units(size, strong));
    }

    fn query(&mut self, seen: &Seen, request: &Value) {
        let values = &request["ExpressionAttributeValues"];
        let value = |name: &str| values[name]["S"].as_str();
        let partition = value(":p").unwrap_or_default();
        let (low, high) = (value(":low"), value(":high"));
        let condition = request["KeyConditionExpression"].as_str().unwrap_or_default();
        let fits = |sort: &str| match (low, high) {
            (None, None) => true,
            (Some(low), Some(high)) => low <= sort && sort <= high,
            (Some(low), None) if condition.contains("begins_with") => sort.starts_with(low),
            (Some(low), None) => sort > low,
            (None, Some(high)) if condition.contains("<=") => sort <= high,
            (None, Some(high)) => sort < high,
        };
        let indexed = request["IndexName"] == INDEX.0;
        let found: Vec<(&Key, &Key, usize)> = if indexed {
            let first = ((partition.to_owned(), String::new()), Key::default());
            let rest = self.listed.range((Bound::Included(first), Bound::Unbounded));
            let theirs = rest.take_while(|((listed, _), _)| listed.0 == partition);
            theirs.map(|((listed, key), size)| (listed, key, *size)).collect()
        } else {
            let first = (partition.to_owned(), String::new());
            let rest = self.items.range((Bound::Included(first), Bound::Unbounded));
            let theirs = rest.take_while(|(key, _)| key.0 == partition);
            theirs.map(|(key, stored)| (key, key, stored.size)).collect()
        };
        let mut found: Vec<_> = found.into_iter().filter(|(listed, _, _)| fits(&listed.1)).collect();
        if request["ScanIndexForward"] == false {
            found.reverse();
        }
        let start = &request["ExclusiveStartKey"];
        if start.is_object() {
            let last = raw::key(start);
            let part = |name: &str| start[name]["S"].as_str().unwrap_or_default().to_owned();
            let listed = if indexed { (part(INDEX.1), part(INDEX.2)) } else { last.clone() };
            let forward = request["ScanIndexForward"] != false;
            found.retain(|(at, key, _)| {
                if forward { (*at, *key) > (&listed, &last) } else { (*at, *key) < (&listed, &last) }
            });
        }
        let limit = request["Limit"].as_u64().map_or(usize::MAX, |limit| limit as usize);
        let mut size = 0;
        for (_, _, one) in found.into_iter().take(limit) {
            size += one;
            if size > PAGE {
                break;
            }
        }
        let label = words(&[Some(partition), low.or(high)]);
        self.add(seen, indexed, label, 0.0, read_units(size, request["ConsistentRead"] == true));
    }

    fn add(&mut self, seen: &Seen, indexed: bool, words: String, written: f64, read: f64) {
        let units = self.units.entry((seen.principal.clone(), indexed, words)).or_default();
        units.written += written;
        units.read += read;
    }

    fn put(&mut self, key: Key, new: Option<Stored>) {
        if let Some(Stored { entry: Some(entry), .. }) = self.items.get(&key) {
            self.listed.remove(&(entry.key.clone(), key.clone()));
        }
        if let Some(Stored { entry: Some(entry), .. }) = &new {
            self.listed.insert((entry.key.clone(), key.clone()), entry.size);
        }
        match new {
            Some(new) => drop(self.items.insert(key, new)),
            None => drop(self.items.remove(&key)),
        }
    }
}

impl Stored {
    fn of(item: &Value) -> Self {
        let part = |name: &str| Some(item[name]["S"].as_str()?.to_owned());
        let entry = part(INDEX.1).zip(part(INDEX.2)).map(|key| Entry {
            key,
            size: CARRIED.iter().filter_map(|name| Some(name.len() + value_size(item.get(*name)?))).sum(),
            summary: item["sum"].clone(),
        });
        Self { size: size_of(item), entry }
    }
}

/// At rest: what the ledger of the cloud has booked, by whom and on which keys.
pub fn at_rest(oracle: &Oracle, cloud: &LocalCloud) -> Vec<String> {
    let (mut booked, mut wrong) = (BTreeMap::<Line, Units>::new(), Vec::new());
    for (line, used) in cloud.ledger().snapshot().lines() {
        if line.principal.is_empty() {
            wrong.push(format!("{} {} is booked to nobody", line.operation, line.keys));
        }
        if line.service == Service::DynamoDb && used.write_units + used.read_units > 0.0 {
            let indexed = line.resource.ends_with(&format!("/{}", INDEX.0));
            let units = booked.entry((line.principal.to_string(), indexed, line.keys.clone())).or_default();
            units.written += used.write_units;
            units.read += used.read_units;
        }
    }
    for line in booked.keys().chain(oracle.cost_ledger.units.keys()) {
        let (booked, due) = (booked.get(line), oracle.cost_ledger.units.get(line));
        if booked != due {
            wrong.push(format!("the ledger says {booked:?} of {line:?}, which cost {due:?}"));
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

/// Nothing where what is carried stays equal, two writes where the key moves.
fn index_units(old: Option<&Entry>, new: Option<&Entry>) -> f64 {
    match (old, new) {
        (None, None) => 0.0,
        (Some(one), None) | (None, Some(one)) => kilobytes(one.size),
        (Some(old), Some(new)) if old.key != new.key => kilobytes(old.size) + kilobytes(new.size),
        (Some(old), Some(new)) if old.summary == new.summary => 0.0,
        (Some(old), Some(new)) => kilobytes(old.size.max(new.size)),
    }
}

/// What is asked of a batch, or its first half.
fn batch(request: &Value, halved: bool) -> Vec<&Value> {
    let mut all = Vec::new();
    for (_, asked) in request["RequestItems"].as_object().into_iter().flatten() {
        let list = if asked.is_object() { &asked["Keys"] } else { asked };
        let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
        all.extend(list.iter().take(if halved { list.len().div_ceil(2) } else { list.len() }));
    }
    all
}

fn kilobytes(size: usize) -> f64 {
    size.div_ceil(1_024).max(1) as f64
}

fn read_units(size: usize, strong: bool) -> f64 {
    let units = size.div_ceil(4_096).max(1) as f64;
    if strong { units } else { units / 2.0 }
}

fn size_of(item: &Value) -> usize {
    item.as_object().into_iter().flatten().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else { return 0 };
    match kind.as_str() {
        "S" => value.as_str().map_or(0, str::len),
        "N" => number_size(value.as_str().unwrap_or_default()),
        "B" => value.as_str().map_or(0, |text| text.trim_end_matches('=').len() * 3 / 4),
        "SS" => list(value).iter().map(|one| one.as_str().map_or(0, str::len)).sum(),
        "NS" => list(value).iter().map(|one| number_size(one.as_str().unwrap_or_default())).sum(),
        "L" => 3 + list(value).iter().map(|one| 1 + value_size(one)).sum::<usize>(),
        "M" => {
            let map = value.as_object().into_iter().flatten();
            3 + map.map(|(name, one)| name.len() + 1 + value_size(one)).sum::<usize>()
        }
        _ => 1,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A byte for two digits before the point, and for two behind it, without zeros at either end; one more, and one for a minus.
fn number_size(number: &str) -> usize {
    let digits = number.trim_start_matches('-');
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let (mut whole, mut rest) = (whole.trim_start_matches('0'), rest.trim_end_matches('0'));
    if rest.is_empty() {
        whole = whole.trim_end_matches('0');
    }
    if whole.is_empty() {
        rest = rest.trim_start_matches('0');
    }
    whole.len().div_ceil(2) + rest.len().div_ceil(2) + 1 + usize::from(number.starts_with('-'))
}

/// Of a key what is the same for all of its kind: the short words in capitals.
fn words(parts: &[Option<&str>]) -> String {
    let is_word = |text: &&str| {
        (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    };
    let each =
        parts.iter().map(|part| part.unwrap_or_default().split('#').filter(is_word).collect::<Vec<_>>());
    each.filter(|words| !words.is_empty()).map(|words| words.join("#")).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests;
