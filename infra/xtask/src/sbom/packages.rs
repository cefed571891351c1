//! The packages whose code browsers load, by `package-lock.json`.

use super::{Component, encoded};
use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const WEB: &str = "own:leadflow-web";
const INSTALLED: &str = "node_modules/";

/// The installed packages that end in what browsers load, by their folders.
pub fn shipped(lock: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let packages = lock["packages"].as_object().into_iter().flatten();
    packages
        .filter(|(folder, package)| folder.starts_with(INSTALLED) && package["dev"] != true)
        .filter(|(_, package)| package["devOptional"] != true && package["optional"] != true)
}

/// Returns the web app with its packages, and the reference of the app.
pub fn components(lock: &Value) -> Result<(Vec<Component>, String)> {
    let all = lock["packages"].as_object().context("package-lock.json lists packages")?;
    let app = &all[""];
    let mut components = vec![Component {
        reference: WEB.to_owned(),
        name: "leadflow-web".to_owned(),
        version: text(app, "version")?,
        licence: app["license"].as_str().map(str::to_owned),
        runs: true,
        needs: needs(all, "", app),
        ..Component::default()
    }];
    for (folder, package) in shipped(lock) {
        let at = || format!("{folder} in package-lock.json");
        let integrity = text(package, "integrity").with_context(at)?;
        let digest = integrity.strip_prefix("sha512-").with_context(at)?;
        components.push(Component {
            reference: purl(folder, package),
            name: name_of(folder).to_owned(),
            version: text(package, "version").with_context(at)?,
            purl: Some(purl(folder, package)),
            licence: package["license"].as_str().map(str::to_owned),
            digest: Some(("SHA-512", hex::encode(STANDARD.decode(digest).with_context(at)?))),
            runs: true,
            needs: needs(all, folder, package),
        });
    }
    Ok((components, WEB.to_owned()))
}

fn text(package: &Value, name: &str) -> Result<String> {
    package[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"))
}

fn name_of(folder: &str) -> &str {
    folder.rsplit_once(INSTALLED).map_or(folder, |(_, name)| name)
}

fn purl(folder: &str, package: &Value) -> String {
    let version = package["version"].as_str().unwrap_or_default();
    format!("pkg:npm/{}@{}", encoded(name_of(folder)), encoded(version))
}

/// Returns the references of what a package needs. Names that are not installed, or not shipped, were not needed.
fn needs(all: &Map<String, Value>, folder: &str, package: &Value) -> BTreeSet<String> {
    let lists = ["dependencies", "peerDependencies", "optionalDependencies"];
    let names =
        lists.into_iter().filter_map(|list| package[list].as_object()).flatten().map(|(name, _)| name);
    let found = names.filter_map(|name| found_from(all, folder, name));
    let is_shipped =
        |package: &Value| ["dev", "devOptional", "optional"].iter().all(|kind| package[kind] != true);
    found.filter(|(_, package)| is_shipped(package)).map(|(folder, package)| purl(folder, package)).collect()
}

/// Finds a package as Node does: in the folder of the one that needs it, or in one above.
fn found_from<'a>(all: &'a Map<String, Value>, folder: &str, name: &str) -> Option<(&'a String, &'a Value)> {
    let mut from = folder;
    loop {
        let separator = if from.is_empty() { "" } else { "/" };
        let wanted = format!("{from}{separator}{INSTALLED}{name}");
        if let Some(found) = all.get_key_value(&wanted) {
            return Some(found);
        }
        if from.is_empty() {
            return None;
        }
        from = from.rfind(INSTALLED).map_or("", |at| from[..at].trim_end_matches('/'));
    }
}
