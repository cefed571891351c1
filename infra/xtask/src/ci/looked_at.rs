//! Checks that somebody has looked at each dependency that we name, in the version that is used: `docs/security/dependencies.toml`
//! says who looked at what, and when. A new dependency, or a new minor version of one, fails until it stands there; of a new
//! patch a remark is printed.

use crate::process::{cargo, read};
use crate::tree::root;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use toml::value::Datetime as Date;

const LIST: &str = "docs/security/dependencies.toml";
/// The places where we name packages of npm.
const LOCKS: [&str; 2] = ["web/package-lock.json", "web/tools/openapi/package-lock.json"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Looks {
    /// The day of the list of known faults that the crates were compared with.
    faults_known_on: Date,
    /// The key is the name, or name and version, `sha2@0.10`, where several are used.
    crates: BTreeMap<String, Look>,
    packages: BTreeMap<String, Look>,
}

/// What was seen of one dependency.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    /// The version that was looked at, and the day of its release.
    version: String,
    #[serde(rename = "released")]
    _released: Date,
    /// The newest version of that day with the day of its release, where that is another one.
    #[serde(rename = "newest")]
    _newest: Option<String>,
    /// The owner of the repository that the package names, or its author.
    by: String,
    /// What it does for us.
    does: String,
    /// Why a fault in it would reach far, if it would.
    #[serde(rename = "touches")]
    _touches: Option<Touches>,
    /// The faults that are known of it, and why they do not reach us.
    #[serde(rename = "faults")]
    _faults: Option<String>,
    #[serde(rename = "looked_on")]
    _looked_on: Date,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Touches {
    /// It reads bytes that strangers have written.
    OutsideBytes,
    /// It keeps, makes or checks secrets and signatures.
    Cryptography,
}

/// Names with their versions.
type Versions = BTreeSet<(String, String)>;

/// What is used: the dependencies that we name, and all that stand in the lock.
#[derive(Default)]
struct Used {
    named: Versions,
    all: Versions,
}

pub fn check() -> Result<()> {
    let text = fs::read_to_string(root().join(LIST)).context(LIST)?;
    let looks: Looks = toml::from_str(&text).context(LIST)?;
    let metadata: Value =
        serde_json::from_str(&read(cargo().args(["metadata", "--format-version", "1", "--locked"]))?)?;
    let mut packages = Used::default();
    for lock in LOCKS {
        let lock: Value = serde_json::from_str(&fs::read_to_string(root().join(lock)).context(lock)?)?;
        packages.add_packages(&lock);
    }
    let crates = compared(&looks.crates, &Used::from_cargo_metadata(&metadata)?);
    let packages = compared(&looks.packages, &packages);
    for remark in crates.remarks.iter().chain(&packages.remarks) {
        println!("{remark}");
    }
    println!(
        "{} crates and {} packages looked at; faults of crates as they were known on {}",
        looks.crates.len(),
        looks.packages.len(),
        looks.faults_known_on
    );
    let problems: Vec<String> = crates.problems.into_iter().chain(packages.problems).collect();
    if problems.is_empty() { Ok(()) } else { bail!("{LIST}: {}", problems.join("; ")) }
}

impl Used {
    fn from_cargo_metadata(metadata: &Value) -> Result<Self> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of_others: BTreeMap<String, (String, String)> = list(&metadata["packages"])
            .iter()
            .filter(|package| package["source"].is_string())
            .map(|package| (text(&package["id"]), (text(&package["name"]), text(&package["version"]))))
            .collect();
        let ours: BTreeSet<String> = list(&metadata["workspace_members"]).iter().map(text).collect();
        let nodes =
            metadata["resolve"]["nodes"].as_array().context("cargo metadata lists what needs what")?;
        let named = nodes
            .iter()
            .filter(|node| ours.contains(&text(&node["id"])))
            .flat_map(|node| list(&node["deps"]))
            .filter_map(|edge| of_others.get(&text(&edge["pkg"])).cloned())
            .collect();
        Ok(Self { named, all: of_others.into_values().collect() })
    }

    fn add_packages(&mut self, lock: &Value) {
        let packages = lock["packages"].as_object().into_iter().flatten();
        let version = |package: &Value| package["version"].as_str().unwrap_or_default().to_owned();
        for (folder, package) in packages {
            if let Some((_, name)) = folder.rsplit_once("node_modules/") {
                self.all.insert((name.to_owned(), version(package)));
            }
        }
        for list in ["dependencies", "devDependencies"] {
            for (name, _) in lock["packages"][""][list].as_object().into_iter().flatten() {
                let installed = &lock["packages"][format!("node_modules/{name}")];
                self.named.insert((name.clone(), version(installed)));
            }
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Compared {
    problems: Vec<String>,
    remarks: Vec<String>,
}

fn compared(looks: &BTreeMap<String, Look>, used: &Used) -> Compared {
    let mut found = Compared::default();
    let seen: Vec<(&str, &Look)> = looks.iter().map(|(key, look)| (name_of(key), look)).collect();
    for (name, version) in &used.named {
        let of_name: Vec<&Look> =
            seen.iter().filter(|(seen, _)| seen == name).map(|(_, look)| *look).collect();
        let of_minor = of_name.iter().find(|look| minor(&look.version) == minor(version));
        match (of_minor, of_name.first()) {
            (Some(look), _) if look.version == *version => {}
            (Some(look), _) => {
                found.remarks.push(format!("{name} {version} is used, {} was looked at", look.version))
            }
            (None, Some(look)) => found.problems.push(format!(
                "{name} {version} is used, {} was looked at: look at what has changed, and write it down",
                look.version
            )),
            (None, None) => found.problems.push(format!("nobody has looked at {name} {version}: add it")),
        }
    }
    for (key, look) in looks {
        let name = name_of(key);
        let is_used =
            used.all.iter().any(|(used, version)| used == name && minor(version) == minor(&look.version));
        // Of another version of what we name it was said above.
        let is_said = name == key && used.named.iter().any(|(named, _)| named == name);
        if !is_used && !is_said {
            let version = &look.version;
            found
                .problems
                .push(format!("{name} {version} is not used any more: take it out, or look at what is"));
        }
        if look.by.trim().is_empty() || look.does.trim().is_empty() {
            found.problems.push(format!("{key} does not say who keeps it, or what it does"));
        }
    }
    found
}

/// Returns the name without the version that tells it from others of the name. Names of npm may begin with the same sign.
fn name_of(key: &str) -> &str {
    match key.rfind('@') {
        Some(at) if at > 0 => &key[..at],
        _ => key,
    }
}

/// Returns the first two numbers of a version.
fn minor(version: &str) -> Vec<&str> {
    version.splitn(3, '.').take(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LIST: &str = r#"
        faults_known_on = 2026-08-21

        [crates]
        serde = { version = "1.0.229", released = 2026-07-18, by = "serde-rs", does = "shapes", looked_on = 2026-12-03 }
        "sha2@0.10" = { version = "0.10.9", released = 2025-04-30, newest = "0.11.1 of 2026-10-12", by = "RustCrypto", does = "digests", touches = "cryptography", faults = "RUSTSEC-2021-0100: mended", looked_on = 2026-12-03 }
        h2 = { version = "0.4.20", released = 2026-10-06, by = "hyperium", does = "HTTP/2", touches = "outside_bytes", looked_on = 2026-12-03 }

        [packages]
        "@ui/list" = { version = "1.0.0", released = 2026-07-18, by = "ui", does = "lists", looked_on = 2026-12-03 }
    "#;

    fn looks() -> Looks {
        toml::from_str(LIST).unwrap()
    }

    fn metadata(crates: &[(&str, &str, bool)]) -> Value {
        let id = |(name, version, _): &(&str, &str, bool)| format!("{name} {version}");
        let packages: Vec<Value> = crates
            .iter()
            .map(|one| json!({ "id": id(one), "name": one.0, "version": one.1, "source": "registry" }))
            .chain([json!({ "id": "ours", "name": "leads", "version": "0.1.0", "source": null })])
            .collect();
        let named: Vec<Value> =
            crates.iter().filter(|one| one.2).map(|one| json!({ "pkg": id(one) })).collect();
        let nodes = json!([{ "id": "ours", "deps": named }, { "id": "serde 1.0.229", "deps": [{ "pkg": "h2 0.4.20" }] }]);
        json!({ "packages": packages, "workspace_members": ["ours"], "resolve": { "nodes": nodes } })
    }

    const AS_LOOKED_AT: [(&str, &str, bool); 4] = [
        ("serde", "1.0.229", true),
        ("sha2", "0.10.9", true),
        ("sha2", "0.11.1", false),
        ("h2", "0.4.20", false),
    ];

    fn found(crates: &[(&str, &str, bool)]) -> Compared {
        compared(&looks().crates, &Used::from_cargo_metadata(&metadata(crates)).unwrap())
    }

    fn changed(at: usize, to: (&'static str, &'static str, bool)) -> Compared {
        let mut crates = AS_LOOKED_AT;
        crates[at] = to;
        found(&crates)
    }

    #[test]
    fn dependency_that_is_as_it_was_looked_at_passes() {
        assert_eq!(found(&AS_LOOKED_AT), Compared::default());
    }

    #[test]
    fn dependency_that_nobody_looked_at_and_a_new_minor_version_fail() {
        let new = changed(2, ("rand", "0.10.3", true)).problems;
        assert_eq!(new, ["nobody has looked at rand 0.10.3: add it"]);
        let minor = changed(0, ("serde", "1.1.0", true)).problems;
        let what = "serde 1.1.0 is used, 1.0.229 was looked at: look at what has changed, and write it down";
        assert_eq!(minor, [what]);
        assert_eq!(changed(2, ("sha2", "0.11.1", true)).problems.len(), 1, "the other version was looked at");
    }

    #[test]
    fn new_patch_is_a_remark() {
        let patch = changed(1, ("sha2", "0.10.10", true));
        assert_eq!(patch.remarks, ["sha2 0.10.10 is used, 0.10.9 was looked at"]);
        assert_eq!(patch.problems, [""; 0]);
    }

    #[test]
    fn entry_of_what_is_gone_or_has_another_minor_version_fails() {
        let gone = changed(3, ("other", "1.0.0", false)).problems;
        assert_eq!(gone, ["h2 0.4.20 is not used any more: take it out, or look at what is"]);
        assert_eq!(changed(3, ("h2", "0.5.0", false)).problems, gone);
        let named = changed(1, ("sha2", "0.12.0", true)).problems;
        assert_eq!(named.len(), 2, "{named:?}");
    }

    #[test]
    fn packages_that_are_named_are_compared_in_the_version_that_is_installed() {
        let lock = |version: &str| {
            json!({ "packages": {
                "": { "dependencies": { "@ui/list": "^1" } },
                "node_modules/@ui/list": { "version": version },
            }})
        };
        let found = |version: &str| {
            let mut used = Used::default();
            used.add_packages(&lock(version));
            compared(&looks().packages, &used)
        };
        assert_eq!(found("1.0.0"), Compared::default());
        assert_eq!(found("1.0.1").remarks.len(), 1);
        assert_eq!(found("2.0.0").problems.len(), 1);
    }
}
