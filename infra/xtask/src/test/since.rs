//! Chooses the tests that a change can break: those of the crates that changed and of all that are built on them, the
//! web app's if the app changed, and the journeys of an installation if anything changed that runs in one.

use crate::process::{cargo, read};
use crate::tree::root;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::process::Command;

/// The tests to run.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// The crates whose tests run, by name; all if there is no list.
    pub crates: Option<Vec<String>>,
    /// Whether the web app's unit tests run.
    pub web: bool,
    pub journeys: Journeys,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journeys {
    All,
    /// Only those that use an installation: the app over recorded answers has not changed.
    Live,
    None,
}

impl Choice {
    pub fn everything() -> Self {
        Self { crates: None, web: true, journeys: Journeys::All }
    }

    pub fn runs_no_rust(&self) -> bool {
        self.crates.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Compares the files of the working tree with a revision. Fails if git does not know the revision.
pub fn since(revision: &str) -> Result<Choice> {
    ensure!(!revision.starts_with('-'), "`{revision}` is no revision");
    let git = |arguments: &[&str]| read(Command::new("git").current_dir(root()).args(arguments));
    let changed = git(&["diff", "--name-only", "--no-renames", revision, "--"])?;
    let added = git(&["ls-files", "--others", "--exclude-standard"])?;
    let files: Vec<&str> = changed.lines().chain(added.lines()).collect();
    let metadata = read(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Metadata = serde_json::from_str(&metadata).context("cargo's metadata")?;
    let choice = choice(&files, &metadata.packages);
    match &choice.crates {
        None => println!("{} files changed: the tests of all crates run", files.len()),
        Some(names) => println!("{} files changed: the tests of {} crates run", files.len(), names.len()),
    }
    Ok(choice)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

fn choice(files: &[&str], packages: &[Package]) -> Choice {
    let mut crates = BTreeSet::new();
    let (mut all, mut web) = (false, false);
    for file in files {
        let mut parts = file.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("shared" | "functions" | "infra"), Some(name), Some(_)) => {
                crates.insert(name.to_owned());
            }
            (Some("web"), ..) => web = true,
            // `cargo xtask tidy` reads them, and the store's test compares one with its keys.
            (Some("docs" | "README.md" | "LICENSE-MIT" | "LICENSE-APACHE"), ..) => {
                crates.extend(["xtask", "dynamo_store"].map(str::to_owned));
            }
            _ => all = true,
        }
    }
    if all {
        return Choice { web, ..Choice::everything() };
    }
    let shown = !crates.is_empty();
    loop {
        let built_on = packages.iter().filter(|package| {
            !crates.contains(&package.name) && package.dependencies.iter().any(|on| crates.contains(&on.name))
        });
        let more: Vec<String> = built_on.map(|package| package.name.clone()).collect();
        if more.is_empty() {
            break;
        }
        crates.extend(more);
    }
    let journeys = match (web, shown) {
        (true, _) => Journeys::All,
        (false, true) => Journeys::Live,
        (false, false) => Journeys::None,
    };
    Choice { crates: Some(crates.into_iter().collect()), web, journeys }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(files: &[&str]) -> Choice {
        let package = |name: &str, on: &[&str]| Package {
            name: name.to_owned(),
            dependencies: on.iter().map(|name| Dependency { name: (*name).to_owned() }).collect(),
        };
        let packages = [
            package("domain", &[]),
            package("understanding", &[]),
            package("application", &["domain", "understanding"]),
            package("leads", &["application"]),
            package("xtask", &["leads"]),
            package("dynamo_store", &["domain"]),
        ];
        choice(files, &packages)
    }

    fn names(choice: &Choice) -> Vec<&str> {
        choice.crates.iter().flatten().map(String::as_str).collect()
    }

    #[test]
    fn crate_that_changed_is_tested_with_all_that_are_built_on_it() {
        let choice = chosen(&["shared/understanding/src/text.rs"]);
        assert_eq!(names(&choice), ["application", "leads", "understanding", "xtask"]);
        assert_eq!((choice.web, choice.journeys), (false, Journeys::Live));
    }

    #[test]
    fn web_app_that_changed_is_tested_without_rust() {
        let choice = chosen(&["web/src/app.tsx", "web/e2e/why.spec.ts"]);
        assert!(choice.runs_no_rust() && choice.web);
        assert_eq!(choice.journeys, Journeys::All);
    }

    #[test]
    fn file_that_any_crate_may_read_runs_everything() {
        for file in ["Cargo.lock", "template.yaml", ".cargo/config.toml", "openapi.json", "shared/notes.txt"]
        {
            assert_eq!(chosen(&[file]).crates, None, "{file}");
        }
    }

    #[test]
    fn document_that_changed_runs_what_reads_documents() {
        let choice = chosen(&["docs/adr/0001-a-title.md"]);
        assert_eq!(names(&choice), ["dynamo_store", "xtask"]);
        assert!(!choice.web);
    }

    #[test]
    fn nothing_changed_runs_nothing() {
        let choice = chosen(&[]);
        assert!(choice.runs_no_rust() && !choice.web);
        assert_eq!(choice.journeys, Journeys::None);
    }
}
