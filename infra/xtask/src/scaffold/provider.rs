//! A third party's folder.

use super::edit::Edits;
use super::filled;
use anyhow::Result;

pub fn add(edits: &mut Edits, name: &str) -> Result<()> {
    let folder = format!("shared/providers/src/{name}");
    for (file, text) in [
        ("mod.rs", include_str!("texts/provider_mod.txt")),
        ("request.rs", include_str!("texts/provider_request.txt")),
        ("response.rs", include_str!("texts/provider_response.txt")),
        ("tests.rs", include_str!("texts/provider_tests.txt")),
        ("fixtures/answer.json", "{ \"data\": { \"status\": \"found\" } }\n"),
    ] {
        edits.create(&format!("{folder}/{file}"), filled(text, name, &[]))?;
    }
    edits.insert_sorted("shared/providers/src/lib.rs", "mod accounts;", &format!("mod {name};"))?;
    let row = format!("| `{name}` | `{name}` | what for | `api_key` |\n");
    edits.insert_before("docs/PROVIDERS.md", "\nAn account is a *connection*", &row)
}
