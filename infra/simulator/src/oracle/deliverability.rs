//! Checks at rest that a lead's deliverability is what the verifier says of its present address.

use super::Oracle;
use super::raw::{lead_of, path};

/// `verdict`: of an address.
pub fn at_rest(oracle: &Oracle, verdict: &dyn Fn(&str) -> &'static str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, lead) in oracle.all("lead") {
        let (email, known) = (path(lead, &["core", "e"]), path(lead, &["core", "dl"]));
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
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::raw::Item;
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn verdict_of_other_address_is_reported() {
        for (email, faults) in [("pat@x.example", 0), ("kim@x.example", 1)] {
            let mut oracle = Oracle::new(BTreeMap::new(), false);
            let sum = json!({ "M": { "e": { "S": email }, "dl": { "S": "deliverable" } } });
            let lead = Item(json!({ "entity": { "S": "lead" }, "core": sum }));
            oracle.items.insert(("W#w#L#1".to_owned(), "LEAD".to_owned()), lead);
            let verdict = |email: &str| if email.starts_with("pat") { "valid" } else { "invalid" };
            let wrong = at_rest(&oracle, &verdict);
            oracle.accuse_all("deliverability", Timestamp::UNIX_EPOCH, wrong);
            assert_eq!(oracle.violations().len(), faults);
        }
    }
}
