//! Scaffolds a function that serves routes.

use super::edit::Edits;
use super::filled;
use anyhow::{Context, Result};

const REGISTRY: &str = "infra/bootstrap/src/registry.rs";

pub fn add(edits: &mut Edits, name: &str) -> Result<()> {
    let folder = format!("functions/{name}");
    for (file, text) in [
        ("Cargo.toml", include_str!("texts/route_group.toml")),
        ("src/lib.rs", include_str!("texts/route_group_lib.txt")),
        ("src/tests.rs", include_str!("texts/route_group_tests.txt")),
    ] {
        edits.create(&format!("{folder}/{file}"), filled(text, name, &[]))?;
    }
    let block = filled(include_str!("texts/route_group.yaml"), name, &[]);
    edits.insert_before("template.yaml", "  # Queue consumers.\n", &block)?;
    workspace_lines(edits, name)?;
    list_in_registry(edits, "\n        routes:", ";", name)
}

/// The lines that every function has in the manifests of the workspace and of the deployed program.
pub fn workspace_lines(edits: &mut Edits, name: &str) -> Result<()> {
    edits.insert_sorted("Cargo.toml", "auth = ", &format!("{name} = {{ path = \"functions/{name}\" }}"))?;
    edits.insert_sorted("infra/bootstrap/Cargo.toml", "auth.workspace", &format!("{name}.workspace = true"))
}

/// Adds a name to the end of the last such list of a program.
pub fn list_in_registry(edits: &mut Edits, list: &str, end: &str, name: &str) -> Result<()> {
    edits.change(REGISTRY, |text| {
        let start = text.rfind(list).with_context(|| format!("{REGISTRY} lacks its list of{list}"))?;
        let length =
            text[start + 1..].find(end).with_context(|| format!("{REGISTRY}: {list} does not end"))?;
        text.insert_str(start + 1 + length, &format!(",\n            {name}"));
        Ok(())
    })
}
