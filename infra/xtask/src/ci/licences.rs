//! Checks that everything shipped may be used in any product: permissive licences only.

use crate::process::{cargo, read};
use crate::sbom::shipped;
use crate::tree::root;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;

const PERMISSIVE: [&str; 18] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

pub fn check() -> Result<()> {
    let metadata: Value =
        serde_json::from_str(&read(cargo().args(["metadata", "--format-version", "1", "--locked"]))?)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    let mut problems: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let licence = package["license"].as_str();
            (!licence.is_some_and(permissive))
                .then(|| format!("{} ({})", text(&package["name"]), licence.unwrap_or("no licence")))
        })
        .collect();
    let lock: Value = serde_json::from_str(&fs::read_to_string(root().join("web/package-lock.json"))?)?;
    let of_web = npm_problems(&lock);
    println!("{} crates looked at", packages.len());
    problems.extend(of_web);
    if problems.is_empty() { Ok(()) } else { bail!("not permissive: {}", problems.join(", ")) }
}

/// Licence problems of the web app's packages that end in what browsers load.
fn npm_problems(lock: &Value) -> Vec<String> {
    shipped(lock)
        .filter(|(_, package)| !package["license"].as_str().is_some_and(permissive))
        .map(|(name, package)| format!("{name} ({})", text(&package["license"])))
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// Whether an SPDX expression allows a permissive choice.
fn permissive(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let verdict = any(&words, &mut at);
    verdict && at == words.len()
}

fn any(words: &[&str], at: &mut usize) -> bool {
    let mut verdict = all(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        verdict |= all(words, at);
    }
    verdict
}

fn all(words: &[&str], at: &mut usize) -> bool {
    let mut verdict = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        verdict &= one(words, at);
    }
    verdict
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let verdict = any(words, at);
        *at += 1;
        return verdict;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).copied().unwrap_or("");
        *at += 2;
        return PERMISSIVE.contains(&format!("{word} WITH {exception}").as_str());
    }
    PERMISSIVE.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_deny_allows_the_same_licences() {
        let text = fs::read_to_string(root().join("deny.toml")).unwrap();
        let rules: toml::Table = toml::from_str(&text).unwrap();
        let allowed = rules["licenses"]["allow"].as_array().unwrap();
        let allowed: Vec<&str> = allowed.iter().filter_map(|licence| licence.as_str()).collect();
        assert_eq!(allowed, PERMISSIVE);
    }

    #[test]
    fn spdx_expression_is_evaluated() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "MIT OR GPL-3.0",
            "Apache-2.0 AND ISC",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(permissive(good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND MPL-2.0", "(MIT OR Apache-2.0) AND GPL-3.0", "Apache-2.0 WITH x"]
        {
            assert!(!permissive(bad), "{bad}");
        }
    }

    #[test]
    fn web_licences_are_checked_for_shipped_packages_only() {
        let lock = serde_json::json!({ "packages": {
            "": { "license": "Proprietary" },
            "node_modules/react": { "license": "MIT" },
            "node_modules/bundler": { "license": "MPL-2.0", "dev": true },
            "node_modules/charts": { "license": "GPL-3.0" },
        }});
        assert_eq!(npm_problems(&lock), ["node_modules/charts (GPL-3.0)"]);
    }
}
