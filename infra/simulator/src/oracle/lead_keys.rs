//! Checks at rest that each lead is found by its address and number, no other is, and one address is one lead's.

use super::Oracle;
use super::raw::{Item, Key, lead_of, path, text};
use super::tenant_isolation::owner_of;
use std::collections::BTreeMap;

pub fn at_rest(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut first: BTreeMap<(String, String), &Key> = BTreeMap::new();
    let leads = oracle.all("lead").filter(|(key, _)| !oracle.deleted.contains(lead_of(&key.0)));
    for (key, lead) in leads {
        for by in known_by(&key.0, lead) {
            let owner = oracle.items.get(&by).map(|item| text(item, "lead"));
            if owner != Some(format!("lead_{}", lead_of(&key.0)).as_str()) {
                wrong.push(format!("{} is not found by {by:?}, which is {owner:?}", key.0));
            }
        }
        let email = path(lead, &["core", "e"]).to_owned();
        if !email.is_empty()
            && let Some(other) = first.insert((owner_of(&key.0).to_owned(), email), key)
        {
            wrong.push(format!("{} and {} have one address", other.0, key.0));
        }
    }
    for (key, item) in oracle.all("lead_key") {
        let partition = format!("{}#L#{}", owner_of(&key.0), text(item, "lead").trim_start_matches("lead_"));
        let lead = oracle.lead(&partition);
        // Of who never came, or is deleted, a key may be left, and is free again.
        let is_others = lead
            .is_some_and(|lead| text(lead, "entity") == "lead" && !known_by(&partition, lead).contains(key));
        if is_others {
            wrong.push(format!("{partition} is found by {key:?}, which is not theirs"));
        }
    }
    wrong
}

/// The keys under which a lead is looked up.
fn known_by(partition: &str, lead: &Item) -> Vec<Key> {
    let (email, phone) = (path(lead, &["core", "e"]), path(lead, &["core", "p"]));
    let owner = owner_of(partition);
    let of_phone = |sort: &str| (format!("{owner}#K#phone#{phone}"), sort.to_owned());
    match (email.is_empty(), phone.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => vec![of_phone("0")],
        (false, none) => {
            let by_email = (format!("{owner}#K#email#{email}"), "K".to_owned());
            [Some(by_email), (!none).then(|| of_phone(lead_of(partition)))].into_iter().flatten().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;

    #[test]
    fn lead_not_found_by_address_is_reported() {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let partition = "W#w#L#1".to_owned();
        let sum = json!({ "M": { "e": { "S": "pat@x.example" } } });
        let lead = Item(json!({ "entity": { "S": "lead" }, "core": sum }));
        oracle.items.insert((partition, "LEAD".to_owned()), lead);
        let wrong = at_rest(&oracle);
        oracle.accuse_all("lead_keys", Timestamp::UNIX_EPOCH, wrong);
        assert_eq!(oracle.violations().len(), 1);
        let key = |lead: &str| Item(json!({ "entity": { "S": "lead_key" }, "lead": { "S": lead } }));
        oracle.items.insert(("W#w#K#email#pat@x.example".to_owned(), "K".to_owned()), key("lead_1"));
        let wrong = at_rest(&oracle);
        oracle.accuse_all("lead_keys", Timestamp::UNIX_EPOCH, wrong);
        assert_eq!(oracle.violations().len(), 1);
        oracle.items.insert(("W#w#K#email#old@x.example".to_owned(), "K".to_owned()), key("lead_1"));
        let wrong = at_rest(&oracle);
        oracle.accuse_all("lead_keys", Timestamp::UNIX_EPOCH, wrong);
        assert_eq!(oracle.violations().len(), 2);
    }
}
