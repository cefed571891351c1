//! Checks that there is one TLS stack, rustls on ring. A second one doubles what is compiled, shipped and
//! patched.

use crate::process::{cargo, read};
use anyhow::{Result, bail};
use std::collections::BTreeSet;

const NEVER: [&str; 8] =
    ["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys", "boring", "s2n-tls", "hyper-tls"];
/// Crates of which there must be exactly one version.
const ONE: [&str; 5] = ["hyper", "rustls", "ring", "h2", "tokio"];

pub fn check() -> Result<()> {
    let list = read(cargo().args([
        "tree",
        "--workspace",
        "--locked",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let problems = problems(&list);
    if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("; ")) }
}

fn problems(list: &str) -> Vec<String> {
    let packages: BTreeSet<(&str, &str)> = list
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name, version(rest)))
        .collect();
    let versions = |name: &str| {
        packages.iter().filter(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()).collect::<Vec<_>>()
    };
    let mut problems = Vec::new();
    for name in NEVER {
        if !versions(name).is_empty() {
            problems.push(format!("{name} is built: find out why with `cargo tree -i {name}`"));
        }
    }
    for name in ONE {
        let versions = versions(name);
        if versions.len() > 1 {
            problems.push(format!("{name} is built in {} versions: {}", versions.len(), versions.join(", ")));
        }
    }
    if versions("ring").is_empty() {
        problems.push("ring is not built: which TLS stack is there?".to_owned());
    }
    problems
}

fn version(rest: &str) -> &str {
    rest.split_whitespace().next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_deny_refuses_the_same_crates() {
        let text = std::fs::read_to_string(crate::tree::root().join("deny.toml")).unwrap();
        let rules: toml::Table = toml::from_str(&text).unwrap();
        let refused = rules["bans"]["deny"].as_array().unwrap();
        let refused: Vec<&str> = refused.iter().filter_map(|name| name.as_str()).collect();
        assert_eq!(refused, NEVER);
    }

    #[test]
    fn second_tls_stack_is_found() {
        let one = "leads v0.1.0 (/somewhere)\nhyper v1.9.0\nrustls v0.23.1\nring v0.17.14 (*)\nring v0.17.14";
        assert_eq!(problems(one), Vec::<String>::new());
        let two = format!("{one}\nhyper v0.14.3\naws-lc-sys v0.30.0");
        let found = problems(&two);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("aws-lc-sys is built"));
        assert_eq!(found[1], "hyper is built in 2 versions: v0.14.3, v1.9.0");
    }
}
