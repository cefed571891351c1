//! Rights that are no larger than needed: to objects by their kind, and to the secret only where a function has keys.

use crate::template::{Stack, TEMPLATE};
use local_cloud::names;
use std::collections::BTreeSet;

fn stack() -> Stack {
    Stack::read(TEMPLATE, &[("Stage", "local"), ("PublicUrl", "http://localhost:8787")]).unwrap()
}

/// The kinds of objects, as the keys of the application begin.
const KINDS: [&str; 9] = [
    "lead_blocks/*",
    "log/*",
    "ws_*/bulk_messages/*",
    "ws_*/column-runs/*",
    "ws_*/duplicates",
    "ws_*/enrol-jobs/*",
    "ws_*/imports/*",
    "ws_*/inbound/*",
    "ws_*/simulations/*",
];

/// The functions, with the objects that they may do this to.
fn may(action: &str) -> BTreeSet<(String, String)> {
    let stack = stack();
    let [(bucket, _)] = stack.buckets.as_slice() else { panic!("there is one bucket") };
    let place = names::object_arn(bucket, "");
    let mut found = BTreeSet::new();
    for function in &stack.functions {
        let granted =
            function.policy.iter().filter(|statement| statement.actions.iter().any(|a| a == action));
        for resource in granted.flat_map(|statement| &statement.resources) {
            let kind = resource.strip_prefix(&place).unwrap_or_else(|| panic!("{resource}"));
            found.insert((function.name.clone(), kind.to_owned()));
        }
    }
    found
}

#[test]
fn functions_reach_objects_by_their_kind_and_none_reaches_the_whole_bucket() {
    let (read, written, deleted) = (may("s3:GetObject"), may("s3:PutObject"), may("s3:DeleteObject"));
    let mut kinds = BTreeSet::new();
    for (function, kind) in read.iter().chain(&written).chain(&deleted) {
        assert!(KINDS.contains(&kind.as_str()), "{function} may reach {kind}");
        kinds.insert(kind.as_str());
    }
    assert_eq!(kinds, BTreeSet::from(KINDS), "a kind of objects that nobody reaches");
    for statement in stack().functions.iter().flat_map(|function| &function.policy) {
        let whole = |action: &String| action.contains('*') && !action.starts_with("execute-api");
        assert!(!statement.actions.iter().any(whole), "{statement:?}");
    }
}

#[test]
fn log_and_lead_lists_are_written_by_the_fold_alone() {
    for action in ["s3:PutObject", "s3:DeleteObject"] {
        for (function, kind) in may(action) {
            let is_folded = ["log/*", "lead_blocks/*"].contains(&kind.as_str());
            assert!(!is_folded || function == "fold_changes", "{function}: {action} on {kind}");
        }
    }
    assert!(!may("s3:DeleteObject").iter().any(|(_, kind)| kind == "log/*"), "the log is for good");
}

/// The functions that start without keys. Who adds a port that needs some to one of them sees it fail at its start.
const WITHOUT_KEYS: [&str; 9] = [
    "due_steps",
    "fold_changes",
    "import_leads",
    "monitor",
    "nightly",
    "project_events",
    "push",
    "record_changes",
    "web",
];

#[test]
fn secret_is_read_by_the_functions_that_have_keys_and_by_no_other() {
    let mut without = BTreeSet::new();
    for function in &stack().functions {
        let actions: Vec<&str> =
            function.policy.iter().flat_map(|s| &s.actions).map(String::as_str).collect();
        let has_keys = !function.environment.contains_key("STAGE_KEYS");
        assert_eq!(actions.contains(&"secretsmanager:GetSecretValue"), has_keys, "{}", function.name);
        if !has_keys {
            without.insert(function.name.clone());
        }
    }
    assert_eq!(without, WITHOUT_KEYS.map(str::to_owned).into());
}
