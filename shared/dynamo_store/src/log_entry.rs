//! What a stream record says for the lead list and for the log. The log names each attribute that changed; it has the
//! values of numbers, codes, times and ids, and no text that a person has written or is known by.

use crate::change::read_image;
use crate::item::{Stored, decode, event_of, head};
use crate::key_hashes::digest;
use crate::keys;
use crate::lead_item::{is_deleted, is_gone};
use application::StoreResult;
use application::ports::changes::{FieldChange, ListedNow, LogEntry, Recorded};
use domain::lead::Lead;
use serde_json::Value;
use std::collections::BTreeMap;

/// Attributes that every item has, and that are told otherwise.
const HEAD: [&str; 9] = ["pk", "sk", "entity", "v", "rev", "ev", "lpk", "lsk", "ttl"];

/// The last part of the names of attributes whose texts are codes: words of a closed set.
const CODES: [&str; 14] = [
    "state",
    "status",
    "kind",
    "reason",
    "role",
    "channel",
    "priority",
    "temperature",
    "outcome",
    "intent",
    "s",
    "te",
    "st",
    "k",
];

/// Attributes of which nothing is a code: what users name themselves, and what people write.
const FREE: [&str; 4] = ["own", "custom", "values", "merge"];

/// The most attributes of an item that an entry lists: more than a lead has with all its custom values.
const MOST_FIELDS: usize = 200;

pub(crate) fn read_for_log(old: Option<&Value>, new: &Value) -> StoreResult<Option<Recorded>> {
    let item = read_image(new)?;
    let head = head(&item)?;
    let Some(event) = event_of(&item, &head)? else { return Ok(None) };
    let Some(workspace) = keys::workspace_of(&head.pk) else { return Ok(None) };
    // Two changes of one kind, by one user, may be made within one instant: then their revisions tell them apart.
    let is_news = old.is_none_or(|old| ["ev", "rev"].iter().any(|name| old.get(name) != new.get(name)));
    let (changed, more) = if is_news { changed_fields(old, new) } else { (Vec::new(), 0) };
    let entry = is_news.then(|| LogEntry {
        item: item_name(&head.pk, &head.sk),
        entity: head.entity.clone(),
        rev: head.rev,
        kind: event.kind.as_str().to_owned(),
        by: text_at(new, "/ev/M/a/S"),
        cause: event.cause.clone(),
        at: event.at,
        changed,
        more,
    });
    let lead = match head.entity == Lead::ENTITY {
        false => None,
        true if is_gone(&item) || is_deleted(&item) => {
            let (_, id) = keys::lead_of(&head.pk).map_err(|why| head.corrupt(why))?;
            Some(ListedNow::Gone { id, rev: head.rev, is_erased: is_gone(&item) })
        }
        true => Some(ListedNow::Is(Box::new(decode(item)?))),
    };
    Ok(Some(Recorded { workspace, at: event.at, lead, entry }))
}

/// Names an item by its keys. A part that is no id, number or word of ours may be an address: its digest stands for it,
/// behind a star, because a digest may have digits alone and would look like a number.
fn item_name(pk: &str, sk: &str) -> String {
    let is_ours = |part: &&str| {
        part.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_~-:.".contains(&byte))
    };
    let told = |key: &str| {
        let parts: Vec<String> = key
            .split('#')
            .map(|part| {
                let hidden = || format!("*{}", &digest(&[pk, part])[..16]);
                Some(part).filter(is_ours).map_or_else(hidden, str::to_owned)
            })
            .collect();
        parts.join("#")
    };
    format!("{} {}", told(within_workspace(pk)), told(sk))
}

/// Returns a partition's name without its workspace.
fn within_workspace(pk: &str) -> &str {
    pk.splitn(3, '#').nth(2).unwrap_or("WORKSPACE")
}

fn text_at(image: &Value, pointer: &str) -> String {
    image.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Returns the attributes that changed, and how many more there are than an entry lists.
fn changed_fields(old: Option<&Value>, new: &Value) -> (Vec<FieldChange>, usize) {
    let (before, after) = (old.map(leaves).unwrap_or_default(), leaves(new));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differs = |name: &&String| before.get(*name) != after.get(*name);
    let told = |name: &String| {
        let told = |value: Option<&&Value>| value.and_then(|value| plain(name, value));
        FieldChange { field: name.clone(), before: told(before.get(name)), after: told(after.get(name)) }
    };
    names.retain(differs);
    (names.iter().copied().take(MOST_FIELDS).map(told).collect(), names.len().saturating_sub(MOST_FIELDS))
}

/// Returns an image's values by the names of their attributes, without those that every item has.
fn leaves(image: &Value) -> BTreeMap<String, &Value> {
    let mut leaves = BTreeMap::new();
    for (name, value) in image.as_object().into_iter().flatten() {
        if !HEAD.contains(&name.as_str()) {
            gather(name.clone(), value, &mut leaves);
        }
    }
    leaves
}

/// Gathers an attribute's values: those of a map by their names, joined with dots.
fn gather<'a>(name: String, value: &'a Value, into: &mut BTreeMap<String, &'a Value>) {
    match value.get("M").and_then(Value::as_object) {
        Some(map) => map.iter().for_each(|(inner, value)| gather(format!("{name}.{inner}"), value, into)),
        None => {
            into.insert(name, value);
        }
    }
}

/// Returns a value that tells nothing about a person: a number, a truth value, a code, a time, an id, or a list of these.
fn plain(name: &str, value: &Value) -> Option<Value> {
    let (tag, value) = value.as_object()?.iter().next()?;
    match tag.as_str() {
        "N" => value.as_str()?.parse().ok().map(Value::Number),
        "BOOL" => Some(value.clone()),
        "S" => is_plain(name, value.as_str()?).then(|| value.clone()),
        "L" => {
            value.as_array()?.iter().map(|value| plain(name, value)).collect::<Option<_>>().map(Value::Array)
        }
        _ => None,
    }
}

fn is_plain(name: &str, text: &str) -> bool {
    let mut parts = name.split('.');
    let is_code = text.len() <= 40
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let names_codes = parts.clone().next_back().is_some_and(|last| CODES.contains(&last));
    let is_free = parts.any(|part| FREE.contains(&part));
    is_id(text) || text.parse::<jiff::Timestamp>().is_ok() || is_code && names_codes && !is_free
}

/// Whether the text is one of our ids, with its prefix or without.
fn is_id(text: &str) -> bool {
    let (prefix, ulid) = text.rsplit_once('_').unwrap_or(("", text));
    let is_prefix = prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_prefix && ulid.len() == 26 && ulid::Ulid::from_string(ulid).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(old: Value, new: Value) -> Value {
        serde_json::to_value(changed_fields(Some(&old), &new).0).unwrap()
    }

    #[test]
    fn numbers_codes_times_and_ids_are_told_with_both_values() {
        let user = "user_01M8J1A0XVB3JYZ9SBPZQEMPTC";
        let old = json!({ "rev": {"N": "1"}, "sum": {"M": { "s": {"S": "new"}, "rv": {"N": "3"}, "hi": {"BOOL": false} }} });
        let new = json!({ "rev": {"N": "2"}, "sum": {"M": { "s": {"S": "won"}, "rv": {"N": "4"}, "o": {"S": user},
            "hi": {"BOOL": true}, "ac": {"L": [{"S": &user[5..]}]} }} });
        let told = json!([
            { "field": "sum.ac", "after": [&user[5..]] },
            { "field": "sum.hi", "before": false, "after": true },
            { "field": "sum.o", "after": user },
            { "field": "sum.rv", "before": 3, "after": 4 },
            { "field": "sum.s", "before": "new", "after": "won" },
        ]);
        assert_eq!(changed(old, new), told);
    }

    #[test]
    fn entry_of_many_attributes_says_how_many_are_not_listed() {
        let many = |value: &str| {
            let values = (0..MOST_FIELDS + 7).map(|n| (format!("f{n}"), json!({ "N": value })));
            json!({ "own": { "M": values.collect::<serde_json::Map<_, _>>() } })
        };
        let (listed, more) = changed_fields(Some(&many("1")), &many("2"));
        assert_eq!((listed.len(), more), (MOST_FIELDS, 7));
        assert_eq!(changed_fields(Some(&many("1")), &many("1")), (Vec::new(), 0));
    }

    #[test]
    fn item_is_named_by_its_ids_and_not_by_an_address() {
        let lead = "01M8J1A0XVB3JYZ9SBPZQEMPTC";
        assert_eq!(item_name(&format!("W#{lead}#L#{lead}"), "LEAD"), format!("L#{lead} LEAD"));
        assert_eq!(item_name(&format!("W#{lead}"), "FIELDS"), "WORKSPACE FIELDS");
        let named = item_name(&format!("W#{lead}#SUPPRESSED#03"), "email#ada@acme.example");
        assert!(
            named.starts_with("SUPPRESSED#03 ") && !named.contains("ada") && !named.contains('@'),
            "{named}"
        );
        assert_ne!(named, item_name(&format!("W#{lead}#SUPPRESSED#03"), "email#eve@acme.example"));
    }

    #[test]
    fn digest_of_digits_alone_does_not_look_like_a_number() {
        let pk = "W#01M7HSBBM049FC0YMSA1KP2MV9#L#01M7NN3XX0NTY703ZNT0D4XGPN";
        let number = "6567785113872565";
        assert!(digest(&[pk, "email_verification"]).starts_with(number));
        let lead = "L#01M7NN3XX0NTY703ZNT0D4XGPN";
        assert_eq!(item_name(pk, "C#email_verification"), format!("{lead} C#*{number}"));
        assert_eq!(item_name(pk, &format!("C#{number}")), format!("{lead} C#{number}"));
    }

    #[test]
    fn texts_of_people_are_named_and_not_told() {
        let old =
            json!({ "sum": {"M": { "f": {"S": "ada"}, "e": {"S": "ada@acme.example"} }}, "own": {"M": {}} });
        let new = json!({ "sum": {"M": { "f": {"S": "eve"}, "e": {"S": "eve@acme.example"}, "p": {"S": "+4930123456"} }},
            "own": {"M": { "status": {"S": "divorced"} }}, "tags": {"L": [{"S": "vip"}]}, "body": {"B": "AAAA"} });
        let told = changed(old, new).to_string();
        for field in ["sum.f", "sum.e", "sum.p", "own.status", "tags", "body"] {
            assert!(told.contains(&format!("\"{field}\"")), "{told}");
        }
        assert!(!told.contains("before") && !told.contains("after"), "{told}");
    }
}
