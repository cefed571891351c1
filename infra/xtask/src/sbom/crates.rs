//! The crates of the shipped programs, by `cargo metadata` and `Cargo.lock`.

use super::{Component, encoded};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The crates whose programs are shipped: the five that are deployed, and this one, which serves on one machine.
const PROGRAMS: [&str; 2] = ["bootstrap", "xtask"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    /// None for what a program is linked with; `dev` and `build` for what tests and build scripts use.
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

impl Package {
    fn reference(&self) -> String {
        match self.source {
            Some(_) => self.purl(),
            None => format!("own:{}", self.name),
        }
    }

    fn purl(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, encoded(&self.version))
    }

    /// Tells whether it writes code for the compiler, and is not linked.
    fn is_macro(&self) -> bool {
        self.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    }
}

/// Returns the crates of the shipped programs, and the references of those that are shipped for themselves.
pub fn components(metadata: &Value, lock: &str) -> Result<(Vec<Component>, BTreeSet<String>)> {
    let metadata = Metadata::deserialize(metadata).context("cargo metadata")?;
    let lock: Lock = toml::from_str(lock).context("Cargo.lock")?;
    let digests: BTreeMap<(&str, &str), &String> = lock
        .package
        .iter()
        .filter_map(|locked| {
            Some(((locked.name.as_str(), locked.version.as_str()), locked.checksum.as_ref()?))
        })
        .collect();
    let packages: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
    let edges: BTreeMap<&str, Vec<&str>> =
        metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), linked(node))).collect();
    let mut programs = Vec::new();
    for name in PROGRAMS {
        let own = |package: &&Package| package.name == name && package.source.is_none();
        programs.push(
            metadata.packages.iter().find(own).with_context(|| format!("no crate {name}"))?.id.as_str(),
        );
    }
    let is_macro = |id: &str| packages[id].is_macro();
    let all = reached(&programs, &edges, |_| true);
    let running = reached(&programs, &edges, |id| !is_macro(id));
    let mut components = Vec::new();
    for id in all {
        let package = packages[id];
        let digest = digests.get(&(package.name.as_str(), package.version.as_str()));
        if package.source.is_some() && digest.is_none() {
            bail!("{} {} has no digest in Cargo.lock", package.name, package.version);
        }
        components.push(Component {
            reference: package.reference(),
            name: package.name.clone(),
            version: package.version.clone(),
            purl: package.source.as_ref().map(|_| package.purl()),
            // The old way of writing a choice.
            licence: package.license.as_ref().map(|licence| licence.replace('/', " OR ")),
            digest: digest.map(|digest| ("SHA-256", (*digest).clone())),
            runs: running.contains(id),
            needs: edges[id].iter().map(|needed| packages[needed].reference()).collect(),
        });
    }
    let programs = programs.into_iter().map(|id| packages[id].reference()).collect();
    Ok((components, programs))
}

/// Returns what a crate is linked with.
fn linked(node: &Node) -> Vec<&str> {
    let is_linked = |edge: &&Edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none());
    node.deps.iter().filter(is_linked).map(|edge| edge.pkg.as_str()).collect()
}

fn reached<'a>(
    from: &[&'a str],
    edges: &BTreeMap<&'a str, Vec<&'a str>>,
    enters: impl Fn(&str) -> bool,
) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = from.to_vec();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(edges[id].iter().copied().filter(|id| enters(id)));
        }
    }
    found
}
