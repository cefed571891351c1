//! At rest: what is known of an address is what the verifier says of it, and not of another.

use super::raw::{lead_of, path};
use super::{Oracle, message_records};
use jiff::Timestamp;

/// `verdict`: of an address.
pub fn check(oracle: &mut Oracle, verdict: &dyn Fn(&str) -> &'static str, now: Timestamp) {
    let mut wrong = Vec::new();
    for (key, lead) in message_records::of_entity(oracle, "lead") {
        let (email, known) = (path(lead, &["sum", "e"]), path(lead, &["sum", "dl"]));
        let told = match verdict(email) {
            "valid" => "deliverable",
            "invalid" | "disposable" => "undeliverable",
            other => other,
        };
        // The verifier may not have come to an end.
        if !known.is_empty()
            && known != "unknown"
            && known != told
            && !oracle.deleted.contains(lead_of(&key.0))
        {
            wrong.push(format!("{email} of {} is taken for {known}, and is {told}", key.0));
        }
    }
    for what in wrong {
        oracle.accuse(now, what);
    }
}

#[cfg(test)]
mod tests {
    use super::super::raw::Item;
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn what_was_told_of_another_address_is_seen() {
        for (email, faults) in [("pat@x.example", 0), ("kim@x.example", 1)] {
            let mut oracle = Oracle::new(BTreeMap::new(), false);
            let sum = json!({ "M": { "e": { "S": email }, "dl": { "S": "deliverable" } } });
            let lead = Item(json!({ "entity": { "S": "lead" }, "sum": sum }));
            oracle.items.insert(("W#w#L#1".to_owned(), "LEAD".to_owned()), lead);
            let verdict = |email: &str| if email.starts_with("pat") { "valid" } else { "invalid" };
            check(&mut oracle, &verdict, Timestamp::UNIX_EPOCH);
            assert_eq!(oracle.violations().len(), faults);
        }
    }
}
