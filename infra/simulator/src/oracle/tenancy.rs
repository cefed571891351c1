//! No item names another workspace than the one whose key it has.

use super::Oracle;
use super::raw::{Item, Key};
use jiff::Timestamp;

/// Partitions of the installation: they hold ids only.
const SYSTEM: [&str; 11] = [
    "DUE#",
    "SIGNIN#",
    "SESSION#",
    "PREVIEW#",
    "CONNECTION#",
    "ACCOUNT#",
    "INSTALLATION",
    "WORKSPACES",
    "LIMIT#",
    "ONCE#",
    "ANSWER#",
];

pub fn check(oracle: &mut Oracle, now: Timestamp, key: &Key, item: &Item) {
    let (pk, sk) = key;
    let Some(owner) = pk.strip_prefix("W#").and_then(|rest| rest.split('#').next()) else {
        if !SYSTEM.iter().any(|word| pk.starts_with(word)) {
            oracle.accuse(now, format!("the key {pk} {sk} names no workspace and is not the installation's"));
        }
        return;
    };
    if owner.len() != 26 {
        oracle.accuse(now, format!("the key {pk} {sk} names no workspace"));
    }
    let image = item.0.to_string();
    for other in image.split("ws_").skip(1).filter_map(|rest| rest.get(..26)) {
        if other != owner {
            oracle.accuse(now, format!("{pk} {sk} names the workspace {other}"));
        }
    }
    let listed = item.0["lpk"]["S"].as_str();
    if listed.is_some_and(|listed| !listed.starts_with(&format!("W#{owner}#"))) {
        oracle.accuse(now, format!("{pk} {sk} is listed elsewhere: {listed:?}"));
    }
}
