//! Checks at rest that every row of an imported file has one outcome, and that created leads are there.

use super::Oracle;
use super::raw::{Item, text};
use super::tenant_isolation::owner_of;

/// What may become of a row.
const ENDS: [&str; 5] = ["created", "updated", "duplicates", "rejected", "suppressed"];

pub fn at_rest(oracle: &Oracle) -> Vec<String> {
    let imports = || oracle.all("import");
    let mut wrong: Vec<String> = imports().filter_map(|(key, import)| faults(&key.1, import)).collect();
    for owner in oracle.tenants.all() {
        let theirs = imports().filter(|(key, _)| owner_of(&key.0) == owner);
        let told: i64 = theirs.map(|(_, import)| count(import, "created")).sum();
        let found = oracle.leads.made.get(owner).copied().unwrap_or(0);
        // A part that is repeated when they are back again calls them known.
        let back = oracle.leads.back.get(owner).copied().unwrap_or(0);
        if !(found - back..=found).contains(&told) {
            wrong.push(format!(
                "the files of {owner} are said to have brought {told} leads, and it got {found}"
            ));
        }
    }
    wrong
}

fn count(import: &Item, name: &str) -> i64 {
    import.0["counts"]["M"][name]["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn faults(id: &str, import: &Item) -> Option<String> {
    // Whoever asked for it may have broken off before they said that it is to be taken in.
    if matches!(text(import, "state"), "uploading" | "mapped") {
        return None;
    }
    if text(import, "state") != "done" {
        return Some(format!("file {id} is {}", text(import, "state")));
    }
    let (rows, ended) = (count(import, "rows"), ENDS.iter().map(|name| count(import, name)).sum::<i64>());
    (rows != ended).then(|| format!("file {id} has {rows} rows, and it is said what became of {ended}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn import_row_without_outcome_is_reported() {
        let import = |state: &str, created: &str| {
            let counts =
                json!({ "rows": { "N": "3" }, "created": { "N": created }, "rejected": { "N": "1" } });
            Item(json!({ "state": { "S": state }, "counts": { "M": counts } }))
        };
        assert_eq!(faults("1", &import("done", "2")), None);
        assert!(
            faults("1", &import("done", "1")).is_some() && faults("1", &import("committing", "2")).is_some()
        );
    }
}
