//! Rings: files of one crate that import each other in a circle, directly or through others. To understand
//! one file of a ring one has to read all of them, so their size is bounded, and the bounds may only shrink.

use super::Finding;
use super::rust_source::is_test;
use crate::tree::Tree;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Path, UseTree};

struct Bound {
    folder: &'static str,
    /// The most files that one ring may have.
    most: usize,
}

/// The bound of a ring is that of the longest folder that holds all its files.
const BOUNDS: &[Bound] =
    &[Bound { folder: "shared/domain/src/", most: 8 }, Bound { folder: "shared/application/src/", most: 2 }];

/// The crates whose rings are measured, by the folder of their sources.
const CRATES: &[&str] = &["shared/domain/src/", "shared/application/src/"];

type ModulePath = Vec<String>;

pub fn check(tree: &Tree) -> Vec<Finding> {
    CRATES.iter().flat_map(|folder| rings(tree, folder)).filter_map(|ring| too_large(&ring)).collect()
}

fn too_large(ring: &[String]) -> Option<Finding> {
    let holds = |bound: &&Bound| ring.iter().all(|path| path.starts_with(bound.folder));
    let bound = BOUNDS.iter().filter(holds).max_by_key(|bound| bound.folder.len())?;
    let (first, files) = (ring.first()?, ring.len());
    let what =
        format!("{files} files import each other in a ring, at most {} may: {}", bound.most, ring.join(", "));
    (files > bound.most).then(|| Finding::file(first, what))
}

/// The rings of the crate whose sources lie in `folder`, each as the paths of its files.
fn rings(tree: &Tree, folder: &str) -> Vec<Vec<String>> {
    let files: BTreeMap<ModulePath, (&str, &str)> = tree
        .under(folder, ".rs")
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (module_path(&path[folder.len()..]), (path, text)))
        .collect();
    let mut graph = DiGraph::<&str, ()>::new();
    let nodes: BTreeMap<&ModulePath, NodeIndex> =
        files.iter().map(|(module, (path, _))| (module, graph.add_node(*path))).collect();
    for (module, (_, text)) in &files {
        for path in imports(module, text, &files) {
            let target = (0..=path.len()).rev().find_map(|length| nodes.get(&path[..length].to_vec()));
            if let Some(target) = target.filter(|target| **target != nodes[module]) {
                graph.update_edge(nodes[module], *target, ());
            }
        }
    }
    let mut rings: Vec<Vec<String>> = tarjan_scc(&graph)
        .into_iter()
        .filter(|ring| ring.len() > 1)
        .map(|ring| ring.into_iter().map(|node| graph[node].to_owned()).collect())
        .collect();
    rings.iter_mut().for_each(|ring| ring.sort());
    rings.sort();
    rings
}

fn module_path(file: &str) -> ModulePath {
    let mut parts: ModulePath = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| ["mod", "lib"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

/// Every path of its own crate that the shipped code of a file names, from the crate's root on.
fn imports(
    module: &ModulePath,
    text: &str,
    files: &BTreeMap<ModulePath, (&str, &str)>,
) -> BTreeSet<ModulePath> {
    let Ok(file) = syn::parse_file(text) else { return BTreeSet::new() };
    let children = files.keys().filter(|path| path.len() == module.len() + 1 && path.starts_with(module));
    let mut found = Imports {
        module,
        children: children.filter_map(|path| path.last().cloned()).collect(),
        paths: BTreeSet::new(),
    };
    found.visit_file(&file);
    found.paths
}

struct Imports<'a> {
    module: &'a ModulePath,
    children: BTreeSet<String>,
    paths: BTreeSet<ModulePath>,
}

impl Imports<'_> {
    fn add(&mut self, path: &[String]) {
        let Some((first, rest)) = path.split_first() else { return };
        let above = |levels: usize| self.module[..self.module.len().saturating_sub(levels)].to_vec();
        let whole = match first.as_str() {
            "crate" => rest.to_vec(),
            "self" => [above(0), rest.to_vec()].concat(),
            "super" => {
                let further = rest.iter().take_while(|part| *part == "super").count();
                [above(further + 1), rest[further..].to_vec()].concat()
            }
            child if self.children.contains(child) => [above(0), path.to_vec()].concat(),
            _ => return,
        };
        self.paths.insert(whole);
    }

    fn add_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.add(&with(&name.ident)),
            UseTree::Rename(rename) => self.add(&with(&rename.ident)),
            UseTree::Glob(_) => self.add(before),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Imports<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(ItemMod { attrs, .. }) | Item::Use(ItemUse { attrs, .. }) => attrs.as_slice(),
            _ => &[],
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if parts.len() > 1 {
            self.add(&parts);
        }
        visit::visit_path(self, path);
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAIN: &str = "shared/domain/src/";

    fn files(files: &[(&str, &str)]) -> Tree {
        let paths: Vec<(String, &str)> =
            files.iter().map(|(path, text)| (format!("{DOMAIN}{path}"), *text)).collect();
        let paths: Vec<(&str, &str)> = paths.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        Tree::of(&paths)
    }

    #[test]
    fn ring_holds_files_that_import_each_other() {
        let tree = files(&[
            ("lead.rs", "use crate::{score::Score, time::zone};"),
            ("score.rs", "fn of() { super::campaign::look() }"),
            ("campaign.rs", "pub mod rule;\nfn look() { rule::see(); }"),
            ("campaign/rule.rs", "use crate::lead::Lead;"),
            ("time.rs", "use std::fmt;"),
        ]);
        let ring = ["campaign.rs", "campaign/rule.rs", "lead.rs", "score.rs"];
        assert_eq!(rings(&tree, DOMAIN), [ring.map(|file| format!("{DOMAIN}{file}")).to_vec()]);
    }

    #[test]
    fn test_imports_make_no_ring() {
        let tree = files(&[
            ("lead.rs", "use crate::score::Score;"),
            ("score.rs", "#[cfg(test)]\nmod tests { use crate::lead::Lead; }"),
        ]);
        assert_eq!(rings(&tree, DOMAIN), Vec::<Vec<String>>::new());
    }

    #[test]
    fn ring_above_its_bound_is_found() {
        let ring = |size: usize, folder: &str| -> Vec<String> {
            (0..size).map(|number| format!("{folder}{number}.rs")).collect()
        };
        for Bound { folder, most } in BOUNDS {
            assert!(
                too_large(&ring(*most, folder)).is_none() && too_large(&ring(most + 1, folder)).is_some()
            );
        }
    }
}
