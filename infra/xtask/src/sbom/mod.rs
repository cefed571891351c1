//! The list of all that is shipped (a *software bill of materials*), as CycloneDX 1.6 writes it: every crate of the deployed
//! programs and of the one for one machine, and every package of the web app, with version, licence, digest and what needs it.
//!
//! Nothing in it comes from the clock or from chance, so that the same tree makes the same bytes. It is written for Linux,
//! with the features that the whole workspace asks for: a crate too many may stand in it, and none is missing.

mod crates;
mod essentials;
mod packages;

pub use packages::shipped;

use crate::process::{cargo, read};
use crate::tree::root;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The systems that programs are built for.
const SYSTEMS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];
/// The name by which the list refers to the product as a whole.
const PRODUCT: &str = "own:leadflow";

/// A crate or a package.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    /// The name by which the list refers to it.
    reference: String,
    name: String,
    version: String,
    /// Its address in a registry. Our own crates have none: another's may have the same name there.
    purl: Option<String>,
    licence: Option<String>,
    /// The algorithm and the digest of what was downloaded.
    digest: Option<(&'static str, String)>,
    /// Whether it runs in what is shipped. The others write code while that is built.
    runs: bool,
    /// The references of what it needs.
    needs: BTreeSet<String>,
}

/// Writes the list and says where it is.
pub fn sbom() -> Result<()> {
    let path = file();
    let document = document()?;
    let count = document["components"].as_array().map_or(0, Vec::len);
    fs::create_dir_all(path.parent().context("the file lies in a folder")?)?;
    fs::write(&path, serde_json::to_string_pretty(&document)? + "\n")
        .context("the list of what is shipped")?;
    println!("{count} components in {}", path.strip_prefix(root()).unwrap_or(&path).display());
    Ok(())
}

fn file() -> PathBuf {
    root().join("target/sbom.cdx.json")
}

fn document() -> Result<Value> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--locked"]);
    for system in SYSTEMS {
        command.args(["--filter-platform", system]);
    }
    let metadata: Value = serde_json::from_str(&read(&mut command)?)?;
    let of_rust = crates::components(&metadata, &fs::read_to_string(root().join("Cargo.lock"))?)?;
    let lock: Value = serde_json::from_str(&fs::read_to_string(root().join("web/package-lock.json"))?)?;
    let of_web = packages::components(&lock)?;
    let document = assembled(env!("CARGO_PKG_VERSION"), of_rust, of_web);
    let problems = essentials::problems(&document);
    ensure!(
        problems.is_empty(),
        "the list of what is shipped is not as CycloneDX wants it: {}",
        problems.join("; ")
    );
    Ok(document)
}

/// Makes the document of the crates and the packages, each with the references of those that are shipped for themselves.
fn assembled(
    version: &str,
    (crates, programs): (Vec<Component>, BTreeSet<String>),
    (packages, web): (Vec<Component>, String),
) -> Value {
    let mut all: BTreeMap<String, Component> = BTreeMap::new();
    for component in crates.into_iter().chain(packages) {
        all.insert(component.reference.clone(), component);
    }
    let of_product = programs.into_iter().chain([web]).collect();
    let edges = |reference: &str, needs: &BTreeSet<String>| json!({ "ref": reference, "dependsOn": needs });
    let mut dependencies = vec![edges(PRODUCT, &of_product)];
    dependencies.extend(all.values().map(|component| edges(&component.reference, &component.needs)));
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{ "phase": "pre-build" }],
            "component": {
                "type": "application", "bom-ref": PRODUCT, "name": "leadflow", "version": version,
                "licenses": [{ "expression": env!("CARGO_PKG_LICENSE") }],
            },
        },
        "components": all.values().map(Component::shown).collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    document["serialNumber"] = json!(serial_number(&document));
    document
}

/// Makes a number of the content, in the form that RFC 9562 leaves to applications (version 8).
fn serial_number(document: &Value) -> String {
    let digest = Sha256::digest(document.to_string());
    let mut bytes: [u8; 16] = std::array::from_fn(|at| digest[at]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

impl Component {
    fn shown(&self) -> Value {
        let mut shown = json!({
            "type": "library",
            "bom-ref": self.reference,
            "name": self.name,
            "version": self.version,
            "scope": if self.runs { "required" } else { "excluded" },
        });
        if let Some(purl) = &self.purl {
            shown["purl"] = json!(purl);
        }
        if let Some(licence) = &self.licence {
            shown["licenses"] = json!([{ "expression": licence }]);
        }
        if let Some((algorithm, digest)) = &self.digest {
            shown["hashes"] = json!([{ "alg": algorithm, "content": digest }]);
        }
        shown
    }
}

/// Writes a name or version as addresses of packages have it.
fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace('@', "%40").replace('+', "%2B")
}

#[cfg(test)]
mod tests;
